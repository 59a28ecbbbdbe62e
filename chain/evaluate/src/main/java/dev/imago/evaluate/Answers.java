package dev.imago.evaluate;

import dev.imago.data.Example;
import java.util.List;

/// The scores of one system's answers to P pairs.
///
/// @param rougeL F1 of each, 0 … 1, [P]
/// @param chrf n-gram counts of each, [P, 18]
record Answers(double[] rougeL, long[][] chrf) {
  static Answers of(List<Example> pairs, List<String> texts) {
    double[] rougeL = new double[pairs.size()];
    long[][] chrf = new long[pairs.size()][];
    for (int i = 0; i < rougeL.length; i++) {
      rougeL[i] = RougeL.f1(texts.get(i), pairs.get(i).completion());
      chrf[i] = Chrf.counts(texts.get(i), pairs.get(i).completion());
    }
    return new Answers(rougeL, chrf);
  }

  /// The mean F1 of the pairs, 0 … 100.
  Bootstrap.Measure rougeLMeasure() {
    Bootstrap.Measure mean = Bootstrap.mean(rougeL);
    return units -> 100 * mean.of(units);
  }

  /// The corpus score of the pairs, 0 … 100.
  Bootstrap.Measure chrfMeasure() {
    return units -> {
      long[] sum = new long[3 * Chrf.ORDER];
      for (int unit : units) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += chrf[unit][i];
        }
      }
      return Chrf.score(sum);
    };
  }
}
