package dev.imago.annotate;

import dev.imago.data.Sentences;
import java.util.Optional;

/// A text in two, cut where it parts most naturally near its middle: at the end of a line, after a
/// mark or a blank, or between two characters of a script without blanks.
///
/// @param first without the blanks at its end
/// @param second without the blanks at its beginning
record Halves(String first, String second) {
  private static final String MARKS = "，。！？；：、,;:!?…—";

  /// @return empty where no place cuts the text
  static Optional<Halves> of(String text) {
    int best = 0;
    for (int i = 1; i < text.length(); i++) {
      if (rank(text, i) > 0 && (best == 0 || cost(text, i) < cost(text, best))) {
        best = i;
      }
    }
    return best == 0
        ? Optional.empty()
        : Optional.of(new Halves(text.substring(0, best).strip(), text.substring(best).strip()));
  }

  /// How far from the middle, in shares of the text; a better place may lie further off.
  private static double cost(String text, int at) {
    return Math.abs(at - text.length() / 2.0) / text.length() - 0.15 * rank(text, at);
  }

  /// How naturally a text parts before a character: 0 where it must not.
  private static int rank(String text, int at) {
    char before = text.charAt(at - 1);
    char after = text.charAt(at);
    if (before == '\n') {
      return 3;
    }
    if (Character.isWhitespace(after)
        || Character.isLowSurrogate(after)
        || MARKS.indexOf(after) >= 0) {
      return 0;
    }
    if (MARKS.indexOf(before) >= 0 && Sentences.ideograph(after)) {
      return 2;
    }
    if (Character.isWhitespace(before)) {
      int last = at - 1;
      while (last > 0 && Character.isWhitespace(text.charAt(last))) {
        last--;
      }
      char ahead = text.charAt(last);
      return MARKS.indexOf(ahead) >= 0 || ahead == '.' || Sentences.ideograph(ahead) ? 2 : 1;
    }
    return Sentences.ideograph(before) && Sentences.ideograph(after) ? 1 : 0;
  }
}
