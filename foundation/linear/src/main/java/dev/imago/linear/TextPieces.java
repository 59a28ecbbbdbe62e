package dev.imago.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Cuts a text into lower-cased words: a word is a run of letters, digits and marks, with
/// apostrophes within; where a script has no blanks between words, each of its characters; and each
/// other sign that is no blank.
public final class TextPieces {
  private TextPieces() {}

  /// The words of a text.
  public static List<String> of(String text) {
    return ofLowerCase(text.toLowerCase(Locale.ROOT));
  }

  static List<String> ofLowerCase(String text) {
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
