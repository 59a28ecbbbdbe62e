package dev.imago.metrics;

import java.util.Arrays;

/// The mean of a measure over the folds of a cross-validation, with its interval by Student's t.
///
/// Folds share most of what they train on, and so differ by less than chance would have it: the
/// variance of the mean is s² · (1/k + 1/(k − 1)) in the place of s²/k. Nadeau & Bengio 2003,
/// 10.1023/A:1024068626366.
public final class FoldInterval {
  private FoldInterval() {}

  /// @param values of each fold, two at least
  /// @param confidence such as 0.95
  public static Interval of(double[] values, double confidence) {
    int k = values.length;
    if (k < 2) {
      throw new IllegalArgumentException(
          "%d folds have no interval; it takes two at least".formatted(k));
    }
    double mean = Arrays.stream(values).average().orElse(0);
    double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (k - 1);
    double half = quantile(k - 1, confidence) * Math.sqrt(variance * (1.0 / k + 1.0 / (k - 1)));
    return new Interval(mean, mean - half, mean + half);
  }

  /// The t that so large a share of Student's distribution lies within, on both sides of 0.
  ///
  /// @param degrees of freedom
  static double quantile(int degrees, double share) {
    // P(|T| > t) = I(ν / (ν + t²); ν/2, ½).
    double x = Distributions.betaQuantile(degrees / 2.0, 0.5, 1 - share);
    return Math.sqrt(degrees * (1 - x) / x);
  }
}
