package dev.imago.evaluate;

import java.util.Set;
import java.util.stream.IntStream;

/// Where the texts that are wanted stand among all, the nearest first; of equal ones the earlier.
///
/// @param scores [N]
/// @param wanted places of those that are relevant, each as much
record RankedTexts(double[] scores, Set<Integer> wanted) {
  /// The rank of each that is wanted, from 1, in order.
  private int[] ranks() {
    return wanted.stream()
        .mapToInt(
            w ->
                1
                    + (int)
                        IntStream.range(0, scores.length)
                            .filter(i -> scores[i] > scores[w] || scores[i] == scores[w] && i < w)
                            .count())
        .sorted()
        .toArray();
  }

  /// Normalised discounted cumulative gain of the first k: 0 … 1. Järvelin & Kekäläinen 2002.
  double ndcg(int k) {
    double gain = 0;
    double best = 0;
    int[] ranks = ranks();
    for (int i = 0; i < ranks.length; i++) {
      gain += ranks[i] <= k ? discount(ranks[i]) : 0;
      best += i < k ? discount(i + 1) : 0;
    }
    return gain / best;
  }

  private static double discount(int rank) {
    return Math.log(2) / Math.log(rank + 1.0);
  }

  /// 1 / the first rank of one that is wanted; 0 where it is beyond k.
  double reciprocalRank(int k) {
    int first = ranks()[0];
    return first <= k ? 1.0 / first : 0;
  }

  /// The share of those wanted that are among the first k.
  double recall(int k) {
    return (double) IntStream.of(ranks()).filter(r -> r <= k).count() / wanted.size();
  }
}
