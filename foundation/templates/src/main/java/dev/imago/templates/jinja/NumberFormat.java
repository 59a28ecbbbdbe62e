package dev.imago.templates.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// Floats in C's notations `e`, `f` and `g`, rounded from their exact values. Signs are the
/// caller's: all numbers are taken without.
final class NumberFormat {
  private static final int MAX_PRECISION = 10_000;

  private NumberFormat() {}

  private static int checked(long precision) {
    if (precision > MAX_PRECISION) {
      throw new TemplateException(
          "a precision of %d digits; %d may be".formatted(precision, MAX_PRECISION));
    }
    Budget.make(precision + 320);
    return (int) precision;
  }

  /// @param type one of `e`, `f`, `g`
  /// @param alternate whether the point and the zeros after it stay
  static String format(double d, char type, long precision, boolean alternate) {
    double size = Math.abs(d);
    if (Double.isNaN(size) || Double.isInfinite(size)) {
      return Double.isNaN(size) ? "nan" : "inf";
    }
    return switch (type) {
      case 'f' -> fixed(size, precision) + (alternate && precision == 0 ? "." : "");
      case 'e' -> exponential(size, precision, alternate);
      default -> general(size, precision, alternate);
    };
  }

  static String fixed(double d, long precision) {
    return new BigDecimal(d).setScale(checked(precision), RoundingMode.HALF_EVEN).toPlainString();
  }

  /// The digits, of which the first stands before the point, and the power of ten.
  private record Scientific(String digits, int exponent) {}

  private static Scientific scientific(double size, long precision) {
    int digits = checked(precision) + 1;
    if (size == 0) {
      return new Scientific("0".repeat(digits), 0);
    }
    BigDecimal exact = new BigDecimal(size);
    BigDecimal rounded =
        exact.round(new java.math.MathContext(digits, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    String unscaled = rounded.unscaledValue().toString();
    int exponent = unscaled.length() - 1 - rounded.scale();
    return new Scientific(unscaled + "0".repeat(Math.max(0, digits - unscaled.length())), exponent);
  }

  private static String exponent(int exponent) {
    return "e%s%02d".formatted(exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private static String exponential(double size, long precision, boolean alternate) {
    Scientific s = scientific(size, precision);
    String rest = s.digits.substring(1);
    return s.digits.charAt(0)
        + (rest.isEmpty() && !alternate ? "" : "." + rest)
        + exponent(s.exponent);
  }

  private static String general(double size, long precision, boolean alternate) {
    long digits = Math.max(1, precision);
    Scientific s = scientific(size, digits - 1);
    String text;
    if (s.exponent < -4 || s.exponent >= digits) {
      String rest = s.digits.substring(1);
      String mantissa = s.digits.charAt(0) + "." + rest;
      text = (alternate ? mantissa : trimmed(mantissa)) + exponent(s.exponent);
    } else {
      String plain = fixed(size, digits - 1 - s.exponent);
      String pointed = plain.contains(".") ? plain : plain + ".";
      text = alternate ? pointed : trimmed(pointed);
    }
    return text;
  }

  private static String trimmed(String decimal) {
    int end = decimal.length();
    while (decimal.charAt(end - 1) == '0') {
      end--;
    }
    return decimal.substring(0, decimal.charAt(end - 1) == '.' ? end - 1 : end);
  }
}
