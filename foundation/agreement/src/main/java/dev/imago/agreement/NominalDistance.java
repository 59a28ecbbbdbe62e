package dev.imago.agreement;

/// 1 between any two labels.
record NominalDistance() implements Distance {
  @Override
  public Between where(double[] given) {
    return (a, b) -> a == b ? 0 : 1;
  }

  /// Σ over pairs of different labels, in time of the labels: there may be as many as answers.
  static double pairs(double[] given, double n) {
    double same = 0;
    for (double each : given) {
      same += each * each;
    }
    return n * n - same;
  }
}
