package dev.imago.evaluate;

/// The interval of a share of things that each are right or wrong: Wilson 1927, which keeps inside
/// 0 … 1 and holds for few of them.
final class Wilson {
  private Wilson() {}

  /// @param share of the n that are right, 0 … 1
  /// @param confidence of the interval
  static Bootstrap.Interval interval(double share, int n, double confidence) {
    double z = quantile((1 + confidence) / 2);
    double denominator = 1 + z * z / n;
    double middle = (share + z * z / (2 * n)) / denominator;
    double half = z / denominator * Math.sqrt(share * (1 - share) / n + z * z / (4.0 * n * n));
    return new Bootstrap.Interval(share, Math.max(0, middle - half), Math.min(1, middle + half));
  }

  /// The standard normal's, by bisection of its distribution function.
  static double quantile(double p) {
    double low = -10;
    double high = 10;
    while (high - low > 1e-12) {
      double middle = (low + high) / 2;
      if (distribution(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /// Φ(x) = ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …).
  private static double distribution(double x) {
    if (x < -8 || x > 8) {
      return x < 0 ? 0 : 1;
    }
    double sum = x;
    double term = x;
    for (int i = 3; Math.abs(term) > 1e-17; i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
