package dev.imago.tasks.tagging;

import dev.imago.metrics.Counts;
import dev.imago.tasks.Measure;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How well the tags of words were told, each by itself.
///
/// @param gold of each sentence
/// @param predicted as many
record WordScores(List<List<String>> gold, List<List<String>> predicted) {
  List<Measure> measures() {
    return List.of(
        new Measure("tag-accuracy", false, this::accuracy),
        new Measure("macro-f1", false, this::macroF1));
  }

  /// Over all words.
  double accuracy(int[] units) {
    double right = 0;
    double all = 0;
    for (int unit : units) {
      for (int w = 0; w < gold.get(unit).size(); w++) {
        right += gold.get(unit).get(w).equals(predicted.get(unit).get(w)) ? 1 : 0;
        all++;
      }
    }
    return all == 0 ? 0 : right / all;
  }

  private double macroF1(int[] units) {
    return counts(units).values().stream().mapToDouble(Counts::f1).average().orElse(0);
  }

  Map<String, Counts> byTag() {
    return counts(java.util.stream.IntStream.range(0, gold.size()).toArray());
  }

  private Map<String, Counts> counts(int[] units) {
    Map<String, Counts> counts = new TreeMap<>();
    for (int unit : units) {
      for (int w = 0; w < gold.get(unit).size(); w++) {
        String is = gold.get(unit).get(w);
        String told = predicted.get(unit).get(w);
        counts.computeIfAbsent(is, _ -> new Counts()).gold(is.equals(told));
        counts.computeIfAbsent(told, _ -> new Counts()).told();
      }
    }
    return counts;
  }
}
