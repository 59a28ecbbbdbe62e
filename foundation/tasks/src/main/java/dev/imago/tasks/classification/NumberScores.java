package dev.imago.tasks.classification;

import dev.imago.metrics.Correlation;
import dev.imago.tasks.Measure;
import java.util.Arrays;
import java.util.List;

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
    return units.length < 2
        ? 0
        : defined(Correlation.pearson(of(gold, units), of(predicted, units)));
  }

  /// Pearson's of the ranks, equal numbers sharing theirs.
  double spearman(int[] units) {
    return units.length < 2
        ? 0
        : defined(Correlation.spearman(of(gold, units), of(predicted, units)));
  }

  private static double defined(double correlation) {
    return Double.isNaN(correlation) ? 0 : correlation;
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
}
