package dev.imago.tasks.classification;

import dev.imago.tasks.Measure;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// How well numbers were told, as SciPy and scikit-learn have these measures.
///
/// @param gold the number of each text
/// @param predicted as many
record NumberScores(double[] gold, double[] predicted) {
  List<Measure> measures() {
    return List.of(
        new Measure("pearson", false, this::pearson),
        new Measure("spearman", false, this::spearman),
        new Measure("mean-squared-error", false, "squared", units -> error(units, 2)),
        new Measure("mean-absolute-error", false, "as given", this::meanAbsolute));
  }

  double meanAbsolute(int[] units) {
    return error(units, 1);
  }

  private double error(int[] units, int power) {
    return Arrays.stream(units)
        .mapToDouble(i -> Math.pow(Math.abs(gold[i] - predicted[i]), power))
        .average()
        .orElse(0);
  }

  /// 0 where one side is all the same.
  double pearson(int[] units) {
    return correlation(of(gold, units), of(predicted, units));
  }

  /// Pearson's of the ranks, equal numbers sharing theirs.
  double spearman(int[] units) {
    return correlation(ranks(of(gold, units)), ranks(of(predicted, units)));
  }

  /// 1 − Σ (y − z)² / Σ of what chance would have: Cohen 1968.
  double quadraticKappa(int[] units) {
    double[] y = of(gold, units);
    double[] z = of(predicted, units);
    double apart = 0;
    double byChance = 0;
    for (int i = 0; i < y.length; i++) {
      apart += (y[i] - z[i]) * (y[i] - z[i]);
    }
    double my = Arrays.stream(y).average().orElse(0);
    double mz = Arrays.stream(z).average().orElse(0);
    for (int i = 0; i < y.length; i++) {
      byChance += (y[i] - my) * (y[i] - my) + (z[i] - mz) * (z[i] - mz);
    }
    byChance += y.length * (my - mz) * (my - mz);
    return byChance == 0 ? 0 : 1 - apart / byChance;
  }

  private static double[] of(double[] all, int[] units) {
    return Arrays.stream(units).mapToDouble(i -> all[i]).toArray();
  }

  private static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    int from = 0;
    while (from < order.length) {
      int to = from + 1;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + to - 1) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  private static double correlation(double[] x, double[] y) {
    double mx = Arrays.stream(x).average().orElse(0);
    double my = Arrays.stream(y).average().orElse(0);
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - mx) * (y[i] - my);
      xx += (x[i] - mx) * (x[i] - mx);
      yy += (y[i] - my) * (y[i] - my);
    }
    return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
  }
}
