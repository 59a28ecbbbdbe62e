package dev.imago.active;

/// How unsure a model is, or several are.
final class Uncertainty {
  private Uncertainty() {}

  /// Between the two likeliest classes: 0 is the least sure.
  static double margin(double[] probability) {
    double first = 0;
    double second = 0;
    for (double p : probability) {
      if (p > first) {
        second = first;
        first = p;
      } else if (p > second) {
        second = p;
      }
    }
    return first - second;
  }

  /// In nats.
  static double entropy(double[] probability) {
    double sum = 0;
    for (double p : probability) {
      sum -= p > 0 ? p * Math.log(p) : 0;
    }
    return sum;
  }

  /// The entropy of the mean less the mean entropy.
  static double disagreement(Pool pool, int item) {
    int models = pool.committee().size();
    double[] mean = new double[pool.committee().getFirst()[item].length];
    double entropy = 0;
    for (double[][] model : pool.committee()) {
      entropy += entropy(model[item]) / models;
      for (int c = 0; c < mean.length; c++) {
        mean[c] += model[item][c] / models;
      }
    }
    return entropy(mean) - entropy;
  }
}
