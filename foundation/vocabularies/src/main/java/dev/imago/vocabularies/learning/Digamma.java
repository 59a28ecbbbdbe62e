package dev.imago.vocabularies.learning;

/// The logarithmic derivative of the gamma function.
final class Digamma {
  private Digamma() {}

  /// For x > 0: stepped up to 7, then the asymptotic series around x − ½.
  static double of(double x) {
    double result = 0;
    for (; x < 7; x++) {
      result -= 1 / x;
    }
    x -= 0.5;
    double x2 = 1 / (x * x);
    double x4 = x2 * x2;
    return result
        + Math.log(x)
        + x2 / 24
        - 7.0 / 960 * x4
        + 31.0 / 8064 * x4 * x2
        - 127.0 / 30720 * x4 * x4;
  }
}
