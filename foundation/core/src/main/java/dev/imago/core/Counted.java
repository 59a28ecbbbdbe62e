package dev.imago.core;

import java.util.Locale;

/// A number of things in words: `1 row`, `2,500 rows`.
public final class Counted {
  private Counted() {}

  /// @param things in plural, which ends in `s` as their singular does not, such as `rows`
  public static String of(long number, String things) {
    if (!things.endsWith("s")) {
      throw new IllegalArgumentException("«%s» is no plural in s".formatted(things));
    }
    String named = number == 1 ? things.substring(0, things.length() - 1) : things;
    return String.format(Locale.ROOT, "%,d %s", number, named);
  }
}
