package dev.imago.alerts;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// How far the traffic of now lies from that of a reference, by one feature of its requests or
/// answers: the population stability index, Σ (q − p) ln (q / p) over bins, each bin half an item
/// more than it has, so that an empty one has a logarithm.
///
/// Whether it lies farther than chance takes it is asked of shuffles of both samples together: of
/// traffic that is the reference's, at most the share `level` is called drifted, at any sample
/// size.
///
/// @param index the population stability index; above 0.2 is usually called a shift
/// @param p the share of shuffles that lie at least as far apart
/// @param reference items
/// @param current items
public record Drift(double index, double p, int reference, int current) {
  private static final int BINS = 10;
  private static final int SHUFFLES = 400;

  /// Whether it is no chance, and large enough to mean something.
  ///
  /// @param level such as 0.05; divide it by the number of features that are looked at
  /// @param least the least index that is told, such as 0.1
  public boolean found(double level, double least) {
    return p <= level && index >= least;
  }

  /// Of names, such as languages or classes.
  public static Drift ofNames(List<String> reference, List<String> current, long seed) {
    Map<String, Integer> bins = new HashMap<>();
    int[] before = bins(reference, bins);
    int[] now = bins(current, bins);
    return of(before, now, bins.size(), seed);
  }

  private static int[] bins(List<String> values, Map<String, Integer> bins) {
    return values.stream()
        .mapToInt(value -> bins.computeIfAbsent(value, _ -> bins.size()))
        .toArray();
  }

  /// Of numbers, such as lengths or confidences, in tenths of the reference.
  public static Drift ofNumbers(double[] reference, double[] current, long seed) {
    double[] sorted = reference.clone();
    Arrays.sort(sorted);
    double[] cuts = new double[BINS - 1];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = sorted.length == 0 ? 0 : sorted[(i + 1) * sorted.length / BINS];
    }
    return of(bins(reference, cuts), bins(current, cuts), BINS, seed);
  }

  private static int[] bins(double[] values, double[] cuts) {
    int[] bins = new int[values.length];
    for (int i = 0; i < bins.length; i++) {
      while (bins[i] < cuts.length && values[i] >= cuts[bins[i]]) {
        bins[i]++;
      }
    }
    return bins;
  }

  private static Drift of(int[] reference, int[] current, int bins, long seed) {
    if (reference.length == 0 || current.length == 0) {
      return new Drift(0, 1, reference.length, current.length);
    }
    int[] all = Arrays.copyOf(reference, reference.length + current.length);
    System.arraycopy(current, 0, all, reference.length, current.length);
    double index = index(all, reference.length, bins);
    var random = new SplittableRandom(seed);
    int farther = 0;
    for (int shuffle = 0; shuffle < SHUFFLES; shuffle++) {
      for (int i = all.length - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        int held = all[i];
        all[i] = all[other];
        all[other] = held;
      }
      if (index(all, reference.length, bins) >= index) {
        farther++;
      }
    }
    return new Drift(index, (farther + 1.0) / (SHUFFLES + 1), reference.length, current.length);
  }

  /// @param first so many of the items are the reference
  private static double index(int[] items, int first, int bins) {
    int[][] counts = new int[2][bins];
    for (int i = 0; i < items.length; i++) {
      counts[i < first ? 0 : 1][items[i]]++;
    }
    double sum = 0;
    for (int bin = 0; bin < bins; bin++) {
      double p = (counts[0][bin] + 0.5) / (first + 0.5 * bins);
      double q = (counts[1][bin] + 0.5) / (items.length - first + 0.5 * bins);
      sum += (q - p) * Math.log(q / p);
    }
    return sum;
  }
}
