package dev.imago.linear;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// The n-grams of a text: of its words and of its characters, lower-cased.
final class TextGrams {
  private static final char BETWEEN = ' ';

  /// What a feature of characters begins with, so that it is none of words.
  private static final char CHARACTERS = '\t';

  private TextGrams() {}

  static void each(String text, LinearSettings settings, Consumer<String> grams) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (settings.words() > 0) {
      words(TextPieces.ofLowerCase(lower), settings.words(), grams);
    }
    if (settings.longest() > 0) {
      characters(lower, settings, grams);
    }
  }

  private static void words(List<String> pieces, int longest, Consumer<String> grams) {
    var gram = new StringBuilder();
    for (int i = 0; i < pieces.size(); i++) {
      gram.setLength(0);
      for (int n = 0; n < longest && i + n < pieces.size(); n++) {
        if (n > 0) {
          gram.append(BETWEEN);
        }
        grams.accept(gram.append(pieces.get(i + n)).toString());
      }
    }
  }

  private static void characters(String text, LinearSettings settings, Consumer<String> grams) {
    int[] points = (" " + text.strip() + " ").replaceAll("\\s+", " ").codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      for (int n = settings.shortest(); n <= settings.longest() && i + n <= points.length; n++) {
        grams.accept(CHARACTERS + new String(points, i, n));
      }
    }
  }
}
