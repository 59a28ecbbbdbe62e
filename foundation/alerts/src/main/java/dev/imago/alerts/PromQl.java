package dev.imago.alerts;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/// Parts of Prometheus' query language.
final class PromQl {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

  private PromQl() {}

  static String selector(String metric) {
    // With labels it is PromQL already.
    return NAME.matcher(metric).matches() || metric.indexOf('{') > 0
        ? metric
        : "{__name__=\"%s\"}".formatted(metric.replace("\\", "\\\\").replace("\"", "\\\""));
  }

  static String range(String metric, double seconds) {
    return "%s[%s]".formatted(selector(metric), time(seconds));
  }

  /// Seconds as Prometheus writes a duration, in the largest unit that is exact.
  static String time(double seconds) {
    long whole = (long) seconds;
    if (whole % 86_400 == 0) {
      return whole / 86_400 + "d";
    }
    if (whole % 3600 == 0) {
      return whole / 3600 + "h";
    }
    return whole % 60 == 0 ? whole / 60 + "m" : whole + "s";
  }

  /// Without an exponent, and without the digits that binary fractions leave.
  static String number(double value) {
    return new BigDecimal(value)
        .round(new java.math.MathContext(12))
        .stripTrailingZeros()
        .toPlainString();
  }
}
