package dev.imago.agreement;

/// What a coefficient says: a value, or why there is none. An undefined coefficient is neither 0
/// nor 1.
public sealed interface Agreement {
  /// @param value 1 is perfect, 0 what chance gives; less is worse than chance
  /// @param observed the observed agreement; of Cohen's κ, α and α_U, which weigh, the disagreement
  /// @param expected by chance, in the same terms; 0 where the coefficient knows no chance
  record Value(double value, double observed, double expected) implements Agreement {}

  /// @param why in plain words
  record Undefined(String why) implements Agreement {}

  /// The value, or NaN.
  default double orNaN() {
    return switch (this) {
      case Value v -> v.value();
      case Undefined _ -> Double.NaN;
    };
  }

  /// (observed − expected) / (1 − expected).
  static Agreement ofAgreement(double observed, double expected) {
    return expected >= 1 - 1e-12
        ? new Undefined("all labels are one label, so chance alone agrees always")
        : new Value((observed - expected) / (1 - expected), observed, expected);
  }

  /// 1 − observed / expected, of disagreements.
  static Agreement ofDisagreement(double observed, double expected) {
    return expected <= 0
        ? new Undefined("all labels are one label, so chance never disagrees")
        : new Value(1 - observed / expected, observed, expected);
  }
}
