package dev.imago.templates.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Python's `split`, `rsplit` and `splitlines`.
final class Splitting {
  private Splitting() {}

  static Object split(String s, Arguments arguments, String name, boolean fromEnd) {
    var a = arguments.bind(name, "sep?", "maxsplit?");
    long most = a.integer(1, -1);
    most = most < 0 ? Long.MAX_VALUE : most;
    Budget.make(s.length());
    List<Object> parts;
    if (a.isNone(0)) {
      parts = fromEnd ? wordsFromEnd(s, most) : words(s, most);
    } else {
      String separator = a.string(0);
      if (separator.isEmpty()) {
        throw new TemplateException("«" + name + "» wants a separator that is not empty");
      }
      parts = fromEnd ? splitFromEnd(s, separator, most) : split(s, separator, most);
    }
    Budget.makeItems(parts.size());
    return parts;
  }

  private static List<Object> split(String s, String separator, long most) {
    var parts = new ArrayList<Object>();
    int from = 0;
    for (int at; parts.size() < most && (at = Text.find(s, separator, from)) >= 0; ) {
      // Paid one by one, since the parts together may be many.
      Budget.makeItems(1);
      parts.add(s.substring(from, at));
      from = at + separator.length();
    }
    parts.add(s.substring(from));
    return parts;
  }

  private static List<Object> splitFromEnd(String s, String separator, long most) {
    var parts = new ArrayList<Object>();
    int to = s.length();
    Budget.read((long) s.length() * Math.min(separator.length(), 1 << 20));
    for (int at;
        parts.size() < most && (at = s.lastIndexOf(separator, to - separator.length())) >= 0; ) {
      Budget.makeItems(1);
      parts.add(s.substring(at + separator.length(), to));
      to = at;
    }
    parts.add(s.substring(0, to));
    Collections.reverse(parts);
    return parts;
  }

  private static int skip(String s, int at, boolean blanks) {
    while (at < s.length() && Text.isSpace(s.codePointAt(at)) == blanks) {
      at += Character.charCount(s.codePointAt(at));
    }
    return at;
  }

  private static List<Object> words(String s, long most) {
    var parts = new ArrayList<Object>();
    int at = skip(s, 0, true);
    while (at < s.length() && parts.size() < most) {
      int end = skip(s, at, false);
      Budget.makeItems(1);
      parts.add(s.substring(at, end));
      at = skip(s, end, true);
    }
    if (at < s.length()) {
      parts.add(s.substring(at));
    }
    return parts;
  }

  private static int skipBack(String s, int at, boolean blanks) {
    while (at > 0 && Text.isSpace(s.codePointBefore(at)) == blanks) {
      at -= Character.charCount(s.codePointBefore(at));
    }
    return at;
  }

  private static List<Object> wordsFromEnd(String s, long most) {
    var parts = new ArrayList<Object>();
    int at = skipBack(s, s.length(), true);
    while (at > 0 && parts.size() < most) {
      int start = skipBack(s, at, false);
      Budget.makeItems(1);
      parts.add(s.substring(start, at));
      at = skipBack(s, start, true);
    }
    if (at > 0) {
      parts.add(s.substring(0, at));
    }
    Collections.reverse(parts);
    return parts;
  }

  /// Lines by everything that Python takes for an end of one.
  static List<String> lines(String s, boolean keepEnds) {
    Budget.make(s.length());
    var lines = new ArrayList<String>();
    int from = 0;
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      boolean ends =
          c >= '\n' && c <= '\r'
              || c >= 0x1c && c <= 0x1e
              || c == 0x85
              || c == '\u2028'
              || c == '\u2029';
      if (ends) {
        int end = i;
        if (c == '\r' && i + 1 < s.length() && s.charAt(i + 1) == '\n') {
          i++;
        }
        Budget.makeItems(1);
        lines.add(s.substring(from, keepEnds ? i + 1 : end));
        from = i + 1;
      }
    }
    if (from < s.length()) {
      lines.add(s.substring(from));
    }
    return lines;
  }
}
