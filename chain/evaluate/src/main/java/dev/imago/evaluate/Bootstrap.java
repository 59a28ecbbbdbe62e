package dev.imago.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Intervals by resampling: the percentile bootstrap. Efron & Tibshirani 1993, «An Introduction to
/// the Bootstrap», ch. 13; paired over systems as in Koehn 2004, W04-3250.
///
/// The same seed and number of units give the same draws, so two measures over the same units are
/// resampled together, and the interval of their difference is that of paired data.
///
/// @param resamples draws with replacement
/// @param confidence the share of draws inside the interval, 0 … 1
/// @param seed of the draws
record Bootstrap(int resamples, double confidence, long seed) {
  /// A measure over the units (documents or pairs) that a draw names.
  @FunctionalInterface
  interface Measure {
    /// @param units indices in 0 … n − 1, repeats included
    double of(int[] units);
  }

  /// A measured value and its interval.
  record Interval(double value, double low, double high) {}

  /// The measure over all `n` units, with its interval.
  Interval interval(int n, Measure measure) {
    if (n < 1) {
      throw new IllegalArgumentException("n = " + n + " units to resample is below 1");
    }
    int[] draw = new int[n];
    Arrays.setAll(draw, i -> i);
    double value = measure.of(draw);
    var random = new SplittableRandom(seed);
    double[] replicates = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      for (int i = 0; i < n; i++) {
        draw[i] = random.nextInt(n);
      }
      replicates[r] = measure.of(draw);
    }
    Arrays.sort(replicates);
    double tail = (1 - confidence) / 2;
    return new Interval(value, quantile(replicates, tail), quantile(replicates, 1 - tail));
  }

  /// The measure Σ numerator / Σ denominator over the units drawn.
  static Measure ratio(double[] numerators, double[] denominators) {
    return units -> {
      double numerator = 0;
      double denominator = 0;
      for (int unit : units) {
        numerator += numerators[unit];
        denominator += denominators[unit];
      }
      return numerator / denominator;
    };
  }

  /// The mean over the units drawn.
  static Measure mean(double[] values) {
    return units -> {
      double sum = 0;
      for (int unit : units) {
        sum += values[unit];
      }
      return sum / units.length;
    };
  }

  /// One measure less another, over the same draw.
  static Measure difference(Measure a, Measure b) {
    return units -> a.of(units) - b.of(units);
  }

  /// Linear between order statistics (Hyndman & Fan's type 7, as numpy's default).
  static double quantile(double[] sorted, double p) {
    double at = p * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
