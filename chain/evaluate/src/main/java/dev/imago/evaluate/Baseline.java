package dev.imago.evaluate;

/// A language model that sees one token back.
@FunctionalInterface
interface Baseline {
  /// p(token | context), above 0 and summing to 1 over the vocabulary.
  double probability(int context, int token);
}
