package dev.imago.data;

/// What a model needs for held-out text, by unit: a document, or a block of the only one. The one
/// measure of it, for whoever compares models: [HeldOutText] makes it.
///
/// @param bits of each unit
/// @param tokens of each unit
/// @param bytes of each unit
public record HeldOutLoss(double[] bits, double[] tokens, double[] bytes) {
  /// Nats a token.
  public double mean() {
    return sum(bits) * Math.log(2) / sum(tokens);
  }

  public double bitsPerByte() {
    return sum(bits) / sum(bytes);
  }

  /// How much higher this loss is, unit by unit, in nats a token. The interval is that of a ratio
  /// of sums, linearised: Cochran 1977, «Sampling Techniques», ch. 6.
  public Increase above(HeldOutLoss other) {
    int n = bits.length;
    double all = sum(tokens);
    double mean = (sum(bits) - sum(other.bits)) * Math.log(2) / all;
    double squares = 0;
    for (int u = 0; u < n; u++) {
      double residual = (bits[u] - other.bits[u]) * Math.log(2) - mean * tokens[u];
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

  /// @param mean in nats a token
  /// @param halfWidth of the 95 % interval; NaN where there is one unit
  public record Increase(double mean, double halfWidth) {}
}
