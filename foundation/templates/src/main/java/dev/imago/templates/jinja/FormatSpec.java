package dev.imago.templates.jinja;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Python's `format(value, spec)`: `[[fill]align][sign][z][#][0][width][,_][.precision][type]`.
///
/// @param sign `-` for none but of negative numbers, else what positive ones have
/// @param align `<`, `>`, `=`, `^` or, where none is given, a blank
/// @param precision or −1
/// @param type or a blank
record FormatSpec(
    String fill,
    char align,
    char sign,
    boolean alternate,
    boolean zeroed,
    long width,
    char grouping,
    long precision,
    char type) {
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(?s)(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\\d{1,18})?([,_])?(?:\\.(\\d{1,18}))?(.)?");

  static String format(Object value, String spec) {
    if (spec.isEmpty()) {
      return Repr.text(value);
    }
    return switch (value) {
      case String s -> parse(spec).text(s);
      case Markup m -> parse(spec).text(m.text());
      case Double d -> parse(spec).real(d);
      case Object n when Python.isInteger(n) -> parse(spec).integer(n);
      default ->
          throw new TemplateException(
              Python.kind(value) + " has no format «" + spec + "»; write it as a string first");
    };
  }

  private static FormatSpec parse(String spec) {
    Matcher m = SYNTAX.matcher(spec);
    if (!m.matches() || m.group(4) != null && "sdbcoxXn".contains(orBlank(m.group(10)))) {
      throw new TemplateException("«" + spec + "» is no format of Python's");
    }
    boolean zeroed = m.group(6) != null;
    String fill = m.group(1) != null ? m.group(1) : zeroed && m.group(2) == null ? "0" : " ";
    return new FormatSpec(
        fill,
        orBlank(m.group(2)).charAt(0),
        m.group(3) == null ? '-' : m.group(3).charAt(0),
        m.group(5) != null,
        zeroed,
        m.group(7) == null ? 0 : Long.parseLong(m.group(7)),
        orBlank(m.group(8)).charAt(0),
        m.group(9) == null ? -1 : Long.parseLong(m.group(9)),
        orBlank(m.group(10)).charAt(0));
  }

  private static String orBlank(@org.jspecify.annotations.Nullable String group) {
    return group == null ? " " : group;
  }

  private TemplateException refused(String kind) {
    return new TemplateException("a format that " + kind + " does not have: «" + type + "»");
  }

  private String text(String s) {
    if (type != 's' && type != ' ' || sign != '-' || alternate || align == '=' || grouping != ' ') {
      throw refused("a string");
    }
    String cut = precision < 0 ? s : s.substring(0, Text.offset(s, precision));
    return pad(cut, align == ' ' ? '<' : align);
  }

  private String pad(String s, char side) {
    long missing = width - Text.length(s);
    if (missing <= 0) {
      return s;
    }
    long left = side == '<' ? 0 : side == '^' ? missing / 2 : missing;
    return Text.repeat(fill, left) + s + Text.repeat(fill, missing - left);
  }

  private String integer(Object n) {
    if ("eEfFgG%".indexOf(type) >= 0) {
      return real(Python.real(n));
    }
    var big = Arithmetic.big(n);
    if (precision >= 0 || grouping == ',' && "bcoxXn".indexOf(type) >= 0) {
      throw refused("an integer");
    }
    String sign = signOf(big.signum() < 0);
    return switch (type) {
      case 'd', ' ', 'n' -> number(sign, "", Repr.digits(big.abs()), "", 3);
      case 'b' -> number(sign, alternate ? "0b" : "", big.abs().toString(2), "", 4);
      case 'o' -> number(sign, alternate ? "0o" : "", big.abs().toString(8), "", 4);
      case 'x' -> number(sign, alternate ? "0x" : "", big.abs().toString(16), "", 4);
      case 'X' ->
          number(
              sign, alternate ? "0X" : "", big.abs().toString(16).toUpperCase(Locale.ROOT), "", 4);
      case 'c' -> {
        long c = Python.integer(n);
        if (c < 0 || c > Character.MAX_CODE_POINT || this.sign != '-' || alternate) {
          throw refused("a character of number " + c);
        }
        yield pad(Character.toString((int) c), align == ' ' ? '<' : align);
      }
      default -> throw refused("an integer");
    };
  }

  private String signOf(boolean negative) {
    return negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
  }

  private String real(double d) {
    boolean negative = d < 0 || d == 0 && 1 / d < 0;
    String sign = signOf(negative);
    char kind = Character.toLowerCase(type);
    String text =
        switch (kind) {
          case 'e', 'f', 'g' ->
              NumberFormat.format(d, kind, precision < 0 ? 6 : precision, alternate);
          case 'n' -> NumberFormat.format(d, 'g', precision < 0 ? 6 : precision, alternate);
          case '%' -> NumberFormat.format(d * 100, 'f', precision < 0 ? 6 : precision, alternate);
          case ' ' -> plain(d);
          default -> throw refused("a float");
        };
    if (Character.isUpperCase(type)) {
      text = text.toUpperCase(Locale.ROOT);
    }
    int end = 0;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return number(
        sign, "", text.substring(0, end), text.substring(end) + (kind == '%' ? "%" : ""), 3);
  }

  /// As `str`, or in so many digits with one after the point at least.
  private String plain(double d) {
    double size = Math.abs(d);
    if (precision < 0) {
      return Repr.number(size);
    }
    String text = NumberFormat.format(size, 'g', precision, alternate);
    int e = text.indexOf('e');
    // Python takes the exponent one digit sooner here, to have room for a digit after the point.
    if (e < 0 && !text.contains(".") && Character.isDigit(text.charAt(0))) {
      return text.length() >= Math.max(1, precision)
          ? NumberFormat.format(size, 'e', Math.max(0, text.length() - 1), alternate)
              .replaceFirst("\\.?0+e", "e")
          : text + ".0";
    }
    return text;
  }

  /// @param whole the digits before the point, which are grouped
  private String number(String sign, String prefix, String whole, String rest, int group) {
    boolean fillsInside = align == '=' || align == ' ' && zeroed;
    String digits = whole;
    if (grouping != ' ') {
      digits = grouped(whole, group);
      if (fillsInside && fill.equals("0")) {
        int others = sign.length() + prefix.length() + rest.length();
        Budget.make(width);
        String padded = whole;
        while (digits.length() + others < width) {
          padded = Text.repeat("0", Math.max(1, (width - digits.length() - others) / 2)) + padded;
          digits = grouped(padded, group);
        }
      }
    }
    String text = sign + prefix + digits + rest;
    if (fillsInside) {
      return sign + prefix + Text.repeat(fill, width - Text.length(text)) + digits + rest;
    }
    return pad(text, align == ' ' ? '>' : align);
  }

  private String grouped(String digits, int group) {
    var out = new StringBuilder(digits);
    for (int i = digits.length() - group; i > 0; i -= group) {
      out.insert(i, grouping);
    }
    return out.toString();
  }
}
