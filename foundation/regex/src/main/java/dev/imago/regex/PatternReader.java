package dev.imago.regex;

import org.jspecify.annotations.Nullable;

/// A pattern being read, code point by code point, with the complaints about it.
final class PatternReader {
  static final int END = -1;

  private final String pattern;
  private final int[] codePoints;
  private int at;

  PatternReader(String pattern) {
    this.pattern = pattern;
    this.codePoints = pattern.codePoints().toArray();
  }

  boolean atEnd() {
    return at == codePoints.length;
  }

  int at() {
    return at;
  }

  void back(int place) {
    at = place;
  }

  int peek() {
    return peek(0);
  }

  int peek(int ahead) {
    return at + ahead < codePoints.length ? codePoints[at + ahead] : END;
  }

  int next() {
    return at < codePoints.length ? codePoints[at++] : END;
  }

  /// Takes a character if it is the next one.
  boolean take(int wanted) {
    if (peek() != wanted) {
      return false;
    }
    at++;
    return true;
  }

  /// Takes a text if it comes next.
  boolean take(String wanted) {
    for (int i = 0; i < wanted.length(); i++) {
      if (peek(i) != wanted.charAt(i)) {
        return false;
      }
    }
    at += wanted.length();
    return true;
  }

  /// All up to a character, which is taken too; null, and nothing taken, where it does not come.
  @Nullable String until(int end) {
    var out = new StringBuilder();
    for (int i = at; i < codePoints.length; i++) {
      if (codePoints[i] == end) {
        at = i + 1;
        return out.toString();
      }
      out.appendCodePoint(codePoints[i]);
    }
    return null;
  }

  /// A whole number, -1 where no digit comes; never more than `most + 1`.
  int number(int most) {
    if (!isDigit(peek())) {
      return -1;
    }
    long value = 0;
    while (isDigit(peek())) {
      value = Math.min(value * 10 + next() - '0', most + 1L);
    }
    return (int) value;
  }

  /// A number in base 8 or 16 of at most so many digits, -1 where no digit comes.
  int number(int base, int digits) {
    long value = -1;
    for (int i = 0; i < digits; i++) {
      int digit = peek() < 0 || peek() > 'f' ? -1 : Character.digit(peek(), base);
      if (digit < 0) {
        break;
      }
      value = Math.min(Math.max(value, 0) * base + digit, Integer.MAX_VALUE);
      at++;
    }
    return (int) value;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /// The complaint about what stands before the place that is read.
  IllegalArgumentException complaint(String what) {
    return new IllegalArgumentException(
        "the pattern «%s» %s, at character %d".formatted(shown(pattern), what, at));
  }

  static String shown(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }
}
