package dev.imago.evaluate;

import dev.imago.metrics.ProbabilityScores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// What a report works out of evaluations, for its page and its JSON alike.
///
/// @param models at least one
record ReportFigures(List<StoredEvaluation> models) {
  /// Bins of the calibration error.
  static final int BINS = 15;

  private static final int MOST_LABELS = 20;

  /// Of all models, each once.
  Set<String> tasks() {
    var names = new LinkedHashSet<String>();
    models.forEach(m -> names.addAll(m.tasks().keySet()));
    return names;
  }

  /// The keys of a task's metrics.
  Set<String> metrics(String task) {
    var keys = new LinkedHashSet<String>();
    for (StoredEvaluation model : models) {
      Optional.ofNullable(model.tasks().get(task))
          .ifPresent(t -> t.scores().forEach(s -> keys.add(s.key())));
    }
    return keys;
  }

  /// Of each model the mean, over tasks, of what share of the models it is ranked before or beside
  /// on the first metric.
  double[] goodness() {
    double[] sums = new double[models.size()];
    int count = 0;
    for (String task : tasks()) {
      Optional<String> first = metrics(task).stream().findFirst();
      if (first.isPresent()) {
        int[] ranks = ModelRanks.of(models, task, first.get());
        for (int i = 0; i < sums.length; i++) {
          sums[i] += ranks[i] == 0 ? 0 : 1 - (ranks[i] - 1.0) / models.size();
        }
        count++;
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = count == 0 ? 0 : sums[i] / count;
    }
    return sums;
  }

  /// The models that no other beats in both goodness and time; none of those whose answers were
  /// kept from before.
  boolean[] front() {
    double[] seconds = models.stream().mapToDouble(m -> m.cost().secondsAnAnswer()).toArray();
    boolean[] front = ModelRanks.front(goodness(), seconds);
    for (int i = 0; i < front.length; i++) {
      front[i] &= !Double.isNaN(seconds[i]);
    }
    return front;
  }

  /// How sure a model was of what it chose, and whether it was right, of each item with choices.
  record Certainty(double[] sure, boolean[] right) {
    double error() {
      return ProbabilityScores.calibrationError(sure, right, BINS, ProbabilityScores.Norm.MEAN);
    }
  }

  /// Empty where no item has choices with probabilities.
  static Optional<Certainty> certainty(StoredEvaluation.Task task) {
    List<JsonNode> chosen =
        task.items().stream().filter(n -> n.path("probabilities").isArray()).toList();
    if (chosen.isEmpty()) {
      return Optional.empty();
    }
    double[] sure = new double[chosen.size()];
    boolean[] right = new boolean[chosen.size()];
    for (int i = 0; i < sure.length; i++) {
      for (JsonNode p : chosen.get(i).path("probabilities")) {
        sure[i] = Math.max(sure[i], Math.min(1, p.doubleValue()));
      }
      right[i] = chosen.get(i).path("told").equals(chosen.get(i).path("gold"));
    }
    return Optional.of(new Certainty(sure, right));
  }

  /// Which label was told of which.
  ///
  /// @param cells of a right label and a told one, the items
  record Confusion(Set<String> labels, Map<List<String>, List<Integer>> cells) {
    List<Integer> items(String gold, String told) {
      return cells.getOrDefault(List.of(gold, told), List.of());
    }
  }

  /// Empty where choices are each item's own, and so no labels.
  static Optional<Confusion> confusion(StoredEvaluation.Task task) {
    var labels = new TreeSet<String>();
    var cells = new LinkedHashMap<List<String>, List<Integer>>();
    for (JsonNode item : task.items()) {
      if (item.path("told").isString()) {
        String gold = item.path("gold").asString("");
        String told = item.path("told").stringValue();
        labels.add(gold);
        labels.add(told);
        cells
            .computeIfAbsent(List.of(gold, told), _ -> new ArrayList<>())
            .add(item.path("id").asInt(0));
      }
    }
    return labels.isEmpty()
            || labels.size() > MOST_LABELS
            || labels.size() > task.items().size() / 2
        ? Optional.empty()
        : Optional.of(new Confusion(labels, cells));
  }
}
