package dev.imago.corpus;

/// Finds data written out in source text, as StarCoder 2 does (Lozhkov et al. 2024,
/// arXiv:2402.19173, appendix on filters), by one pass of hand instead of regular expressions.
final class EncodedRuns {
  private static final int BASE64_RUN = 64;
  private static final int UNITS = 8;

  private EncodedRuns() {}

  /// Characters in runs of base64, of hexadecimal bytes, of escapes.
  static int characters(String text) {
    int sum = 0;
    int i = 0;
    while (i < text.length()) {
      int end = Math.max(escapes(text, i), Math.max(hex(text, i), base64(text, i)));
      if (end > i) {
        sum += end - i;
        i = end;
      } else {
        i = nextStart(text, i);
      }
    }
    return sum;
  }

  /// A run starts no earlier than after the word that does not start one.
  private static int nextStart(String text, int from) {
    int i = from;
    while (i < text.length() && base64Character(text.charAt(i))) {
      i++;
    }
    return Math.max(i, from + 1);
  }

  private static int escapes(String text, int from) {
    int i = from;
    int units = 0;
    while (i + 6 <= text.length() && text.charAt(i) == '\\' && text.charAt(i + 1) == 'u') {
      if (hexDigits(text, i + 2) < 4) {
        break;
      }
      i += 6;
      units++;
    }
    return units >= UNITS ? i : from;
  }

  /// Such as `0x4f, 0x12, …` or `4f 12 …`; signs, casts and line ends in between are not followed.
  private static int hex(String text, int from) {
    int i = from;
    int units = 0;
    int end = from;
    while (i < text.length()) {
      if (text.startsWith("0x", i) || text.startsWith("0X", i) || text.startsWith("\\x", i)) {
        i += 2;
      }
      int digits = hexDigits(text, i);
      if (digits != 2) {
        break;
      }
      i += 2;
      units++;
      end = i;
      while (i < text.length()
          && (text.charAt(i) == ',' || Character.isWhitespace(text.charAt(i)))) {
        i++;
      }
    }
    return units >= UNITS ? end : from;
  }

  /// Hexadecimal digits from here on, at most 4 counted unless more follow.
  private static int hexDigits(String text, int from) {
    int i = from;
    while (i < text.length() && i < from + 5 && Character.digit(text.charAt(i), 16) >= 0) {
      i++;
    }
    return i - from;
  }

  private static int base64(String text, int from) {
    int i = from;
    boolean upper = false;
    boolean lower = false;
    boolean digit = false;
    while (i < text.length() && base64Character(text.charAt(i))) {
      char c = text.charAt(i++);
      upper |= c >= 'A' && c <= 'Z';
      lower |= c >= 'a' && c <= 'z';
      digit |= c >= '0' && c <= '9';
    }
    // A ruler of equals signs and a long name are no data: data has all three kinds.
    return i - from >= BASE64_RUN && upper && lower && digit ? i : from;
  }

  private static boolean base64Character(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '+'
        || c == '/'
        || c == '=';
  }
}
