package dev.imago.console.curves;

import java.util.Locale;

/// What a curve is drawn along.
public enum Axis {
  STEP,
  TOKENS,
  /// Seconds since its first point.
  TIME,
  /// Seconds since 1970.
  CLOCK;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The axis of a word in an address; steps where it is none.
  public static Axis of(String word) {
    for (Axis axis : values()) {
      if (axis.word().equals(word)) {
        return axis;
      }
    }
    return STEP;
  }
}
