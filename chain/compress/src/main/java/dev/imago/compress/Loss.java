package dev.imago.compress;

import dev.imago.data.HeldOutText;

/// What one file needs for the held-out text, by document, as evaluate measures it.
///
/// @param nats of each unit
/// @param tokens of each unit
/// @param bytes of each unit
record Loss(double[] nats, double[] tokens, double[] bytes) {
  static Loss of(double[] bits, HeldOutText text) {
    double[] nats = new double[bits.length];
    for (int u = 0; u < nats.length; u++) {
      nats[u] = bits[u] * Math.log(2);
    }
    return new Loss(nats, text.unitTokens(), text.bytes());
  }

  /// Nats a token.
  double mean() {
    return sum(nats) / sum(tokens);
  }

  double bitsPerByte() {
    return sum(nats) / Math.log(2) / sum(bytes);
  }

  /// How much higher this loss is, unit by unit, in nats a token. The interval is that of a ratio
  /// of sums, linearised: Cochran 1977, «Sampling Techniques», ch. 6.
  Increase above(Loss other) {
    int n = nats.length;
    double all = sum(tokens);
    double mean = (sum(nats) - sum(other.nats)) / all;
    double squares = 0;
    for (int u = 0; u < n; u++) {
      double residual = nats[u] - other.nats[u] - mean * tokens[u];
      squares += residual * residual;
    }
    double error = n < 2 ? Double.NaN : Math.sqrt(squares * n / (n - 1)) / all;
    return new Increase(mean, 1.96 * error);
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  /// @param halfWidth of the 95 % interval; NaN where there is one unit
  record Increase(double mean, double halfWidth) {}
}
