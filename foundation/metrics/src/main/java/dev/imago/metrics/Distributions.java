package dev.imago.metrics;

/// The distributions behind intervals and tests.
final class Distributions {
  private static final double[] LANCZOS = {
    0.99999999999980993,
    676.5203681218851,
    -1259.1392167224028,
    771.32342877765313,
    -176.61502916214059,
    12.507343278686905,
    -0.13857109526572012,
    9.9843695780195716e-6,
    1.5056327351493116e-7
  };

  private Distributions() {}

  /// The standard normal's quantile, by bisection of its distribution function.
  static double normalQuantile(double p) {
    double low = -10;
    double high = 10;
    while (high - low > 1e-12) {
      double middle = (low + high) / 2;
      if (normal(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /// Φ(x) = ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …).
  static double normal(double x) {
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

  /// The chance of k hits or fewer in n trials of chance p.
  static double binomial(long k, long n, double p) {
    return k < 0 ? 0 : k >= n ? 1 : beta(n - k, k + 1.0, 1 - p);
  }

  /// The p at which the regularised incomplete beta function is `share`, by bisection.
  static double betaQuantile(double a, double b, double share) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (beta(a, b, middle) < share) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /// The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22).
  static double beta(double a, double b, double x) {
    if (x <= 0 || x >= 1) {
      return x <= 0 ? 0 : 1;
    }
    double front =
        Math.exp(
            logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
    return x < (a + 1) / (a + b + 2)
        ? front * fraction(a, b, x) / a
        : 1 - front * fraction(b, a, 1 - x) / b;
  }

  private static double fraction(double a, double b, double x) {
    double least = 1e-300;
    double c = 1;
    double d = 1 / notZero(1 - (a + b) * x / (a + 1), least);
    double value = d;
    for (int m = 1; m <= 10_000; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / notZero(1 + even * d, least);
      c = notZero(1 + even / c, least);
      value *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / notZero(1 + odd * d, least);
      c = notZero(1 + odd / c, least);
      value *= d * c;
      if (Math.abs(d * c - 1) < 1e-15) {
        break;
      }
    }
    return value;
  }

  private static double notZero(double value, double least) {
    return Math.abs(value) < least ? least : value;
  }

  /// Lanczos' approximation, of x > 0.
  private static double logGamma(double x) {
    double sum = LANCZOS[0];
    for (int i = 1; i < LANCZOS.length; i++) {
      sum += LANCZOS[i] / (x - 1 + i);
    }
    double t = x + 6.5;
    return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
  }
}
