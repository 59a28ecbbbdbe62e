package dev.imago.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/// How well scores tell the positive from the negative, at every threshold at once, by
/// scikit-learn's rules. Items of equal scores change sides together.
public final class BinaryScores {
  /// Of each distinct score from the highest down, how many positive and negative items have it or
  /// a higher one, [T + 1], from 0.
  private final double[] positives;

  private final double[] negatives;

  private BinaryScores(double[] positives, double[] negatives) {
    this.positives = positives;
    this.negatives = negatives;
  }

  /// @param gold whether each item is positive
  /// @param scores as many: the higher, the likelier positive
  /// @throws IllegalArgumentException where there are not as many of both, or none, or a score is
  ///   not finite
  public static BinaryScores of(boolean[] gold, double[] scores) {
    if (gold.length == 0 || gold.length != scores.length) {
      throw new IllegalArgumentException(
          "%,d items and %,d scores are not as many, or none; give one for each"
              .formatted(gold.length, scores.length));
    }
    for (int i = 0; i < scores.length; i++) {
      if (!Double.isFinite(scores[i])) {
        throw new IllegalArgumentException(
            "score %,d is %s; scores are finite numbers".formatted(i + 1, scores[i]));
      }
    }
    int[] order =
        IntStream.range(0, gold.length)
            .boxed()
            .sorted((a, b) -> Double.compare(scores[b], scores[a]))
            .mapToInt(i -> i)
            .toArray();
    double[] positives = new double[gold.length + 1];
    double[] negatives = new double[gold.length + 1];
    int points = 0;
    for (int i = 0; i < order.length; i++) {
      if (i == 0 || scores[order[i]] != scores[order[i - 1]]) {
        points++;
        positives[points] = positives[points - 1];
        negatives[points] = negatives[points - 1];
      }
      positives[points] += gold[order[i]] ? 1 : 0;
      negatives[points] += gold[order[i]] ? 0 : 1;
    }
    return new BinaryScores(
        Arrays.copyOf(positives, points + 1), Arrays.copyOf(negatives, points + 1));
  }

  private int last() {
    return positives.length - 1;
  }

  /// The area under the receiver operating characteristic: the share of pairs of a positive and a
  /// negative item that are in order, those of equal scores by half. NaN where one side is empty.
  public double rocArea() {
    double area = 0;
    for (int i = 1; i <= last(); i++) {
      area += (negatives[i] - negatives[i - 1]) * (positives[i] + positives[i - 1]) / 2;
    }
    return area / (positives[last()] * negatives[last()]);
  }

  /// The mean precision over the positive items: the area under the steps of precision over recall.
  /// 0 where no item is positive.
  public double averagePrecision() {
    double sum = 0;
    for (int i = 1; i <= last(); i++) {
      sum += (positives[i] - positives[i - 1]) * precision(i);
    }
    return positives[last()] == 0 ? 0 : sum / positives[last()];
  }

  /// The area under precision over recall with straight lines between its points, which is too
  /// friendly (Davis & Goadrich 2006): [#averagePrecision] is the one to report.
  public double precisionRecallArea() {
    double all = positives[last()];
    double area = 0;
    for (int i = 1; i <= last(); i++) {
      double wider = all == 0 ? (i == 1 ? 1 : 0) : (positives[i] - positives[i - 1]) / all;
      area += wider * (precision(i) + (i == 1 ? 1 : precision(i - 1))) / 2;
    }
    return area;
  }

  private double precision(int point) {
    return positives[point] / (positives[point] + negatives[point]);
  }
}
