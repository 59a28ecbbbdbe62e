package dev.imago.vectors;

/// How word vectors are learned.
public enum VectorKind {
  /// A word tells the words around it. Mikolov et al. 2013, arXiv:1301.3781.
  SKIP_GRAM,
  /// The words around it tell a word.
  CBOW,
  /// Products of vectors tell how often words stand near each other. Pennington et al. 2014.
  GLOVE
}
