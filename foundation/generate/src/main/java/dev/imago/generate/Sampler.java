package dev.imago.generate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// Chooses one request's next tokens.
final class Sampler {
  private final Sampling sampling;
  private final SplittableRandom random;

  /// How often each token was generated; 0 for those of the prompt alone.
  private final Map<Integer, Integer> seen = new HashMap<>();

  Sampler(Sampling sampling, int[] prompt) {
    this.sampling = sampling;
    this.random = new SplittableRandom(sampling.seed());
    for (int id : prompt) {
      seen.put(id, 0);
    }
  }

  /// @param scores of every token; changed
  int next(float[] scores) {
    penalize(scores);
    int id = sampling.temperature() == 0 ? likeliest(scores) : draw(scores);
    seen.merge(id, 1, Integer::sum);
    return id;
  }

  private void penalize(float[] scores) {
    float repetition = sampling.repetitionPenalty();
    float presence = sampling.presencePenalty();
    float frequency = sampling.frequencyPenalty();
    if (repetition == 1 && presence == 0 && frequency == 0) {
      return;
    }
    seen.forEach(
        (id, count) -> {
          float s = scores[id];
          s = s > 0 ? s / repetition : s * repetition;
          scores[id] = s - count * frequency - (count > 0 ? presence : 0);
        });
  }

  /// The lowest id among equals.
  static int likeliest(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    return best;
  }

  private int draw(float[] scores) {
    int n = scores.length;
    double most = scores[likeliest(scores)] / (double) sampling.temperature();
    double[] weights = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      weights[i] = Math.exp(scores[i] / (double) sampling.temperature() - most);
      sum += weights[i];
    }
    int[] ids = candidates(weights, sum);
    double kept = 0;
    for (int id : ids) {
      kept += weights[id];
    }
    double at = random.nextDouble() * kept;
    for (int id : ids) {
      at -= weights[id];
      if (at < 0) {
        return id;
      }
    }
    return ids[ids.length - 1]; // rounding may leave a last sliver
  }

  /// What top-k and then top-p leave, likeliest first; all in their order where neither is asked.
  private int[] candidates(double[] weights, double sum) {
    int k = sampling.topK() == 0 ? weights.length : Math.min(sampling.topK(), weights.length);
    if (k == weights.length && sampling.topP() == 1) {
      return indexes(weights.length);
    }
    int[] ids = sorted(weights, k == weights.length ? (1 - sampling.topP()) * sum : 0);
    ids = Arrays.copyOf(ids, Math.min(k, ids.length));
    double all = k == weights.length ? sum : 0;
    if (all == 0) {
      for (int id : ids) {
        all += weights[id];
      }
    }
    double mass = 0;
    int keep = 0;
    while (keep < ids.length && (keep == 0 || mass < sampling.topP() * all)) {
      mass += weights[ids[keep++]];
    }
    return Arrays.copyOf(ids, keep);
  }

  private static int[] indexes(int n) {
    int[] ids = new int[n];
    Arrays.setAll(ids, i -> i);
    return ids;
  }

  /// Ids by falling weight, then by rising id, without those so small that all of them together
  /// weigh less than `spare`: most of a large vocabulary, which then need not be sorted.
  private static int[] sorted(double[] weights, double spare) {
    double least = spare / weights.length;
    long[] keys = new long[weights.length];
    int n = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] >= least) {
        // Weights are in 0 … 1, where the bits of a float sort as the float does.
        keys[n++] = (long) ~Float.floatToRawIntBits((float) weights[i]) << 32 | i;
      }
    }
    Arrays.sort(keys, 0, n);
    int[] ids = new int[n];
    for (int i = 0; i < n; i++) {
      ids[i] = (int) keys[i];
    }
    return ids;
  }
}
