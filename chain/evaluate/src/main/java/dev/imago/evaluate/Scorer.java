package dev.imago.evaluate;

/// A model that tells how likely a sequence is.
@FunctionalInterface
interface Scorer {
  /// ln p(ids[i + 1] | ids[0 … i]), one for each id but the first.
  float[] logProbabilities(int[] ids);
}
