package dev.imago.evaluate;

import dev.imago.metrics.Interval;

/// One measurement with its interval.
///
/// @param name measure and system, such as `bits-per-byte.base`
/// @param value over all units
/// @param low the interval's lower end
/// @param high the interval's upper end
/// @param n units that were resampled: documents or pairs
/// @param unit what the value is in
public record Score(String name, double value, double low, double high, int n, String unit) {
  static Score of(String name, Interval interval, int n, String unit) {
    return new Score(
        name,
        rounded(interval.value()),
        rounded(interval.low()),
        rounded(interval.high()),
        n,
        unit);
  }

  /// Six decimals: what is below the noise of summing floats stays out of the artifact.
  private static double rounded(double value) {
    return Math.rint(value * 1e6) / 1e6;
  }

  /// `2.013 [1.950, 2.081]`.
  String brief() {
    return "%.3f [%.3f, %.3f]".formatted(value, low, high);
  }
}
