package dev.imago.metrics;

/// A measured value and its interval.
public record Interval(double value, double low, double high) {
  /// Whether a value lies within, ends included.
  public boolean contains(double other) {
    return low <= other && other <= high;
  }
}
