package dev.imago.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/// How good told probabilities are: of items with C classes, or of the positive one of two.
public final class ProbabilityScores {
  private static final double LEAST = Math.ulp(1.0);

  private ProbabilityScores() {}

  /// How gaps of [#calibrationError] become one.
  public enum Norm {
    /// Their mean, weighted by the items of each bin: the expected calibration error.
    MEAN,
    /// The root of their mean square.
    ROOT_MEAN_SQUARE,
    /// The largest.
    MAX
  }

  /// The mean of −ln p of the right class, p kept from 0 by 2⁻⁵², as scikit-learn's `log_loss`.
  ///
  /// @param gold the right class of each item
  /// @param probabilities [N, C]
  public static double logLoss(int[] gold, double[][] probabilities) {
    check(gold, probabilities);
    double sum = 0;
    for (int i = 0; i < gold.length; i++) {
      sum -= Math.log(Math.clamp(probabilities[i][gold[i]], LEAST, 1 - LEAST));
    }
    return sum / gold.length;
  }

  /// The mean square of what the probabilities lack: of two classes (C = 2) of the positive one's
  /// alone, 0 … 1; of more the sum over all, 0 … 2; as scikit-learn's `brier_score_loss`.
  ///
  /// @param gold the right class of each item
  /// @param probabilities [N, C]
  public static double brier(int[] gold, double[][] probabilities) {
    check(gold, probabilities);
    double sum = 0;
    for (int i = 0; i < gold.length; i++) {
      for (int c = 0; c < probabilities[i].length; c++) {
        double lacks = probabilities[i][c] - (c == gold[i] ? 1 : 0);
        sum += lacks * lacks;
      }
    }
    return sum / gold.length / (probabilities[0].length == 2 ? 2 : 1);
  }

  /// How far confidences are from how often they are right, over bins of equal width (Guo et al.
  /// 2017, arXiv:1706.04599), as torchmetrics: its multi-class error is of the likeliest class's
  /// probability, its binary one of the positive class's.
  ///
  /// @param confidences 0 … 1
  /// @param right whether each was, as many
  /// @param bins 15 as a rule
  public static double calibrationError(
      double[] confidences, boolean[] right, int bins, Norm norm) {
    if (confidences.length == 0 || confidences.length != right.length) {
      throw new IllegalArgumentException(
          "%,d confidences and %,d answers are not as many, or none; give one for each"
              .formatted(confidences.length, right.length));
    }
    if (bins < 1) {
      throw new IllegalArgumentException("bins = %d is below 1; 15 is usual".formatted(bins));
    }
    double[] count = new double[bins + 1]; // the last of 1 alone, as there
    double[] sure = new double[bins + 1];
    double[] hits = new double[bins + 1];
    for (int i = 0; i < confidences.length; i++) {
      double p = confidences[i];
      if (!(p >= 0 && p <= 1)) {
        throw new IllegalArgumentException(
            "confidence %,d is %s, outside 0 … 1".formatted(i + 1, p));
      }
      int bin = (int) (p * bins);
      count[bin]++;
      sure[bin] += p;
      hits[bin] += right[i] ? 1 : 0;
    }
    double[] gaps = new double[bins + 1];
    double sum = 0;
    for (int b = 0; b <= bins; b++) {
      gaps[b] = count[b] == 0 ? 0 : Math.abs(hits[b] - sure[b]) / count[b];
      double share = count[b] / confidences.length;
      sum += share * (norm == Norm.ROOT_MEAN_SQUARE ? gaps[b] * gaps[b] : gaps[b]);
    }
    return switch (norm) {
      case MEAN -> sum;
      case ROOT_MEAN_SQUARE -> Math.sqrt(sum);
      case MAX -> Arrays.stream(gaps).max().orElse(0);
    };
  }

  /// The area under the ROC of each class against the others, their mean: scikit-learn's
  /// `multi_class="ovr"`. NaN where a class has no item, or all.
  ///
  /// @param gold the right class of each item
  /// @param probabilities [N, C]
  /// @param weighted whether classes weigh by their items
  public static double rocAreaOneVersusRest(
      int[] gold, double[][] probabilities, boolean weighted) {
    check(gold, probabilities);
    int classes = probabilities[0].length;
    double sum = 0;
    double weights = 0;
    for (int c = 0; c < classes; c++) {
      boolean[] is = new boolean[gold.length];
      double[] scores = new double[gold.length];
      double items = 0;
      for (int i = 0; i < gold.length; i++) {
        is[i] = gold[i] == c;
        scores[i] = probabilities[i][c];
        items += is[i] ? 1 : 0;
      }
      double weight = weighted ? items : 1;
      sum += weight * BinaryScores.of(is, scores).rocArea();
      weights += weight;
    }
    return sum / weights;
  }

  private static void check(int[] gold, double[][] probabilities) {
    if (gold.length == 0 || gold.length != probabilities.length) {
      throw new IllegalArgumentException(
          "%,d items and %,d rows of probabilities are not as many, or none; give one for each"
              .formatted(gold.length, probabilities.length));
    }
    IntStream.range(0, gold.length)
        .filter(i -> gold[i] < 0 || gold[i] >= probabilities[i].length)
        .findFirst()
        .ifPresent(
            i -> {
              throw new IllegalArgumentException(
                  "item %,d is of class %d, and its row has %d probabilities"
                      .formatted(i + 1, gold[i], probabilities[i].length));
            });
  }
}
