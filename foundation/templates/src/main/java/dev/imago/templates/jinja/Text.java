package dev.imago.templates.jinja;

/// Places in strings. Python counts characters where Java counts halves of some.
final class Text {
  private static final int LONG_PART = 16;

  private Text() {}

  static int length(String s) {
    Budget.read(s.length());
    return s.codePointCount(0, s.length());
  }

  /// The index in Java of a character, counted from the start and brought into range.
  static int offset(String s, long index) {
    Budget.read(s.length());
    if (index >= s.length()) {
      return s.length();
    }
    int at = 0;
    for (long i = 0; i < index && at < s.length(); i++) {
      at += Character.charCount(s.codePointAt(at));
    }
    return at;
  }

  /// A place as Python counts it, of a place as Java does.
  static long index(String s, int offset) {
    return offset < 0 ? -1 : s.codePointCount(0, offset);
  }

  static String repeat(String s, long count) {
    if (count <= 0 || s.isEmpty()) {
      return "";
    }
    Budget.make(Math.multiplyHigh(s.length(), count) != 0 ? -1 : Math.max(-1, s.length() * count));
    return s.repeat((int) count);
  }

  static String concat(String a, String b) {
    Budget.make((long) a.length() + b.length());
    return a.concat(b);
  }

  /// The first place of a part, in time that grows with both lengths, not with their product.
  static int find(String s, String part, int from) {
    // A long part is compared again and again at worst, or its borders are looked up.
    Budget.read(((long) s.length() - from + part.length()) * (part.length() > 4 ? 4 : 1));
    if (part.length() <= LONG_PART || part.length() > s.length() - from) {
      Budget.spend(1);
      return s.indexOf(part, from);
    }
    // Knuth, Morris and Pratt 1977: how long a start of the part ends at each place of it.
    int[] border = new int[part.length()];
    for (int i = 1, k = 0; i < part.length(); i++) {
      while (k > 0 && part.charAt(i) != part.charAt(k)) {
        k = border[k - 1];
      }
      k += part.charAt(i) == part.charAt(k) ? 1 : 0;
      border[i] = k;
    }
    for (int i = from, k = 0; i < s.length(); i++) {
      while (k > 0 && s.charAt(i) != part.charAt(k)) {
        k = border[k - 1];
      }
      k += s.charAt(i) == part.charAt(k) ? 1 : 0;
      if (k == part.length()) {
        return i - k + 1;
      }
    }
    return -1;
  }

  static int findLast(String s, String part) {
    if (part.length() <= LONG_PART) {
      Budget.read(s.length() * (part.length() > 4 ? 4L : 1L));
      return s.lastIndexOf(part);
    }
    String reversed = new StringBuilder(s).reverse().toString();
    int at = find(reversed, new StringBuilder(part).reverse().toString(), 0);
    return at < 0 ? -1 : s.length() - at - part.length();
  }

  static boolean isSpace(int c) {
    return Character.isSpaceChar(c)
        || c >= 0x09 && c <= 0x0d
        || c >= 0x1c && c <= 0x1f
        || c == 0x85;
  }

  /// `rstrip()`, before there is a budget.
  static String stripEnd(String s) {
    int end = s.length();
    while (end > 0 && isSpace(s.charAt(end - 1))) {
      end--;
    }
    return s.substring(0, end);
  }

  static boolean isBlank(String s, int from) {
    for (int i = from; i < s.length(); i++) {
      if (!isSpace(s.charAt(i))) {
        return false;
      }
    }
    return from < s.length();
  }
}
