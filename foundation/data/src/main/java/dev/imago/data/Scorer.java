package dev.imago.data;

/// What tells how likely a sequence is: a language model, or a baseline.
@FunctionalInterface
public interface Scorer {
  /// ln p(ids[i + 1] | ids[0 … i]), one for each id but the first.
  float[] logProbabilities(int[] ids);
}
