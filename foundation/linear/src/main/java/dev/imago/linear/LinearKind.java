package dev.imago.linear;

/// Which problem is solved for each class against the others.
public enum LinearKind {
  /// Which n-grams are there, each weighed by the logarithm of how much more often it stands in the
  /// class than elsewhere; an SVM with squared hinge loss; a quarter of its weights and three of
  /// their mean. Wang & Manning 2012, P12-2018.
  NB_SVM,

  /// Tf-idf, logarithmic in the count and of length 1; logistic regression with an L2 penalty.
  LOGISTIC
}
