package dev.imago.suites;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a literal of Python as `ast.literal_eval` does, as far as templates write them: texts,
/// numbers, `True`, `False`, `None`, lists, tuples and dictionaries of these.
final class LiteralReader {
  private static final int MAX_NESTING = 100;

  private final String source;
  private int at;

  private LiteralReader(String source) {
    this.source = source;
  }

  /// @return null, Boolean, Long, Double, String, List (of tuples, too) or Map
  /// @throws IllegalArgumentException for what is none
  static @Nullable Object read(String source) {
    var reader = new LiteralReader(source);
    Object value = reader.value(0);
    reader.blanks();
    if (reader.at < source.length()) {
      throw reader.broken();
    }
    return value;
  }

  private @Nullable Object value(int depth) {
    blanks();
    if (at >= source.length() || depth > MAX_NESTING) {
      throw broken();
    }
    char c = source.charAt(at);
    return switch (c) {
      case '[' -> items(']', depth);
      case '(' -> items(')', depth);
      case '{' -> dictionary(depth);
      case '\'', '"' -> strings();
      default -> word();
    };
  }

  private Object items(char close, int depth) {
    at++;
    var items = new ArrayList<@Nullable Object>();
    boolean comma = false;
    while (!take(close)) {
      items.add(value(depth + 1));
      comma = take(',');
      if (!comma) {
        if (!take(close)) {
          throw broken();
        }
        break;
      }
    }
    // (x) is x itself.
    return close == ')' && items.size() == 1 && !comma ? parenthesised(items) : items;
  }

  private Object parenthesised(List<@Nullable Object> items) {
    Object only = items.getFirst();
    if (only == null) {
      throw broken();
    }
    return only;
  }

  private Object dictionary(int depth) {
    at++;
    var map = new LinkedHashMap<@Nullable Object, @Nullable Object>();
    while (!take('}')) {
      Object key = value(depth + 1);
      if (!take(':')) {
        throw broken();
      }
      map.put(key, value(depth + 1));
      if (!take(',')) {
        if (!take('}')) {
          throw broken();
        }
        break;
      }
    }
    return map;
  }

  private boolean take(char c) {
    blanks();
    boolean there = at < source.length() && source.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private void blanks() {
    while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
      at++;
    }
  }

  /// Texts beside each other are one.
  private String strings() {
    var to = new StringBuilder();
    while (at < source.length() && (source.charAt(at) == '\'' || source.charAt(at) == '"')) {
      string(to);
      blanks();
    }
    return to.toString();
  }

  private void string(StringBuilder to) {
    char quote = source.charAt(at++);
    while (at < source.length() && source.charAt(at) != quote) {
      char c = source.charAt(at++);
      if (c == '\n') {
        throw broken();
      }
      if (c != '\\') {
        to.append(c);
        continue;
      }
      if (at >= source.length()) {
        throw broken();
      }
      char next = source.charAt(at++);
      switch (next) {
        case 'n' -> to.append('\n');
        case 't' -> to.append('\t');
        case 'r' -> to.append('\r');
        case 'b' -> to.append('\b');
        case 'f' -> to.append('\f');
        case 'a' -> to.append('\u0007');
        case 'v' -> to.append('\u000b');
        case '0' -> to.append('\0');
        case '\n' -> {}
        case 'x' -> to.appendCodePoint(hex(2));
        case 'u' -> to.appendCodePoint(hex(4));
        case 'U' -> to.appendCodePoint(hex(8));
        case '\\', '\'', '"' -> to.append(next);
        default -> to.append('\\').append(next);
      }
    }
    if (at >= source.length()) {
      throw broken();
    }
    at++;
  }

  private int hex(int digits) {
    if (at + digits > source.length()) {
      throw broken();
    }
    String written = source.substring(at, at + digits);
    if (!written.matches("[0-9a-fA-F]+")) {
      throw broken();
    }
    at += digits;
    long value = Long.parseLong(written, 16);
    if (value > Character.MAX_CODE_POINT) {
      throw broken();
    }
    return (int) value;
  }

  private @Nullable Object word() {
    int from = at;
    while (at < source.length() && ",:]}) \t\n".indexOf(source.charAt(at)) < 0) {
      at++;
    }
    String word = source.substring(from, at);
    return switch (word) {
      case "None" -> null;
      case "True" -> true;
      case "False" -> false;
      default -> {
        if (word.matches("[+-]?(0+|[1-9]\\d{0,17})")) {
          yield Long.parseLong(word);
        }
        if (word.matches("[+-]?(\\d+\\.\\d*|\\.\\d+|\\d+(?=[eE]))([eE][+-]?\\d+)?")) {
          yield Double.parseDouble(word);
        }
        throw broken();
      }
    };
  }

  private IllegalArgumentException broken() {
    return new IllegalArgumentException(
        "«%s» is no literal of Python, such as ['yes', 'no']"
            .formatted(source.length() > 120 ? source.substring(0, 120) + "…" : source));
  }
}
