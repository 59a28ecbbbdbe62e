package dev.imago.metrics;

import java.util.ArrayList;
import java.util.List;

/// White space as Python's `str.split` and `str.strip` know it, at which the references part words:
/// more than `Character.isWhitespace`.
final class WhiteSpace {
  private WhiteSpace() {}

  static boolean is(int c) {
    return c >= 0x09 && c <= 0x0d
        || c >= 0x1c && c <= 0x20
        || c == 0x85
        || c == 0xa0
        || c == 0x1680
        || c >= 0x2000 && c <= 0x200a
        || c == 0x2028
        || c == 0x2029
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }

  /// The runs between white space.
  static List<String> split(String text) {
    var words = new ArrayList<String>();
    int from = -1;
    for (int i = 0; i < text.length(); i++) {
      if (is(text.charAt(i))) {
        if (from >= 0) {
          words.add(text.substring(from, i));
          from = -1;
        }
      } else if (from < 0) {
        from = i;
      }
    }
    if (from >= 0) {
      words.add(text.substring(from));
    }
    return words;
  }

  static String stripTrailing(String text) {
    int end = text.length();
    while (end > 0 && is(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  static String strip(String text) {
    String start = stripTrailing(text);
    int from = 0;
    while (from < start.length() && is(start.charAt(from))) {
      from++;
    }
    return start.substring(from);
  }
}
