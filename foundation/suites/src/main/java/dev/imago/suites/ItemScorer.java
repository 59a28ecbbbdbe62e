package dev.imago.suites;

import dev.imago.core.InputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/// What an item's replies are worth, metric by metric.
final class ItemScorer {
  /// Stands for a right answer that is none of the choices.
  private static final int NO_CHOICE = -100;

  private final SuiteTask task;
  private final boolean manyTargets;

  ItemScorer(SuiteTask task, boolean manyTargets) {
    this.task = task;
    this.manyTargets = manyTargets;
  }

  /// @param filter by which generated answers are read
  Map<String, ItemValue> score(TaskItem item, List<ModelReply> replies, AnswerFilter filter) {
    Map<String, ItemValue> values =
        switch (task.output()) {
          case LOGLIKELIHOOD -> likelihood((ModelReply.Likelihood) replies.getFirst());
          case LOGLIKELIHOOD_ROLLING -> rolling(item, (ModelReply.Total) replies.getFirst());
          case MULTIPLE_CHOICE ->
              choices(item, replies.stream().map(ModelReply.Likelihood.class::cast).toList());
          case GENERATE_UNTIL -> generated(item, answer(item, replies, filter));
        };
    var wanted = new LinkedHashMap<String, ItemValue>();
    for (MetricSetting metric : task.metrics()) {
      ItemValue value = values.get(metric.name());
      if (value != null) {
        wanted.put(metric.name(), value);
      }
    }
    return wanted;
  }

  /// A generated answer as a filter leaves it.
  String answer(TaskItem item, List<ModelReply> replies, AnswerFilter filter) {
    return filter.answer(replies.stream().map(r -> ((ModelReply.Text) r).text()).toList(), item);
  }

  private static Map<String, ItemValue> likelihood(ModelReply.Likelihood reply) {
    return Map.of(
        "perplexity",
        new ItemValue.Score(reply.logProbability()),
        "acc",
        new ItemValue.Score(reply.greedy() ? 1 : 0));
  }

  private static Map<String, ItemValue> rolling(TaskItem item, ModelReply.Total reply) {
    String text = PythonText.of(item.target());
    double p = reply.logProbability();
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    return Map.of(
        "word_perplexity",
        new ItemValue.Weighted(p, words(text)),
        "byte_perplexity",
        new ItemValue.Weighted(p, bytes),
        "bits_per_byte",
        new ItemValue.Weighted(p, bytes));
  }

  /// As many as `re.split(r"\s+", text)` gives.
  private static int words(String text) {
    int parts = 1;
    boolean blank = false;
    for (int c : text.codePoints().toArray()) {
      parts += PythonText.isBlank(c) && !blank ? 1 : 0;
      blank = PythonText.isBlank(c);
    }
    return parts;
  }

  private Map<String, ItemValue> choices(TaskItem item, List<ModelReply.Likelihood> replies) {
    List<String> choices = item.choices();
    int n = choices.size();
    List<Integer> gold = gold(item);
    int told = best(n, i -> replies.get(i).logProbability());
    int byLength =
        best(n, i -> replies.get(i).logProbability() / PythonText.length(choices.get(i)));
    int byBytes =
        best(
            n,
            i ->
                replies.get(i).logProbability()
                    / choices.get(i).getBytes(StandardCharsets.UTF_8).length);
    boolean greedy = gold.stream().anyMatch(i -> i != NO_CHOICE && replies.get(i).greedy());
    var values = new LinkedHashMap<String, ItemValue>();
    values.put("acc", right(gold.contains(told)));
    values.put("acc_norm", right(gold.contains(byLength)));
    values.put("acc_bytes", right(gold.contains(byBytes)));
    values.put("exact_match", right(greedy));
    if (gold.size() == 1) {
      values.put("f1", new ItemValue.Labels(gold.getFirst(), told));
      values.put("mcc", new ItemValue.Labels(gold.getFirst(), told));
      values.put(
          "brier_score",
          new ItemValue.Probabilities(gold.getFirst(), probabilities(replies.subList(0, n))));
    }
    if (replies.size() == 2 * n) {
      int informed =
          best(n, i -> replies.get(i).logProbability() - replies.get(n + i).logProbability());
      values.put("acc_mutual_info", right(gold.contains(informed)));
    }
    return values;
  }

  private static ItemValue right(boolean right) {
    return new ItemValue.Score(right ? 1 : 0);
  }

  /// The first of the largest.
  private static int best(int n, IntToDoubleFunction score) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      if (score.applyAsDouble(i) > score.applyAsDouble(best)) {
        best = i;
      }
    }
    return best;
  }

  static List<Double> probabilities(List<ModelReply.Likelihood> replies) {
    double most = Double.NEGATIVE_INFINITY;
    for (ModelReply.Likelihood reply : replies) {
      most = Math.max(most, reply.logProbability());
    }
    double sum = 0;
    for (ModelReply.Likelihood reply : replies) {
      sum += Math.exp(reply.logProbability() - most);
    }
    var to = new ArrayList<Double>();
    for (ModelReply.Likelihood reply : replies) {
      to.add(Math.exp(reply.logProbability() - most) / sum);
    }
    return to;
  }

  /// The right choices' numbers.
  List<Integer> gold(TaskItem item) {
    var to = new ArrayList<Integer>();
    List<?> targets = item.target() instanceof List<?> list ? list : List.of(item.target());
    for (Object target : targets) {
      int at =
          switch (target) {
            case Long n -> (int) Math.clamp(n, -1, item.choices().size());
            case String s -> item.choices().indexOf(s);
            case null, default -> -1;
          };
      if (at < 0 && target instanceof Long n && n >= -item.choices().size()) {
        at = item.choices().size() + Math.toIntExact(n); // Python counts from the end
      }
      to.add(at < 0 || at >= item.choices().size() ? NO_CHOICE : at);
    }
    return to;
  }

  private Map<String, ItemValue> generated(TaskItem item, String answer) {
    List<String> wanted = wanted(item);
    var values = new LinkedHashMap<String, ItemValue>();
    for (MetricSetting metric : task.metrics()) {
      if (metric.name().equals("exact_match")) {
        values.put(
            metric.name(), right(wanted.stream().anyMatch(w -> metric.match().same(answer, w))));
      } else if (wanted.size() == 1) {
        values.put(metric.name(), new ItemValue.Texts(answer, wanted.getFirst()));
      } else {
        throw new InputException(
            "%s: %s of %d right answers has no value in lm-evaluation-harness; give one, or use exact_match"
                .formatted(task.file(), metric.name(), wanted.size()));
      }
    }
    return values;
  }

  /// The texts of which an answer is to be one.
  List<String> wanted(TaskItem item) {
    if (!item.choices().isEmpty()) {
      return List.of(item.gold());
    }
    return manyTargets && item.target() instanceof List<?> several
        ? several.stream().map(PythonText::of).toList()
        : List.of(PythonText.of(item.target()));
  }
}
