package dev.imago.metrics;

import java.util.Comparator;
import java.util.stream.IntStream;

/// Many comparisons at once: p-values raised so that the chance of a single false verdict among
/// them all stays below the level. Holm 1979, «A Simple Sequentially Rejective Multiple Test
/// Procedure».
public final class Holm {
  private Holm() {}

  /// @param p of each comparison
  /// @return the raised ones, in the same order
  public static double[] adjusted(double[] p) {
    int[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(i -> i)
            .toArray();
    double[] adjusted = new double[p.length];
    double least = 0;
    for (int i = 0; i < order.length; i++) {
      least = Math.max(least, Math.min(1, p[order[i]] * (p.length - i)));
      adjusted[order[i]] = least;
    }
    return adjusted;
  }
}
