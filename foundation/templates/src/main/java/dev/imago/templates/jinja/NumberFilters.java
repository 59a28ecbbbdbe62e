package dev.imago.templates.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/// Filters of numbers.
final class NumberFilters {
  private static final Pattern FLOAT =
      Pattern.compile("[+-]?(?:(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|inf|infinity|nan)");
  private static final int MAX_PLACES = 400;

  private NumberFilters() {}

  static void addTo(Map<String, BiFunction<Object, Arguments, Object>> filters) {
    filters.put("abs", (v, a) -> Sequences.none("abs", a, () -> absolute(v)));
    filters.put("round", NumberFilters::round);
    filters.put("int", NumberFilters::toInteger);
    filters.put("float", NumberFilters::toFloat);
    filters.put("filesizeformat", NumberFilters::fileSize);
  }

  private static Object absolute(Object value) {
    if (value instanceof Double d) {
      return Math.abs(d);
    }
    if (!Python.isInteger(value)) {
      throw Python.wrong(value, "a number");
    }
    return Arithmetic.normal(Arithmetic.big(value).abs());
  }

  private static Object round(Object value, Arguments arguments) {
    var a = arguments.bind("round", "precision?", "method?");
    String method = Repr.text(a.get(1, "common"));
    if (!Python.isNumber(value)) {
      throw Python.wrong(value, "a number");
    }
    Object precision = a.get(0, 0L);
    long places = precision == None.NONE ? 0 : Python.integer(precision);
    return switch (method) {
      case "common" -> {
        if (value instanceof Double d) {
          yield precision == None.NONE ? whole(Math.rint(d)) : roundedReal(d, places);
        }
        yield roundedInteger(value, places);
      }
      case "ceil", "floor" -> {
        Object scale = Arithmetic.binary("**", 10L, precision);
        Object scaled = Arithmetic.binary("*", value, scale);
        Object whole =
            scaled instanceof Double d
                ? whole(method.equals("ceil") ? Math.ceil(d) : Math.floor(d))
                : scaled;
        yield Arithmetic.binary("/", whole, scale);
      }
      default ->
          throw new TemplateException(
              "round knows «common», «ceil» and «floor», not «" + method + "»");
    };
  }

