package dev.imago.suites;

import java.util.List;

/// What an item adds to a metric.
public sealed interface ItemValue {
  /// A score of its own.
  record Score(double value) implements ItemValue {}

  /// A sum, and how much it is the sum of.
  record Weighted(double sum, double weight) implements ItemValue {}

  /// The right choice's number and the chosen one's; −100 for a right one that is no choice.
  record Labels(int gold, int told) implements ItemValue {}

  /// The right choice's number and each one's probability.
  record Probabilities(int gold, List<Double> each) implements ItemValue {}

  /// A text beside what it should be.
  record Texts(String told, String wanted) implements ItemValue {}

  /// The item's own number, where it has one; NaN else.
  default double own() {
    return switch (this) {
      case Score(double value) -> value;
      case Weighted(double sum, double weight) -> sum / weight;
      case Labels(int gold, int told) -> gold == told ? 1 : 0;
      case Probabilities(int gold, List<Double> each) -> {
        double sum = 0;
        for (int i = 0; i < each.size(); i++) {
          double away = each.get(i) - (i == gold ? 1 : 0);
          sum += away * away;
        }
        yield sum;
      }
      case Texts _ -> Double.NaN;
    };
  }
}
