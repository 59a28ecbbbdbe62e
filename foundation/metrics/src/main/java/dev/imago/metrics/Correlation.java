package dev.imago.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/// How two measures of the same items go together, −1 … 1; NaN where one of them is constant.
public final class Correlation {
  private Correlation() {}

  /// Pearson's: of the values.
  public static double pearson(double[] a, double[] b) {
    if (a.length < 2 || a.length != b.length) {
      throw new IllegalArgumentException(
          "%,d and %,d values are not as many, or fewer than 2; give two of each item"
              .formatted(a.length, b.length));
    }
    double meanA = Arrays.stream(a).average().orElse(0);
    double meanB = Arrays.stream(b).average().orElse(0);
    double both = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = 0; i < a.length; i++) {
      both += (a[i] - meanA) * (b[i] - meanB);
      ofA += (a[i] - meanA) * (a[i] - meanA);
      ofB += (b[i] - meanB) * (b[i] - meanB);
    }
    return ofA == 0 || ofB == 0
        ? Double.NaN
        : Math.clamp(both / (Math.sqrt(ofA) * Math.sqrt(ofB)), -1, 1);
  }

  /// Spearman's: of the ranks, where equal values share the mean of theirs.
  public static double spearman(double[] a, double[] b) {
    return pearson(ranks(a), ranks(b));
  }

  static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted((x, y) -> Double.compare(values[x], values[y]))
            .mapToInt(i -> i)
            .toArray();
    double[] ranks = new double[values.length];
    for (int from = 0; from < order.length; ) {
      int to = from + 1;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + to + 1) / 2.0;
      }
      from = to;
    }
    return ranks;
  }
}
