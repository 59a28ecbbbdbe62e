package dev.imago.agreement;

/// How a rater comes from the true label to the label given. K labels.
interface RaterModel {
  /// Estimates every rater anew.
  ///
  /// @param counts expected counts [rater × label given × true label]
  /// @param given probabilities of the label given, of the same shape, to be written
  void update(double[] counts, double[] given, int labels);

  /// Of one rater, after the last update.
  double competence(int rater, double[] given, double[] priors);
}
