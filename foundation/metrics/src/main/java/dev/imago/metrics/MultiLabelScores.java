package dev.imago.metrics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// How well sets of labels were told, any number of each item, by scikit-learn's rules.
public final class MultiLabelScores {
  private final List<Set<String>> gold;
  private final List<Set<String>> predicted;
  private final Set<String> labels;

  private MultiLabelScores(
      List<Set<String>> gold, List<Set<String>> predicted, Set<String> labels) {
    this.gold = gold;
    this.predicted = predicted;
    this.labels = labels;
  }

  /// @param gold the labels of each item
  /// @param predicted as many
  /// @param known labels that count in averages though they may be nowhere
  /// @throws IllegalArgumentException where there are not as many of both, or none
  public static MultiLabelScores of(
      List<Set<String>> gold, List<Set<String>> predicted, Set<String> known) {
    if (gold.isEmpty() || gold.size() != predicted.size()) {
      throw new IllegalArgumentException(
          "%,d sets of labels and %,d predictions are not as many, or none; give one for each"
              .formatted(gold.size(), predicted.size()));
    }
    var labels = new TreeSet<>(known);
    gold.forEach(labels::addAll);
    predicted.forEach(labels::addAll);
    return new MultiLabelScores(List.copyOf(gold), List.copyOf(predicted), labels);
  }

  /// The scores of some items, by their places, repeats counted; the labels stay the same.
  public MultiLabelScores drawn(int[] places) {
    return new MultiLabelScores(
        Arrays.stream(places).mapToObj(gold::get).toList(),
        Arrays.stream(places).mapToObj(predicted::get).toList(),
        labels);
  }

  /// Of each label, in the order of their names.
  public Map<String, Counts> byLabel() {
    Map<String, Counts> counts = new LinkedHashMap<>();
    labels.forEach(label -> counts.put(label, new Counts()));
    for (int i = 0; i < gold.size(); i++) {
      for (String label : gold.get(i)) {
        counts.computeIfAbsent(label, _ -> new Counts()).gold(predicted.get(i).contains(label));
      }
      predicted.get(i).forEach(l -> counts.computeIfAbsent(l, _ -> new Counts()).told());
    }
    return counts;
  }

  public double f1(Average average) {
    return average.of(byLabel().values(), Counts::f1);
  }

  /// The mean F1 of the items: scikit-learn's `samples`. An item without labels on either side
  /// scores 0, as there.
  public double f1OfSamples() {
    double sum = 0;
    for (int i = 0; i < gold.size(); i++) {
      var item = new Counts();
      for (String label : gold.get(i)) {
        item.gold(predicted.get(i).contains(label));
      }
      predicted.get(i).forEach(_ -> item.told());
      sum += item.f1();
    }
    return sum / gold.size();
  }

  /// The share of the items whose set was told exactly.
  public double subsetAccuracy() {
    int same = 0;
    for (int i = 0; i < gold.size(); i++) {
      same += gold.get(i).equals(predicted.get(i)) ? 1 : 0;
    }
    return (double) same / gold.size();
  }
}
