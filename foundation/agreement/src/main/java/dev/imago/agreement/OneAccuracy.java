package dev.imago.agreement;

/// One probability of being right for each rater; errors are even over the other labels.
final class OneAccuracy implements RaterModel {
  /// A prior of so many judgements at [#EXPECTED]: functions that always fire alone stay there, and
  /// the two mirror solutions of few functions are told apart.
  private static final double PRIOR = 2;

  private static final double EXPECTED = 0.7;

  @Override
  public void update(double[] counts, double[] given, int labels) {
    int table = labels * labels;
    for (int at = 0; at < counts.length; at += table) {
      double right = PRIOR * EXPECTED;
      double all = PRIOR;
      for (int i = 0; i < table; i++) {
        all += counts[at + i];
        right += i / labels == i % labels ? counts[at + i] : 0;
      }
      double accuracy = labels == 1 ? 1 : right / all;
      for (int i = 0; i < table; i++) {
        given[at + i] = i / labels == i % labels ? accuracy : (1 - accuracy) / (labels - 1);
      }
    }
  }

  @Override
  public double competence(int rater, double[] given, double[] priors) {
    return given[rater * priors.length * priors.length];
  }
}
