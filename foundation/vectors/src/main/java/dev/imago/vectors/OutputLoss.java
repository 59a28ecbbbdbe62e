package dev.imago.vectors;

/// What is minimised above the hidden vector; in the order of fastText's files, from 1 on.
public enum OutputLoss {
  /// A binary tree over the targets. Morin & Bengio 2005, by Huffman as Mikolov et al. 2013.
  HIERARCHICAL,
  /// The target against a few others. Mikolov et al. 2013.
  NEGATIVE_SAMPLING,
  /// All targets at once: for few of them.
  SOFTMAX,
  /// Each label by itself, for texts with several.
  ONE_AGAINST_ALL
}
