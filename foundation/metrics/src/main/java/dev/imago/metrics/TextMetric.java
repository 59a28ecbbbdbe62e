package dev.imago.metrics;

import java.util.List;

/// A measure of texts against references, made of counts that add up: of one text, of all, or of
/// any that a resampling draws.
public sealed interface TextMetric permits Bleu, Chrf, Ter, Rouge, AnswerMatch, ErrorRate {
  /// As the reference writes it, such as `BLEU`, `chrF2++`, `rougeLsum`.
  String name();

  /// Every choice that changes the number, in the reference's spelling.
  ///
  /// @param references how many each text has; 0 where texts differ in it (`var`)
  String signature(int references);

  /// Whether less is better, as of error rates.
  default boolean lowerIsBetter() {
    return false;
  }

  /// What a text adds to a corpus: as many numbers for every text.
  ///
  /// @param references at least one
  double[] counts(String hypothesis, List<String> references);

  /// The score of one text's counts or of the sum of several texts'.
  double score(double[] counts);

  /// The score of one text.
  default double sentence(String hypothesis, List<String> references) {
    return score(counts(hypothesis, references));
  }

  /// The counts of each text.
  ///
  /// @param references of each hypothesis
  /// @throws IllegalArgumentException where there are not as many of both, or none
  default double[][] counts(List<String> hypotheses, List<List<String>> references) {
    if (hypotheses.isEmpty()) {
      throw new IllegalArgumentException("there is no text to score; give at least one");
    }
    if (hypotheses.size() != references.size()) {
      throw new IllegalArgumentException(
          "%,d hypotheses and %,d references are not as many; give a reference for each"
              .formatted(hypotheses.size(), references.size()));
    }
    double[][] counts = new double[hypotheses.size()][];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = counts(hypotheses.get(i), references.get(i));
    }
    return counts;
  }

  /// The score of a corpus.
  ///
  /// @param references of each hypothesis
  /// @throws IllegalArgumentException where there are not as many of both, or none
  default double corpus(List<String> hypotheses, List<List<String>> references) {
    return score(sum(counts(hypotheses, references)));
  }

  /// Counts added up.
  static double[] sum(double[][] counts) {
    double[] sum = new double[counts[0].length];
    for (double[] some : counts) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += some[i];
      }
    }
    return sum;
  }
}