  private static Object whole(double d) {
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      throw new TemplateException(Repr.number(d) + " is no integer");
    }
    return Arithmetic.normal(new BigDecimal(d).toBigInteger());
  }

  private static double roundedReal(double d, long places) {
    if (Double.isNaN(d) || Double.isInfinite(d) || places > MAX_PLACES) {
      return d;
    }
    if (places < -MAX_PLACES) {
      return Math.copySign(0, d);
    }
    double rounded = new BigDecimal(d).setScale((int) places, RoundingMode.HALF_EVEN).doubleValue();
    if (Double.isInfinite(rounded)) {
      throw new TemplateException("the rounded value is too large for a float");
    }
    return rounded == 0 ? Math.copySign(0, d) : rounded;
  }

  private static Object roundedInteger(Object integer, long places) {
    if (places >= 0) {
      return Arithmetic.plus(integer);
    }
    if (places < -Repr.MAX_DIGITS) {
      return 0L;
    }
    return Arithmetic.normal(
        new BigDecimal(Arithmetic.big(integer))
            .setScale((int) places, RoundingMode.HALF_EVEN)
            .toBigInteger());
  }

  private static Object toInteger(Object value, Arguments arguments) {
    var a = arguments.bind("int", "default?", "base?");
    if (value instanceof Undefined u) {
      throw u.error();
    }
    if (Python.isText(value)) {
      String s = Python.string(value);
      long base = a.integer(1, 10);
      if (base == 1 || base < 0 || base > 36) {
        return fromFloat(s, a);
      }
      try {
        return parseInteger(s, (int) base);
      } catch (NumberFormatException e) {
        return fromFloat(s, a);
      }
    }
    return switch (value) {
      case Double d when Double.isNaN(d) -> a.get(0, 0L);
      case Double d -> whole(d < 0 ? Math.ceil(d) : Math.floor(d));
      case Object n when Python.isInteger(n) -> Arithmetic.plus(n);
      default -> a.get(0, 0L);
    };
  }

  private static Object fromFloat(String s, Arguments.Bound a) {
    try {
      double d = parseFloat(s);
      return Double.isNaN(d) || Double.isInfinite(d)
          ? a.get(0, 0L)
          : whole(d < 0 ? Math.ceil(d) : Math.floor(d));
    } catch (NumberFormatException e) {
      return a.get(0, 0L);
    }
  }

  /// Python's `int(s, base)`, with its blanks, signs, prefixes and underscores.
  static Object parseInteger(String s, int base) {
    String text = decimal(StringMethods.strip(s, null, true, true));
    boolean negative = text.startsWith("-");
    text = negative || text.startsWith("+") ? text.substring(1) : text;
    int prefixed =
        text.length() < 2 || text.charAt(0) != '0'
            ? 0
            : switch (text.charAt(1)) {
              case 'b', 'B' -> 2;
              case 'o', 'O' -> 8;
              case 'x', 'X' -> 16;
              default -> 0;
            };
    boolean hasPrefix = prefixed > 0 && (base == 0 || base == prefixed);
    int radix = base != 0 ? base : prefixed > 0 ? prefixed : 10;
    text = hasPrefix ? text.substring(2) : text;
    text = hasPrefix && text.startsWith("_") ? text.substring(1) : text;
    boolean misplaced = text.startsWith("_") || text.endsWith("_") || text.contains("__");
    text = text.replace("_", "");
    boolean octal = base == 0 && !hasPrefix && text.length() > 1 && text.startsWith("0");
    if (misplaced
        || text.isEmpty()
        || text.length() > Repr.MAX_DIGITS
        || text.startsWith("-")
        || text.startsWith("+")
        || octal && !text.matches("0+")) {
      throw new NumberFormatException(s);
    }
    BigInteger n = new BigInteger(text, radix);
    return Arithmetic.normal(negative ? n.negate() : n);
  }

  /// Digits of any script as those of ASCII.
  private static String decimal(String s) {
    var out = new StringBuilder();
    s.codePoints()
        .forEach(
            c ->
                out.appendCodePoint(
                    c > 0x7f && Character.isDigit(c) ? '0' + Character.digit(c, 10) : c));
    return out.toString();
  }

  /// Python's `float(s)`.
  static double parseFloat(String s) {
    String text = decimal(StringMethods.strip(s, null, true, true));
    if (text.matches(".*\\d_\\d.*")) {
      text = text.replaceAll("(?<=\\d)_(?=\\d)", "");
    }
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    Budget.read(lower.length());
    if (lower.length() > 10_000 || !FLOAT.matcher(lower).matches()) {
      throw new NumberFormatException(s);
    }
    boolean negative = lower.startsWith("-");
    if (lower.endsWith("y") || lower.endsWith("f")) {
      return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    return lower.endsWith("nan") ? Double.NaN : Double.parseDouble(lower);
  }

  private static Object toFloat(Object value, Arguments arguments) {
    var a = arguments.bind("float", "default?");
    if (value instanceof Undefined u) {
      throw u.error();
    }
    if (Python.isNumber(value)) {
      return Python.real(value);
    }
    try {
      return Python.isText(value) ? parseFloat(Python.string(value)) : a.get(0, 0.0);
    } catch (NumberFormatException e) {
      return a.get(0, 0.0);
    }
  }

  private static Object fileSize(Object value, Arguments arguments) {
    boolean binary = arguments.bind("filesizeformat", "binary?").truth(0);
    double bytes;
    try {
      bytes = Python.isText(value) ? parseFloat(Python.string(value)) : Python.real(value);
    } catch (NumberFormatException e) {
      throw Python.wrong(value, "a number");
    }
    int base = binary ? 1024 : 1000;
    if (bytes == 1) {
      return "1 Byte";
    }
    if (bytes < base) {
      return whole(bytes < 0 ? Math.ceil(bytes) : Math.floor(bytes)) + " Bytes";
    }
    String prefixes = binary ? "KMGTPEZY" : "kMGTPEZY";
    double unit = base;
    int i = -1;
    do {
      unit *= base;
      i++;
    } while (i < prefixes.length() - 1 && bytes >= unit);
    return NumberFormat.fixed(base * bytes / unit, 1)
        + " "
        + prefixes.charAt(i)
        + (binary ? "iB" : "B");
  }
}
