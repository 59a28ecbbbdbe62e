package dev.imago.linear;

import java.util.Arrays;
import java.util.List;

/// Tells the class of a text by a weighted sum of what is in it. Immutable, and thread-safe.
public final class LinearModel {
  private final List<String> labels;
  private final FeatureSpace space;
  private final float[][] weights;

  /// @param labels in their order
  /// @param weights of each class against the others; of two classes, of the second alone
  LinearModel(List<String> labels, FeatureSpace space, float[][] weights) {
    this.labels = List.copyOf(labels);
    this.space = space;
    this.weights = weights;
  }

  /// The classes, in alphabetical order.
  public List<String> labels() {
    return labels;
  }

  public LinearSettings settings() {
    return space.settings();
  }

  /// Features, without the bias.
  public int features() {
    return space.size() - 1;
  }

  /// The sums of a text, by class: above 0 where it is told of the class by itself.
  public double[] scores(String text) {
    SparseRow row = space.row(text);
    if (labels.size() == 2) {
      double score = row.dot(weights[0]);
      return new double[] {-score, score};
    }
    return Arrays.stream(weights).mapToDouble(row::dot).toArray();
  }

  /// The class of the greatest sum.
  public String label(String text) {
    double[] scores = scores(text);
    int best = 0;
    for (int c = 1; c < scores.length; c++) {
      best = scores[c] > scores[best] ? c : best;
    }
    return labels.get(best);
  }

  /// How sure each class is, by class, summing to 1: the logistic function of each sum, scaled. Of
  /// logistic regression that is what it learned; of an SVM it orders the texts and is not
  /// calibrated.
  public double[] probabilities(String text) {
    double[] p = Arrays.stream(scores(text)).map(s -> 1 / (1 + Math.exp(-s))).toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(v -> sum > 0 ? v / sum : 1.0 / p.length).toArray();
  }

  FeatureSpace space() {
    return space;
  }

  float[][] weights() {
    return weights;
  }
}
