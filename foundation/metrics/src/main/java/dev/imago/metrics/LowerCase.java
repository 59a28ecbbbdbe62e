package dev.imago.metrics;

import java.util.Locale;

/// Lower case as Python's `str.lower` has it, by which the references compare: Java's, but for the
/// sigma at a word's end, where Java asks for words and Unicode for neighbours alone (The Unicode
/// Standard, §3.13, Final_Sigma).
public final class LowerCase {
  private static final char SIGMA = 'Σ';

  private LowerCase() {}

  public static String of(String text) {
    if (text.indexOf(SIGMA) < 0) {
      return text.toLowerCase(Locale.ROOT);
    }
    var lower = new StringBuilder(text.length());
    int from = 0;
    for (int at = text.indexOf(SIGMA); at >= 0; at = text.indexOf(SIGMA, from)) {
      lower.append(text.substring(from, at).toLowerCase(Locale.ROOT));
      lower.append(letterBefore(text, at) && !letterAfter(text, at + 1) ? 'ς' : 'σ');
      from = at + 1;
    }
    return lower.append(text.substring(from).toLowerCase(Locale.ROOT)).toString();
  }

  private static boolean letterBefore(String text, int end) {
    for (int i = end; i > 0; ) {
      int c = text.codePointBefore(i);
      if (!isIgnored(c)) {
        return isCased(c);
      }
      i -= Character.charCount(c);
    }
    return false;
  }

  private static boolean letterAfter(String text, int from) {
    for (int i = from; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (!isIgnored(c)) {
        return isCased(c);
      }
      i += Character.charCount(c);
    }
    return false;
  }

  private static boolean isCased(int c) {
    return Character.isLowerCase(c) || Character.isUpperCase(c) || Character.isTitleCase(c);
  }

  /// Unicode's Case_Ignorable: marks, formats, modifiers, and points and quotes within words.
  private static boolean isIgnored(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.FORMAT,
          Character.MODIFIER_LETTER,
          Character.MODIFIER_SYMBOL ->
          true;
      default -> "'.:·͵·՟״‘’․‧︓﹒﹕＇．：".indexOf(c) >= 0;
    };
  }
}
