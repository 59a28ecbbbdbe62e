package dev.imago.evaluate;

import dev.imago.data.Scorer;

/// A language model that sees one token back.
interface Baseline extends Scorer {
  /// p(token | context), above 0 and summing to 1 over the vocabulary.
  double probability(int context, int token);

  @Override
  default float[] logProbabilities(int[] ids) {
    float[] logs = new float[ids.length - 1];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = (float) Math.log(probability(ids[i], ids[i + 1]));
    }
    return logs;
  }
}
