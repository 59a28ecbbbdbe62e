package dev.imago.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// The n-grams of a text: of its words and of its characters, lower-cased.
///
/// A word is a run of letters, digits and marks, with apostrophes within; where a script has no
/// blanks between words, each of its characters; and each other sign that is no blank.
final class TextGrams {
  private static final char BETWEEN = ' ';

  /// What a feature of characters begins with, so that it is none of words.
  private static final char CHARACTERS = '\t';

  private TextGrams() {}

  static void each(String text, LinearSettings settings, Consumer<String> grams) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (settings.words() > 0) {
      words(pieces(lower), settings.words(), grams);
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

  static List<String> pieces(String text) {
    var pieces = new ArrayList<String>();
    int start = -1;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      boolean within = isWord(c) || start >= 0 && isApostrophe(c) && continues(text, next);
      if (within && start < 0) {
        start = i;
      } else if (!within) {
        if (start >= 0) {
          pieces.add(text.substring(start, i));
          start = -1;
        }
        if (!Character.isWhitespace(c) && !Character.isSpaceChar(c)) {
          pieces.add(Character.toString(c));
        }
      }
      i = next;
    }
    if (start >= 0) {
      pieces.add(text.substring(start));
    }
    return pieces;
  }

  private static boolean isApostrophe(int c) {
    return c == '\'' || c == '’';
  }

  private static boolean continues(String text, int at) {
    return at < text.length() && isWord(text.codePointAt(at));
  }

  private static boolean isWord(int c) {
    if (c < 0x80) {
      return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }
    int type = Character.getType(c);
    boolean letter =
        Character.isLetterOrDigit(c)
            || type == Character.NON_SPACING_MARK
            || type == Character.COMBINING_SPACING_MARK;
    return letter && !isWithoutBlanks(c);
  }

  /// Scripts that are written without blanks between words.
  private static boolean isWithoutBlanks(int c) {
    return c >= 0x0e00
        && switch (Character.UnicodeScript.of(c)) {
          case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
          default -> false;
        };
  }
}
