package dev.imago.evaluate;

import dev.imago.data.Example;
import dev.imago.metrics.Chrf;
import dev.imago.metrics.Rouge;
import dev.imago.metrics.RougeWords;
import dev.imago.metrics.TextMetric;
import java.util.List;

/// The scores of one system's answers to P pairs.
///
/// @param rougeL counts of each, [P, 2]
/// @param chrf counts of each, [P, 18]
record Answers(double[][] rougeL, double[][] chrf) {
  static final TextMetric ROUGE_L = new Rouge(Rouge.Variant.ROUGE_L, false, RougeWords.CHARACTERS);
  static final TextMetric CHRF = Chrf.standard();

  static Answers of(List<Example> pairs, List<String> texts) {
    List<List<String>> references = pairs.stream().map(p -> List.of(p.completion())).toList();
    return new Answers(ROUGE_L.counts(texts, references), CHRF.counts(texts, references));
  }

  /// The mean F1 of the pairs, 0 … 100.
  Bootstrap.Measure rougeLMeasure() {
    return units -> 100 * of(ROUGE_L, rougeL, units);
  }

  /// The corpus score of the pairs, 0 … 100.
  Bootstrap.Measure chrfMeasure() {
    return units -> of(CHRF, chrf, units);
  }

  private static double of(TextMetric metric, double[][] counts, int[] units) {
    double[] sum = new double[counts[0].length];
    for (int unit : units) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += counts[unit][i];
      }
    }
    return metric.score(sum);
  }
}
