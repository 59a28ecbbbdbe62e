package dev.imago.cli;

import java.time.Duration;
import java.util.Locale;

/// Numbers as people read them.
final class Quantity {
  private static final String[] PREFIXES = {"", "k", "M", "G", "T"};

  private Quantity() {}

  /// Three figures and a decimal prefix, such as `1.24 M`.
  static String of(double value) {
    double rest = value;
    int prefix = 0;
    while (Math.abs(rest) >= 999.5 && prefix < PREFIXES.length - 1) {
      rest /= 1000;
      prefix++;
    }
    boolean whole = prefix == 0 && rest == Math.rint(rest);
    int decimals = whole || Math.abs(rest) >= 99.95 ? 0 : Math.abs(rest) >= 9.995 ? 1 : 2;
    String number = String.format(Locale.ROOT, "%." + decimals + "f", rest);
    return prefix == 0 ? number : number + " " + PREFIXES[prefix];
  }

  /// Such as `1.24 MB`, `320 tokens`.
  static String of(double value, String unit) {
    String number = of(value);
    if (unit.equals("bytes")) {
      return number + (Character.isLetter(number.charAt(number.length() - 1)) ? "B" : " B");
    }
    return number + " " + unit;
  }

  /// Such as `0:07`, `12:30`, `1:02:03`.
  static String of(Duration duration) {
    long s = Math.max(0, Math.round(duration.toMillis() / 1e3));
    return s < 3600
        ? "%d:%02d".formatted(s / 60, s % 60)
        : "%d:%02d:%02d".formatted(s / 3600, s / 60 % 60, s % 60);
  }

  /// How long ago, in one unit: `now`, `5 min`, `3 h`, `12 days`.
  static String age(Duration ago) {
    long minutes = ago.toMinutes();
    if (minutes < 1) {
      return "now";
    }
    return minutes < 60
        ? minutes + " min"
        : minutes < 48 * 60 ? minutes / 60 + " h" : minutes / (24 * 60) + " days";
  }
}
