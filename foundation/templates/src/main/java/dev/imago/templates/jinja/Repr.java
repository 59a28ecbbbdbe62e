package dev.imago.templates.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/// Values as text: Python's `str` and `repr`.
final class Repr {
  /// Python writes no longer integer.
  static final int MAX_DIGITS = 4300;

  private Repr() {}

  /// `str(value)`.
  static String text(Object value) {
    return switch (value) {
      case String s -> s;
      case Markup m -> m.text();
      case Undefined u -> u.as("");
      default -> repr(value);
    };
  }

  /// `repr(value)`.
  static String repr(Object value) {
    return switch (value) {
      case None n -> "None";
      case Boolean b -> b ? "True" : "False";
      case Long n -> n.toString();
      case Double d -> number(d);
      default -> {
        var out = new StringBuilder();
        repr(value, out, false);
        yield out.toString();
      }
    };
  }

  /// `ascii(value)`.
  static String ascii(Object value) {
    var out = new StringBuilder();
    repr(value, out, true);
    return out.toString();
  }

  /// A value for a message: no work, however large it is.
  static String shortly(Object value) {
    if (Python.isText(value)) {
      String s = Python.string(value);
      return s.length() > 60 ? "«" + s.substring(0, 60) + "…»" : "«" + s + "»";
    }
    return value instanceof Long || value instanceof Double || value instanceof Boolean
        ? repr(value)
        : Python.kind(value);
  }

  private static void repr(Object value, StringBuilder out, boolean ascii) {
    int before = out.length();
    switch (value) {
      case None n -> out.append("None");
      case Boolean b -> out.append(b ? "True" : "False");
      case Long n -> out.append((long) n);
      case BigInteger n -> out.append(digits(n));
      case Double d -> out.append(number(d));
      case String s -> quoted(s, out, ascii);
      case Markup m -> {
        out.append("Markup(");
        quoted(m.text(), out, ascii);
        out.append(')');
      }
      case Range r -> out.append(r);
      case List<?> list -> {
        out.append('[');
        items(list, out, ascii);
        out.append(']');
      }
      case Tuple(var items) -> {
        out.append('(');
        items(items, out, ascii);
        out.append(items.size() == 1 ? ",)" : ")");
      }
      case GroupedItems g -> repr(g.tuple(), out, ascii);
      case Dict d -> {
        out.append('{');
        entries(d, out, ascii);
        out.append('}');
      }
      case DictView v -> {
        out.append(
            switch (v.part()) {
              case KEYS -> "dict_keys([";
              case VALUES -> "dict_values([";
              case ITEMS -> "dict_items([";
            });
        items(Python.list(v), out, ascii);
        out.append("])");
      }
      case Namespace n -> {
        out.append("<Namespace ");
        repr(Dict.ofNames(n.names), out, ascii);
        out.append('>');
      }
      case Undefined u -> out.append("Undefined");
      case LoopContext l ->
          out.append("<LoopContext ").append(l.index()).append('/').append(l.length()).append('>');
      case Macro m -> out.append(m);
      default -> out.append('<').append(Python.kind(value).substring(2)).append('>');
    }
    Budget.make(8L + (value instanceof String ? out.length() - before : 0));
  }

  private static void items(List<?> items, StringBuilder out, boolean ascii) {
    Budget.current().enter();
    String separator = "";
    for (Object item : items) {
      out.append(separator);
      repr(item, out, ascii);
      separator = ", ";
    }
    Budget.current().leave();
  }

  private static void entries(Dict dict, StringBuilder out, boolean ascii) {
    Budget.current().enter();
    String separator = "";
    for (Dict.Entry entry : dict.entries()) {
      out.append(separator);
      repr(entry.key(), out, ascii);
      out.append(": ");
      repr(entry.value(), out, ascii);
      separator = ", ";
    }
    Budget.current().leave();
  }

  static String digits(BigInteger n) {
    String digits = n.bitLength() > MAX_DIGITS * 4 ? "" : n.toString();
    if (digits.isEmpty() || digits.length() > MAX_DIGITS + (n.signum() < 0 ? 1 : 0)) {
      throw new TemplateException("an integer of more than " + MAX_DIGITS + " digits");
    }
    return digits;
  }

  /// A float as Python writes it: the shortest digits that read back.
  static String number(double d) {
    if (Double.isNaN(d)) {
      return "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    if (d == 0) {
      return 1 / d < 0 ? "-0.0" : "0.0";
    }
    String shortest = shortest(d);
    double size = Math.abs(d);
    if (size >= 1e-4 && size < 1e16) {
      String plain = new BigDecimal(shortest).toPlainString();
      return plain.contains(".") ? plain.replaceFirst("(\\.\\d+?)0*$", "$1") : plain + ".0";
    }
    String text = shortest.replace(".0E", "e").replace('E', 'e');
    int e = text.indexOf('e');
    int exponent = Integer.parseInt(text.substring(e + 1));
    return text.substring(0, e) + "e%s%02d".formatted(exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /// Java writes two digits at least, where one might do.
  private static String shortest(double d) {
    String text = Double.toString(d);
    int e = text.indexOf('E');
    if (e > 0 && text.indexOf('.') == e - 2) {
      String one =
          new BigDecimal(text)
              .round(new java.math.MathContext(1, java.math.RoundingMode.HALF_EVEN))
              .toString();
      if (Double.parseDouble(one) == d) {
        return new BigDecimal(one).unscaledValue() + ".0E" + -new BigDecimal(one).scale();
      }
    }
    return text;
  }

  private static void quoted(String s, StringBuilder out, boolean ascii) {
    char quote = s.indexOf('\'') >= 0 && s.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\\' -> out.append("\\\\");
        default -> {
          if (c == quote) {
            out.append('\\').append(quote);
          } else if (isPrintable(c) && (!ascii || c < 0x80)) {
            out.appendCodePoint(c);
          } else if (c < 0x100) {
            out.append("\\x%02x".formatted(c));
          } else {
            out.append(c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
          }
        }
      }
    }
    out.append(quote);
  }

  static boolean isPrintable(int c) {
    return c == ' '
        || switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SPACE_SEPARATOR ->
              false;
          default -> true;
        };
  }
}
