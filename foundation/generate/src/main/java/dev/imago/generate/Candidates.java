package dev.imago.generate;

import java.util.Arrays;
import java.util.Comparator;

/// The tokens that a [SamplingTruncation] leaves to be drawn from.
record Candidates(SamplingTruncation truncation) {
  /// @param weights of all tokens, the likeliest's 1
  /// @param sum of them
  /// @return ids, likeliest first; all in their order where nothing is cut off
  int[] of(double[] weights, double sum) {
    if (truncation.isNone()) {
      int[] all = new int[weights.length];
      Arrays.setAll(all, i -> i);
      return all;
    }
    boolean allOfThem = truncation.topK() == 0 || truncation.topK() >= weights.length;
    boolean byMassAlone = allOfThem && truncation.typicalP() == 1 && truncation.minP() == 0;
    int[] ids = sorted(weights, byMassAlone ? (1 - truncation.topP()) * sum : 0);
    if (!allOfThem) {
      ids = Arrays.copyOf(ids, truncation.topK());
    }
    ids = top(ids, weights, allOfThem ? sum : mass(ids, weights), truncation.topP());
    ids = atLeast(ids, weights, truncation.minP());
    return typical(ids, weights);
  }

  private static double mass(int[] ids, double[] weights) {
    double mass = 0;
    for (int id : ids) {
      mass += weights[id];
    }
    return mass;
  }

  /// The first ones, until they hold this share of all.
  private static int[] top(int[] ids, double[] weights, double all, double share) {
    if (share == 1) {
      return ids;
    }
    double mass = 0;
    int keep = 0;
    while (keep < ids.length && (keep == 0 || mass < share * all)) {
      mass += weights[ids[keep++]];
    }
    return Arrays.copyOf(ids, keep);
  }

  private static int[] atLeast(int[] ids, double[] weights, double minP) {
    int keep = ids.length;
    while (keep > 1 && weights[ids[keep - 1]] < minP * weights[ids[0]]) {
      keep--;
    }
    return keep == ids.length ? ids : Arrays.copyOf(ids, keep);
  }

  private int[] typical(int[] ids, double[] weights) {
    if (truncation.typicalP() == 1) {
      return ids;
    }
    double all = mass(ids, weights);
    double entropy = 0;
    for (int id : ids) {
      double p = weights[id] / all;
      entropy -= p > 0 ? p * Math.log(p) : 0;
    }
    double expected = entropy;
    int[] near =
        Arrays.stream(ids)
            .boxed()
            .sorted(
                Comparator.comparingDouble(id -> Math.abs(-Math.log(weights[id] / all) - expected)))
            .mapToInt(id -> id)
            .toArray();
    return top(near, weights, all, truncation.typicalP());
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
