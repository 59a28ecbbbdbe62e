package dev.imago.generate;

import java.util.Arrays;
import java.util.Comparator;

/// The tokens that a [SamplingTruncation] leaves to be drawn from, in memory that is used again:
/// for one thread, and for any number of requests in turn.
final class Candidates {
  private double[] weights = {};
  private long[] keys = {};
  private int[] ids = {};

  /// Room for weights of so many tokens; content undefined.
  double[] weights(int tokens) {
    if (weights.length < tokens) {
      weights = new double[tokens];
    }
    return weights;
  }

  /// The ids that the last [#of] left, likeliest first; in the order of ids where nothing is cut
  /// off.
  int id(int i) {
    return ids[i];
  }

  /// Chooses among the first `tokens` of [#weights], of which the likeliest's is 1.
  ///
  /// @param sum of them
  /// @return how many are left, at least 1
  int of(SamplingTruncation truncation, int tokens, double sum) {
    if (ids.length < tokens) {
      ids = new int[tokens];
    }
    if (truncation.isNone()) {
      Arrays.setAll(ids, i -> i);
      return tokens;
    }
    boolean allOfThem = truncation.topK() == 0 || truncation.topK() >= tokens;
    boolean byMassAlone = allOfThem && truncation.typicalP() == 1 && truncation.minP() == 0;
    int count = sort(tokens, byMassAlone ? (1 - truncation.topP()) * sum : 0);
    count = allOfThem ? count : truncation.topK();
    count = top(count, allOfThem ? sum : mass(count), truncation.topP());
    count = atLeast(count, truncation.minP());
    return typical(count, truncation.typicalP());
  }

  private double mass(int count) {
    double mass = 0;
    for (int i = 0; i < count; i++) {
      mass += weights[ids[i]];
    }
    return mass;
  }

  /// The first ones, until they hold this share of all.
  private int top(int count, double all, double share) {
    if (share == 1) {
      return count;
    }
    double mass = 0;
    int keep = 0;
    while (keep < count && (keep == 0 || mass < share * all)) {
      mass += weights[ids[keep++]];
    }
    return keep;
  }

  private int atLeast(int count, double minP) {
    int keep = count;
    while (keep > 1 && weights[ids[keep - 1]] < minP * weights[ids[0]]) {
      keep--;
    }
    return keep;
  }

  private int typical(int count, double share) {
    if (share == 1) {
      return count;
    }
    double all = mass(count);
    double entropy = 0;
    for (int i = 0; i < count; i++) {
      double p = weights[ids[i]] / all;
      entropy -= p > 0 ? p * Math.log(p) : 0;
    }
    double expected = entropy;
    int[] near =
        Arrays.stream(ids, 0, count)
            .boxed()
            .sorted(
                Comparator.comparingDouble(id -> Math.abs(-Math.log(weights[id] / all) - expected)))
            .mapToInt(id -> id)
            .toArray();
    System.arraycopy(near, 0, ids, 0, count);
    return top(count, all, share);
  }

  /// Ids by falling weight, then by rising id, without those so small that all of them together
  /// weigh less than `spare`: most of a large vocabulary, which then need not be sorted.
  private int sort(int tokens, double spare) {
    double least = spare / tokens;
    if (keys.length < tokens) {
      keys = new long[tokens];
    }
    int n = 0;
    for (int i = 0; i < tokens; i++) {
      if (weights[i] >= least) {
        // Weights are in 0 … 1, where the bits of a float sort as the float does.
        keys[n++] = (long) ~Float.floatToRawIntBits((float) weights[i]) << 32 | i;
      }
    }
    Arrays.sort(keys, 0, n);
    for (int i = 0; i < n; i++) {
      ids[i] = (int) keys[i];
    }
    return n;
  }
}
