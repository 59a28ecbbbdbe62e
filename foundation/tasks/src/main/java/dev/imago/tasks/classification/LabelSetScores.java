package dev.imago.tasks.classification;

import dev.imago.tasks.Counts;
import dev.imago.tasks.Measure;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// How well sets of labels were told, as scikit-learn counts them from indicator matrices.
///
/// @param labels all that there are
/// @param gold the labels of each text
/// @param predicted as many sets
record LabelSetScores(List<String> labels, List<List<String>> gold, List<List<String>> predicted) {
  List<Measure> measures() {
    return List.of(
        new Measure("micro-f1", false, this::microF1),
        new Measure("macro-f1", false, this::macroF1),
        new Measure("exact-match", true, this::exact));
  }

  /// 2·TP / (2·TP + FP + FN) over all labels of all texts.
  double microF1(int[] units) {
    var all = new Counts();
    counts(units).values().forEach(all::add);
    return all.f1();
  }

  /// The mean over all labels; 0 for one that is neither there nor told.
  double macroF1(int[] units) {
    Map<String, Counts> counts = counts(units);
    return labels.stream()
        .mapToDouble(label -> counts.getOrDefault(label, new Counts()).f1())
        .average()
        .orElse(0);
  }

  /// The share of the texts all of whose labels were told, and no other.
  double exact(int[] units) {
    int right = 0;
    for (int unit : units) {
      right += new HashSet<>(gold.get(unit)).equals(new HashSet<>(predicted.get(unit))) ? 1 : 0;
    }
    return (double) right / units.length;
  }

  private Map<String, Counts> counts(int[] units) {
    Map<String, Counts> counts = new HashMap<>();
    for (int unit : units) {
      List<String> told = predicted.get(unit);
      for (String label : gold.get(unit)) {
        counts.computeIfAbsent(label, _ -> new Counts()).gold(told.contains(label));
      }
      told.forEach(label -> counts.computeIfAbsent(label, _ -> new Counts()).told());
    }
    return counts;
  }
}
