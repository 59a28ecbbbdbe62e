package dev.imago.regex;

import java.util.HashMap;
import java.util.Map;

/// An expression of Python's `re` in the spelling of the JDK's patterns.
final class PythonPattern {
  private final String source;
  private final StringBuilder to = new StringBuilder();
  private final Map<String, String> names = new HashMap<>();
  private int at;

  PythonPattern(String source) {
    this.source = source;
  }

  /// @throws IllegalArgumentException for what the JDK has no spelling of
  String translated() {
    while (at < source.length()) {
      char c = source.charAt(at);
      switch (c) {
        case '\\' -> escape(false);
        case '[' -> characters();
        case '(' -> group();
        case '{' -> brace();
        default -> {
          to.append(c);
          at++;
        }
      }
    }
    return to.toString();
  }

  /// A brace that is no count stands for itself.
  private void brace() {
    int end = source.indexOf('}', at);
    String inside = end < 0 ? "" : source.substring(at + 1, end);
    if (inside.matches("\\d+(,\\d*)?")) {
      to.append(source, at, end + 1);
      at = end + 1;
    } else if (inside.matches(",\\d+")) {
      to.append("{0").append(inside).append('}');
      at = end + 1;
    } else {
      to.append("\\{");
      at++;
    }
  }

  private void group() {
    if (source.startsWith("(?P<", at)) {
      int end = source.indexOf('>', at);
      to.append("(?<").append(name(end < 0 ? "" : source.substring(at + 4, end))).append('>');
      at = end < 0 ? source.length() : end + 1;
    } else if (source.startsWith("(?P=", at)) {
      int end = source.indexOf(')', at);
      to.append("\\k<").append(name(end < 0 ? "" : source.substring(at + 4, end))).append('>');
      at = end < 0 ? source.length() : end + 1;
    } else if (source.startsWith("(?(", at)) {
      throw new IllegalArgumentException(
          "«%s» has a condition (?(…)…), which is not carried out here; write two branches"
              .formatted(source));
    } else if (source.startsWith("(?#", at)) {
      int end = source.indexOf(')', at);
      at = end < 0 ? source.length() : end + 1;
    } else {
      to.append('(');
      at++;
    }
  }

  private String name(String python) {
    // The JDK's names have letters and digits only.
    return names.computeIfAbsent(python, _ -> "group" + names.size());
  }

  private void characters() {
    to.append('[');
    at++;
    if (source.startsWith("^", at)) {
      to.append('^');
      at++;
    }
    for (boolean first = true; at < source.length(); first = false) {
      char c = source.charAt(at);
      if (c == ']' && !first) {
        to.append(']');
        at++;
        return;
      }
      if (c == '\\') {
        escape(true);
      } else {
        // The JDK would take these for classes in a class, intersections and the like.
        to.append("[]&^".indexOf(c) >= 0 ? "\\" : "").append(c);
        at++;
      }
    }
  }

  private void escape(boolean inClass) {
    if (at + 1 == source.length()) {
      throw new IllegalArgumentException("«%s» ends in a backslash".formatted(source));
    }
    char c = source.charAt(at + 1);
    at += 2;
    to.append(
        switch (c) {
          case 'Z' -> "\\z";
          case 'v' -> "\\x0B";
          case 'a' -> "\\x07";
          case 'd' -> "\\p{Nd}";
          case 'D' -> "\\P{Nd}";
          case 'w' -> inClass ? "\\p{L}\\p{N}_" : "[\\p{L}\\p{N}_]";
          case 'W' -> "[^\\p{L}\\p{N}_]";
          case 's' -> inClass ? "\\s\\x1c-\\x1f" : "[\\s\\x1c-\\x1f]";
          case 'S' -> "[^\\s\\x1c-\\x1f]";
          case 'b' -> inClass ? "\\x08" : "\\b";
          case 'N' ->
              throw new IllegalArgumentException(
                  "«%s» names a character by \\N{…}; write the character".formatted(source));
          default ->
              c < 0x80 && !Character.isLetterOrDigit(c) || "ABfnrtxu0123456789".indexOf(c) >= 0
                  ? "\\" + c
                  : refused(c);
        });
  }

  private String refused(char c) {
    if (c >= 0x80) {
      return String.valueOf(c);
    }
    throw new IllegalArgumentException(
        "«%s» has \\%c, which is no escape of Python's re".formatted(source, c));
  }
}
