package dev.imago.suites;

import dev.imago.metrics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/// Tasks that are told together, with means over them where the group's file asks for some.
///
/// @param tasks the names of all, of groups within too
public record TaskGroup(String name, List<String> tasks, List<Mean> means) {
  private static final double TWO_SIDED = 1.959963984540054;

  public TaskGroup {
    tasks = List.copyOf(tasks);
    means = List.copyOf(means);
  }

  /// A metric's mean over the tasks.
  ///
  /// @param filters whose; empty for those that the tasks have
  /// @param bySize whether a task counts as much as it has items
  public record Mean(String metric, Set<String> filters, boolean bySize) {
    public Mean {
      filters = Set.copyOf(filters);
    }
  }

  /// The means, as far as the tasks have their metrics.
  ///
  /// @param byTask the scores of all tasks
  public List<MetricScore> scores(Map<String, List<MetricScore>> byTask) {
    var scores = new ArrayList<MetricScore>();
    for (Mean mean : means) {
      var byFilter = new LinkedHashMap<String, List<MetricScore>>();
      for (String task : new LinkedHashSet<>(tasks)) {
        for (MetricScore score : byTask.getOrDefault(task, List.of())) {
          if (score.metric().equals(mean.metric())
              && (mean.filters().isEmpty() || mean.filters().contains(score.filter()))) {
            byFilter.computeIfAbsent(score.filter(), _ -> new ArrayList<>()).add(score);
          }
        }
      }
      byFilter.forEach((filter, some) -> scores.add(mean(mean, filter, some)));
    }
    return scores;
  }

  private static MetricScore mean(Mean mean, String filter, List<MetricScore> scores) {
    double sum = 0;
    double weights = 0;
    int items = 0;
    for (MetricScore score : scores) {
      double weight = mean.bySize() ? score.items() : 1;
      sum += weight * score.value();
      weights += weight;
      items += score.items();
    }
    double value = sum / weights;
    OptionalDouble error = error(mean, scores, items);
    double away = TWO_SIDED * error.orElse(Double.NaN);
    return new MetricScore(
        mean.metric(),
        filter,
        value,
        error,
        new Interval(value, value - away, value + away),
        items,
        scores.getFirst().higherIsBetter());
  }

  /// By size the pooled one, else that of a plain mean, as lm-evaluation-harness has them.
  private static OptionalDouble error(Mean mean, List<MetricScore> scores, int items) {
    if (scores.stream().anyMatch(s -> s.standardError().isEmpty())) {
      return OptionalDouble.empty();
    }
    double sum = 0;
    for (MetricScore score : scores) {
      double square = Math.pow(score.standardError().orElseThrow(), 2);
      sum += mean.bySize() ? (score.items() - 1) * square * score.items() : square;
    }
    return OptionalDouble.of(
        mean.bySize()
            ? Math.sqrt(sum / (items - scores.size()) / items)
            : Math.sqrt(sum) / scores.size());
  }
}
