package dev.imago.crawl;

/// Patterns of paths as robots.txt has them (RFC 9309, 2.2.3): a prefix, with `*` for anything and
/// `$` for the end.
final class PathPattern {
  private PathPattern() {}

  /// In time of pattern × target at the most, whatever a server writes.
  static boolean matches(String pattern, String target) {
    boolean ends = pattern.endsWith("$");
    String plain = (ends ? pattern.substring(0, pattern.length() - 1) : pattern + "*");
    int p = 0;
    int t = 0;
    int star = -1;
    int from = 0;
    while (t < target.length()) {
      if (p < plain.length() && plain.charAt(p) == '*') {
        star = p++;
        from = t;
      } else if (p < plain.length() && plain.charAt(p) == target.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++from;
      } else {
        return false;
      }
    }
    while (p < plain.length() && plain.charAt(p) == '*') {
      p++;
    }
    return p == plain.length();
  }
}
