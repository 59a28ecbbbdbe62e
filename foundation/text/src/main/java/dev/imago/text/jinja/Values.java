package dev.imago.text.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Python's view of values: [None]; Boolean, Long, Double, String, List, Map; [Undefined]; and
/// [Callable]. Nothing else reaches a template, so that it can call no Java.
final class Values {
  /// Python's None.
  enum None {
    NONE
  }

  /// What a name or item is that nothing defines: empty text, false, an error when used further.
  record Undefined(String name) {}

  /// A function, a macro or a method of a value.
  @FunctionalInterface
  interface Callable {
    Object call(List<Object> positional, Map<String, Object> named);
  }

  /// What `namespace()` makes: attributes that inner scopes may set.
  record Namespace(Map<String, Object> attributes) {}

  private Values() {}

  static boolean truth(Object value) {
    return switch (value) {
      case None none -> false;
      case Undefined u -> false;
      case Boolean b -> b;
      case Long n -> n != 0;
      case Double d -> d != 0;
      case String s -> !s.isEmpty();
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> true;
    };
  }

  /// `str(value)`.
  static String text(Object value) {
    return switch (value) {
      case String s -> s;
      case Undefined u -> "";
      default -> repr(value);
    };
  }

  /// `repr(value)`.
  static String repr(Object value) {
    return switch (value) {
      case None none -> "None";
      case Boolean b -> b ? "True" : "False";
      case String s -> quoted(s);
      case Double d -> number(d);
      case List<?> list -> {
        var items = new ArrayList<String>();
        list.forEach(item -> items.add(repr(item)));
        yield "[" + String.join(", ", items) + "]";
      }
      case Map<?, ?> map -> {
        var items = new ArrayList<String>();
        map.forEach((k, v) -> items.add(repr(k) + ": " + repr(v)));
        yield "{" + String.join(", ", items) + "}";
      }
      case Undefined u -> "Undefined";
      default -> String.valueOf(value);
    };
  }

  /// A float as Python writes it: the shortest digits that read back.
  static String number(double d) {
    if (Double.isNaN(d)) {
      return "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    double size = Math.abs(d);
    if (d == 0 || size >= 1e-4 && size < 1e16) {
      String plain = new BigDecimal(Double.toString(d)).stripTrailingZeros().toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String text = Double.toString(d).replace(".0E", "e").replace('E', 'e');
    int e = text.indexOf('e');
    int exponent = Integer.parseInt(text.substring(e + 1));
    return text.substring(0, e) + "e%s%02d".formatted(exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private static String quoted(String s) {
    char quote = s.contains("'") && !s.contains("\"") ? '"' : '\'';
    var out = new StringBuilder().append(quote);
    s.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                  if (c == quote) {
                    out.append('\\').append(quote);
                  } else if (c < 0x20 || c == 0x7f) {
                    out.append("\\x%02x".formatted(c));
                  } else {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    return out.append(quote).toString();
  }

  /// `a == b`: numbers by value, True as 1.
  static boolean equal(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return real(a) == real(b);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!equal(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.size() == y.size()
          && x.entrySet().stream()
              .allMatch(e -> y.containsKey(e.getKey()) && equal(e.getValue(), y.get(e.getKey())));
    }
    return a instanceof Undefined ? b instanceof Undefined : Objects.equals(a, b);
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static double real(Object value) {
    return switch (value) {
      case Boolean b -> b ? 1 : 0;
      case Number n -> n.doubleValue();
      default -> throw wrong(value, "a number");
    };
  }

  static long integer(Object value) {
    return switch (value) {
      case Boolean b -> b ? 1 : 0;
      case Long n -> n;
      default -> throw wrong(value, "an integer");
    };
  }

  /// `a < b` is negative.
  static int compare(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return a instanceof Long x && b instanceof Long y
          ? Long.compare(x, y)
          : Double.compare(real(a), real(b));
    }
    if (a instanceof String x && b instanceof String y) {
      return java.util.Arrays.compare(x.codePoints().toArray(), y.codePoints().toArray());
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
        if (!equal(x.get(i), y.get(i))) {
          return compare(x.get(i), y.get(i));
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    throw new TemplateException(kind(a) + " and " + kind(b) + " cannot be compared");
  }

  /// `a in b`.
  static boolean contains(Object container, Object item) {
    return switch (container) {
      case String s -> {
        if (!(item instanceof String part)) {
          throw wrong(item, "a string");
        }
        yield s.contains(part);
      }
      case List<?> list -> list.stream().anyMatch(x -> equal(x, item));
      case Map<?, ?> map -> item instanceof String && map.containsKey(item);
      case Undefined u -> false;
      default -> throw wrong(container, "something that contains");
    };
  }

  /// What a loop runs over.
  static List<Object> items(Object value) {
    return switch (value) {
      case List<?> list -> new ArrayList<>(list);
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case String s -> {
        var characters = new ArrayList<Object>();
        s.codePoints().forEach(c -> characters.add(Character.toString(c)));
        yield characters;
      }
      case Undefined u -> new ArrayList<>();
      default -> throw wrong(value, "something to run over");
    };
  }

  static long length(Object value) {
    return switch (value) {
      case String s -> s.codePointCount(0, s.length());
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      case Undefined u -> 0;
      default -> throw wrong(value, "something with a length");
    };
  }

  static TemplateException wrong(Object value, String wanted) {
    return new TemplateException(kind(value) + " is not " + wanted);
  }

  static String kind(Object value) {
    return switch (value) {
      case None none -> "none";
      case Undefined u -> "«" + u.name() + "», which is undefined,";
      case Boolean b -> "a boolean";
      case Long n -> "an integer";
      case Double d -> "a float";
      case String s -> "a string";
      case List<?> list -> "a list";
      case Map<?, ?> map -> "a mapping";
      default -> "a function";
    };
  }

  /// `json.dumps(value, ensure_ascii=False, indent=indent)`, as transformers' `tojson` does.
  ///
  /// @param indent blanks a level, or −1 for one line
  static String json(Object value, int indent) {
    var out = new StringBuilder();
    json(value, indent, 0, out);
    return out.toString();
  }

  private static void json(Object value, int indent, int level, StringBuilder out) {
    switch (value) {
      case None none -> out.append("null");
      case Boolean b -> out.append(b);
      case Long n -> out.append(n);
      case Double d -> out.append(number(d));
      case String s -> jsonString(s, out);
      case List<?> list -> {
        out.append('[');
        String separator = "";
        for (Object item : list) {
          out.append(separator);
          line(indent, level + 1, out);
          json(item, indent, level + 1, out);
          separator = indent < 0 ? ", " : ",";
        }
        if (!list.isEmpty()) {
          line(indent, level, out);
        }
        out.append(']');
      }
      case Map<?, ?> map -> {
        out.append('{');
        String separator = "";
        for (var entry : map.entrySet()) {
          out.append(separator);
          line(indent, level + 1, out);
          jsonString(text(entry.getKey()), out);
          out.append(": ");
          json(entry.getValue(), indent, level + 1, out);
          separator = indent < 0 ? ", " : ",";
        }
        if (!map.isEmpty()) {
          line(indent, level, out);
        }
        out.append('}');
      }
      default -> throw wrong(value, "something that JSON can hold");
    }
  }

  private static void line(int indent, int level, StringBuilder out) {
    if (indent >= 0) {
      out.append('\n').repeat(' ', indent * level);
    }
  }

  private static void jsonString(String s, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
