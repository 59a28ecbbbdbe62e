package dev.imago.evaluate;

import dev.imago.metrics.PairedScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The ranks of models on a metric: one has another before it only where a test tells the two
/// apart; those that none tells from the best share the first rank.
final class ModelRanks {
  private static final double CONFIDENCE = 0.95;

  private ModelRanks() {}

  /// @param key of the metric
  /// @return of each model its rank, from 1; 0 where it has no such task or metric
  static int[] of(List<StoredEvaluation> models, String task, String key) {
    var there = new ArrayList<Integer>();
    for (int i = 0; i < models.size(); i++) {
      if (score(models.get(i), task, key).isPresent()) {
        there.add(i);
      }
    }
    int[] ranks = new int[models.size()];
    for (int i : there) {
      int better = 0;
      for (int other : there) {
        better += other != i && isBetter(models.get(other), models.get(i), task, key) ? 1 : 0;
      }
      ranks[i] = 1 + better;
    }
    return ranks;
  }

  static Optional<StoredEvaluation.Score> score(StoredEvaluation model, String task, String key) {
    return Optional.ofNullable(model.tasks().get(task)).stream()
        .flatMap(t -> t.scores().stream())
        .filter(s -> s.key().equals(key))
        .findFirst();
  }

  private static boolean isBetter(StoredEvaluation a, StoredEvaluation b, String task, String key) {
    StoredEvaluation.Score first = score(a, task, key).orElseThrow();
    StoredEvaluation.Score second = score(b, task, key).orElseThrow();
    StoredEvaluation.Task ofFirst = java.util.Objects.requireNonNull(a.tasks().get(task));
    StoredEvaluation.Task ofSecond = java.util.Objects.requireNonNull(b.tasks().get(task));
    Optional<PairedTask> pair = PairedTask.of(a, b, ofFirst, ofSecond, first, CONFIDENCE);
    if (pair.isPresent()) {
      return pair.get().scores().verdict(pair.get().p(), CONFIDENCE) == PairedScores.Verdict.BETTER;
    }
    // No item has a number: apart where the intervals are.
    return first.higherIsBetter()
        ? first.low().orElse(first.value()) > second.high().orElse(second.value())
        : first.high().orElse(first.value()) < second.low().orElse(second.value());
  }

  /// Those models that no other beats in both: as good and cheaper, or better and as cheap.
  ///
  /// @param goodness of each, more is better
  /// @param cost of each, less is better
  static boolean[] front(double[] goodness, double[] cost) {
    boolean[] front = new boolean[goodness.length];
    Integer[] order = new Integer[goodness.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        Comparator.comparingDouble((Integer i) -> cost[i]).thenComparingDouble(i -> -goodness[i]));
    double best = Double.NEGATIVE_INFINITY;
    for (int i : order) {
      front[i] = goodness[i] > best;
      best = Math.max(best, goodness[i]);
    }
    return front;
  }
}
