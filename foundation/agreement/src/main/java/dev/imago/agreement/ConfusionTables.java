package dev.imago.agreement;

/// A table for each rater of which label is called which, by relative frequency.
final class ConfusionTables implements RaterModel {
  @Override
  public void update(double[] counts, double[] given, int labels) {
    int table = labels * labels;
    for (int at = 0; at < counts.length; at += table) {
      for (int truth = 0; truth < labels; truth++) {
        double sum = 0;
        for (int l = 0; l < labels; l++) {
          sum += counts[at + l * labels + truth];
        }
        for (int l = 0; l < labels; l++) {
          int i = at + l * labels + truth;
          given[i] = sum > 0 ? counts[i] / sum : 1.0 / labels;
        }
      }
    }
  }

  @Override
  public double competence(int rater, double[] given, double[] priors) {
    int labels = priors.length;
    double right = 0;
    for (int l = 0; l < labels; l++) {
      right += priors[l] * given[rater * labels * labels + l * labels + l];
    }
    return right;
  }
}
