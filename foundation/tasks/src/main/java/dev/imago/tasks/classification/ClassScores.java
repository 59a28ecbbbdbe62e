package dev.imago.tasks.classification;

import dev.imago.tasks.Measure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How well classes were told, as scikit-learn counts.
///
/// @param gold the class of each text
/// @param predicted as many
record ClassScores(List<String> gold, List<String> predicted) {
  ClassScores {
    gold = List.copyOf(gold);
    predicted = List.copyOf(predicted);
  }

  List<Measure> measures() {
    return List.of(
        new Measure("accuracy", true, this::accuracy),
        new Measure("macro-f1", false, this::macroF1));
  }

  /// The share of the texts whose class was told right.
  double accuracy(int[] units) {
    int right = 0;
    for (int unit : units) {
      right += gold.get(unit).equals(predicted.get(unit)) ? 1 : 0;
    }
    return (double) right / units.length;
  }

  /// The mean over the classes that occur, as gold or prediction, of 2·TP / (2·TP + FP + FN).
  double macroF1(int[] units) {
    Map<String, int[]> counts = new LinkedHashMap<>(); // right, gold, predicted
    for (int unit : units) {
      String is = gold.get(unit);
      String told = predicted.get(unit);
      int[] of = counts.computeIfAbsent(is, _ -> new int[3]);
      of[0] += is.equals(told) ? 1 : 0;
      of[1]++;
      counts.computeIfAbsent(told, _ -> new int[3])[2]++;
    }
    return counts.values().stream()
        .mapToDouble(c -> 2.0 * c[0] / (c[1] + c[2]))
        .average()
        .orElse(0);
  }
}
