package dev.imago.templates.jinja;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Python's `text % values`.
final class PercentFormat {
  private final String format;
  private final boolean escapes;
  private final StringBuilder out = new StringBuilder();
  private Object values;
  private @Nullable List<Object> tuple;
  private final boolean isMapping;
  private int used;
  private int at;

  private PercentFormat(String format, Object values, boolean escapes) {
    this.format = format;
    this.values = values;
    this.escapes = escapes;
    this.tuple =
        switch (values) {
          case Tuple t -> t.items();
          case GroupedItems g -> g.tuple().items();
          default -> null;
        };
    this.isMapping =
        values instanceof Dict || values instanceof List || values instanceof Undefined;
  }

  /// @param escapes whether values that are set in are escaped, as into safe text
  static String format(String format, Object values, boolean escapes) {
    return new PercentFormat(format, values, escapes).run();
  }

  private String run() {
    Budget.make(format.length());
    boolean wasTuple = tuple != null;
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%') {
        out.append(c);
      } else {
        conversion();
      }
    }
    int given = wasTuple && tuple != null ? tuple.size() : 1;
    if (!isMapping && used < given) {
      throw new TemplateException(
          "«%%» is given %d values, of which the text uses %d".formatted(given, used));
    }
    return out.toString();
  }

  private char next() {
    if (at >= format.length()) {
      throw new TemplateException(Repr.shortly(format) + " ends within a %-format");
    }
    return format.charAt(at++);
  }

  private Object value() {
    if (tuple != null ? used >= tuple.size() : used > 0) {
      throw new TemplateException("«%» is given fewer values than the text wants");
    }
    return tuple != null ? tuple.get(used++) : one();
  }

  private Object one() {
    used++;
    return values;
  }

  private long number() {
    char c = next();
    if (c == '*') {
      return Python.integer(value());
    }
    long n = 0;
    at--;
    while (at < format.length() && Character.isDigit(format.charAt(at)) && n < 1L << 40) {
      n = n * 10 + Character.digit(format.charAt(at++), 10);
    }
    return n;
  }

  private void key() {
    int depth = 1;
    int start = at;
    while (depth > 0) {
      char c = next();
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    String key = format.substring(start, at - 1);
    if (!(values instanceof Dict dict)) {
      throw new TemplateException("%(…) of " + Repr.shortly(key) + " wants a mapping");
    }
    Object value = dict.get(key);
    if (value == null) {
      throw new TemplateException("%(…) finds no " + Repr.shortly(key) + " in the mapping");
    }
    // From here on Python takes the value for what is given.
    single(value);
  }

  private void single(Object value) {
    tuple = List.of(value);
    used = 0;
  }

  private void conversion() {
    if (at < format.length() && format.charAt(at) == '(') {
      at++;
      key();
    }
    var flags = new StringBuilder();
    char c = next();
    while ("#0- +".indexOf(c) >= 0) {
      flags.append(c);
      c = next();
    }
    at--;
    long width = c == '*' || Character.isDigit(c) ? number() : 0;
    if (width < 0) {
      flags.append('-');
      width = -width;
    }
    long precision = -1;
    if (next() == '.') {
      precision = Math.max(0, number());
    } else {
      at--;
    }
    c = next();
    while (c == 'h' || c == 'l' || c == 'L') {
      c = next();
    }
    if (c == '%') {
      out.append('%');
      return;
    }
    write(c, flags.toString(), width, precision);
  }

  private void write(char type, String flags, long width, long precision) {
    Object value = value();
    String text =
        switch (type) {
          case 's' -> cut(escaped(value), precision);
          case 'r' -> cut(Repr.repr(value), precision);
          case 'a' -> cut(Repr.ascii(value), precision);
          case 'c' -> character(value);
          case 'd', 'i', 'u' -> integer(whole(value), 10, precision, "");
          case 'o' -> integer(value, 8, precision, flags.contains("#") ? "0o" : "");
          case 'x', 'X' -> integer(value, 16, precision, flags.contains("#") ? "0x" : "");
          case 'e', 'E', 'f', 'F', 'g', 'G' -> real(value, type, precision, flags);
          default -> throw new TemplateException("%" + type + " is no format of Python's «%»");
        };
    if (Character.isUpperCase(type)) {
      text = text.toUpperCase(Locale.ROOT);
    }
    boolean numeric = "diuoxXeEfFgG".indexOf(type) >= 0;
    if (numeric && !text.startsWith("-")) {
      text = (flags.contains("+") ? "+" : flags.contains(" ") ? " " : "") + text;
    }
    long missing = width - Text.length(text);
    if (flags.contains("-")) {
      text += Text.repeat(" ", missing);
    } else if (numeric && flags.contains("0")) {
      int head = text.startsWith("-") || text.startsWith("+") || text.startsWith(" ") ? 1 : 0;
      head += "oxX".indexOf(type) >= 0 && flags.contains("#") ? 2 : 0;
      text = text.substring(0, head) + Text.repeat("0", missing) + text.substring(head);
    } else {
      text = Text.repeat(" ", missing) + text;
    }
    Budget.make(text.length());
    out.append(text);
  }

  private String escaped(Object value) {
    return escapes ? Markup.escape(value).text() : Repr.text(value);
  }

  private static String cut(String text, long precision) {
    return precision < 0 ? text : text.substring(0, Text.offset(text, precision));
  }

  private static String character(Object value) {
    if (Python.isText(value)) {
      String s = Python.string(value);
      if (s.codePointCount(0, s.length()) == 1) {
        return s;
      }
    } else if (Python.isInteger(value)) {
      long c = Python.integer(value);
      if (c >= 0 && c <= Character.MAX_CODE_POINT) {
        return Character.toString((int) c);
      }
    }
    throw Python.wrong(value, "a character, or its number,");
  }

  private static Object whole(Object value) {
    if (value instanceof Double d && !d.isNaN() && !d.isInfinite()) {
      return Arithmetic.normal(new java.math.BigDecimal(d).toBigInteger());
    }
    return value;
  }

  private static String integer(Object value, int radix, long precision, String prefix) {
    if (!Python.isInteger(value)) {
      throw Python.wrong(value, "an integer");
    }
    var n = Arithmetic.big(value);
    String digits = n.abs().toString(radix);
    return (n.signum() < 0 ? "-" : "")
        + prefix
        + Text.repeat("0", precision - digits.length())
        + digits;
  }

  private static String real(Object value, char type, long precision, String flags) {
    double d = Python.real(value);
    String text =
        NumberFormat.format(
            d, Character.toLowerCase(type), precision < 0 ? 6 : precision, flags.contains("#"));
    return (d < 0 || d == 0 && 1 / d < 0 ? "-" : "") + text;
  }
}
