package dev.imago.suites;

import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Interval;
import dev.imago.metrics.Proportion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A task ready to be asked: its items, and how replies to them are scored. Immutable.
public final class TaskRun {
  private static final double CONFIDENCE = 0.95;
  private static final Bootstrap BOOTSTRAP = new Bootstrap(1_000, CONFIDENCE, 1);

  private final SuiteTask task;
  private final Prompting prompting;
  private final List<TaskItem> items;
  private final ItemScorer scorer;

  TaskRun(SuiteTask task, PromptOptions options) {
    this.task = options.maxTokens().map(task::withMaxTokens).orElse(task);
    this.prompting = new Prompting(this.task, options);
    this.items = prompting.items();
    this.scorer = new ItemScorer(this.task, prompting.manyTargets());
  }

  public String name() {
    return task.name();
  }

  /// As its metadata tell it; empty where they do not.
  public String version() {
    return task.version();
  }

  public int shots() {
    return task.shots();
  }

  /// The file that it was read from.
  public java.nio.file.Path file() {
    return task.file();
  }

  public List<TaskItem> items() {
    return items;
  }

  /// All items of the data, whatever the limit.
  public int available() {
    return prompting.size();
  }

  /// The text by which an item is looked for in what a model has read: its own query where the task
  /// has one, else all texts of its row.
  public String contaminationQuery(TaskItem item) {
    Optional<String> own =
        task.contaminationQuery()
            .flatMap(
                q ->
                    new FieldReader(task.file(), item.row().keySet(), false)
                        .text(item.row(), Optional.of(q)));
    return own.orElseGet(
        () -> {
          var texts = new ArrayList<String>();
          item.row().values().forEach(v -> collect(v, texts));
          return String.join("\n", texts);
        });
  }

  private static void collect(@org.jspecify.annotations.Nullable Object value, List<String> to) {
    switch (value) {
      case String s -> to.add(s);
      case List<?> list -> list.forEach(v -> collect(v, to));
      case Map<?, ?> map -> map.values().forEach(v -> collect(v, to));
      case null, default -> {}
    }
  }

  /// Scores an item.
  ///
  /// @param replies to its requests, in their order
  public ScoredItem scored(TaskItem item, List<ModelReply> replies) {
    var values = new LinkedHashMap<String, Map<String, ItemValue>>();
    var answers = new LinkedHashMap<String, String>();
    for (AnswerFilter filter : filters()) {
      values.put(filter.name(), scorer.score(item, replies, filter));
      if (task.output() == SuiteTask.Output.GENERATE_UNTIL) {
        answers.put(filter.name(), scorer.answer(item, replies, filter));
      }
    }
    boolean chosen = task.output() == SuiteTask.Output.MULTIPLE_CHOICE;
    int told = chosen ? likeliest(replies.subList(0, item.choices().size())) : -1;
    return new ScoredItem(
        item,
        replies,
        answers,
        values,
        told,
        chosen ? Math.max(-1, scorer.gold(item).getFirst()) : -1);
  }

  private static int likeliest(List<ModelReply> replies) {
    int best = 0;
    for (int i = 1; i < replies.size(); i++) {
      if (logProbability(replies.get(i)) > logProbability(replies.get(best))) {
        best = i;
      }
    }
    return best;
  }

  private static double logProbability(ModelReply reply) {
    return ((ModelReply.Likelihood) reply).logProbability();
  }

  private List<AnswerFilter> filters() {
    return task.filters();
  }

  /// The metrics of some items, at least one.
  public List<MetricScore> scores(List<ScoredItem> scored) {
    var scores = new ArrayList<MetricScore>();
    for (AnswerFilter filter : filters()) {
      for (MetricSetting metric : task.metrics()) {
        List<ItemValue> values =
            scored.stream()
                .flatMap(
                    s ->
                        Optional.ofNullable(
                            java.util.Objects.requireNonNull(s.values().get(filter.name()))
                                .get(metric.name()))
                            .stream())
                .toList();
        if (!values.isEmpty()) {
          scores.add(
              new MetricScore(
                  metric.name(),
                  filter.name(),
                  metric.aggregation().of(values),
                  metric.aggregation().standardError(values),
                  interval(metric.aggregation(), values),
                  values.size(),
                  metric.higherIsBetter()));
        }
      }
    }
    return scores;
  }

  private static Interval interval(Aggregation aggregation, List<ItemValue> values) {
    boolean shares =
        aggregation == Aggregation.MEAN
            && values.stream().allMatch(v -> v.own() == 0 || v.own() == 1);
    if (shares) {
      long hits = values.stream().filter(v -> v.own() == 1).count();
      return Proportion.interval(hits, values.size(), CONFIDENCE);
    }
    var measure = aggregation.measure(values);
    return BOOTSTRAP.interval(values.size(), measure::applyAsDouble);
  }
}
