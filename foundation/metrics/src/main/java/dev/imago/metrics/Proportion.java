package dev.imago.metrics;

/// Intervals of a share of items that each are right or wrong. A bootstrap says [1, 1] of twenty
/// right answers; these do not.
public final class Proportion {
  /// Hits, or misses, below which only the exact interval keeps what it says.
  private static final double FEW = 5;

  private Proportion() {}

  /// Exact while fewer than five expected hits, or misses, are within it; else Wilson's. It covers
  /// 95 % or more wherever fewer than five are expected, of fifty items and more, and 95–96 % on
  /// the mean over all shares.
  ///
  /// @param hits of the n items
  /// @param confidence of the interval, 0 … 1, such as 0.95
  public static Interval interval(long hits, long n, double confidence) {
    Interval exact = exact(hits, n, confidence);
    boolean few = exact.low() * n < FEW || (1 - exact.high()) * n < FEW;
    return few ? exact : wilson(hits, n, confidence);
  }

  /// Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404: never covers less than it says.
  public static Interval exact(long hits, long n, double confidence) {
    check(hits, n, confidence);
    double tail = (1 - confidence) / 2;
    double low = hits == 0 ? 0 : Distributions.betaQuantile(hits, n - hits + 1.0, tail);
    double high = hits == n ? 1 : Distributions.betaQuantile(hits + 1.0, n - hits, 1 - tail);
    return new Interval((double) hits / n, low, high);
  }

  /// Wilson 1927, doi:10.1080/01621459.1927.10502953: covers on the mean what it says.
  public static Interval wilson(long hits, long n, double confidence) {
    check(hits, n, confidence);
    double share = (double) hits / n;
    double z = Distributions.normalQuantile((1 + confidence) / 2);
    double denominator = 1 + z * z / n;
    double middle = (share + z * z / (2 * n)) / denominator;
    double half = z / denominator * Math.sqrt(share * (1 - share) / n + z * z / (4.0 * n * n));
    return new Interval(share, Math.max(0, middle - half), Math.min(1, middle + half));
  }

  private static void check(long hits, long n, double confidence) {
    if (n < 1 || hits < 0 || hits > n) {
      throw new IllegalArgumentException(
          "%,d hits of %,d items are no share; give 0 … n of one item or more".formatted(hits, n));
    }
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "confidence = %s is outside 0 … 1; 0.95 is usual".formatted(confidence));
    }
  }
}
