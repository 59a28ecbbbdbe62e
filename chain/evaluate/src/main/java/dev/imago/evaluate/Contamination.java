package dev.imago.evaluate;

import dev.imago.suites.Leak;
import dev.imago.suites.LeakSearch;
import dev.imago.suites.MetricScore;
import dev.imago.suites.SimplifiedScript;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Which items of tests stand in texts that a model has read, and what scores are without them.
public final class Contamination {
  private Contamination() {}

  /// Texts, each with its name.
  @FunctionalInterface
  public interface Texts {
    void forEach(BiConsumer<String, String> text);
  }

  /// @param items how many were looked for
  /// @param tooShort of these, how many are too short to be
  /// @param texts how many were looked at
  public record Found(int items, int tooShort, long texts, List<Leak> leaks) {
    public Found {
      leaks = List.copyOf(leaks);
    }

    /// The share of the items that could be looked for.
    public double share() {
      return items == tooShort ? 0 : (double) leaks.size() / (items - tooShort);
    }
  }

  /// Looks for items.
  ///
  /// @param read told after each text
  public static Found look(List<String> items, Texts texts, Consumer<String> read) {
    var search = new LeakSearch(items, new SimplifiedScript());
    long[] count = {0};
    texts.forEach(
        (name, text) -> {
          search.look(name, text);
          count[0]++;
          read.accept(name);
        });
    return new Found(items.size(), search.tooShort(), count[0], search.found());
  }

  /// A task's scores with and without what was read.
  ///
  /// @param without none where all was read
  public record Split(
      String task, List<MetricScore> with, List<MetricScore> without, List<Leak> leaks) {
    public Split {
      with = List.copyOf(with);
      without = List.copyOf(without);
      leaks = List.copyOf(leaks);
    }
  }

  /// Of each task its scores with and without the items that stand in the texts.
  public static Map<String, Split> split(
      List<SuiteEvaluation.TaskResult> tasks, Texts texts, Consumer<String> read) {
    var queries = new ArrayList<String>();
    for (SuiteEvaluation.TaskResult task : tasks) {
      task.items().forEach(i -> queries.add(task.task().contaminationQuery(i.item())));
    }
    Found found = look(queries, texts, read);
    var splits = new LinkedHashMap<String, Split>();
    int at = 0;
    for (SuiteEvaluation.TaskResult task : tasks) {
      int from = at;
      at += task.items().size();
      var leaks = new ArrayList<Leak>();
      Set<Integer> leaked = new HashSet<>();
      for (Leak leak : found.leaks()) {
        if (leak.item() >= from && leak.item() < at) {
          int item = leak.item() - from;
          leaked.add(item);
          leaks.add(new Leak(item, leak.kind(), leak.document(), leak.share(), leak.there()));
        }
      }
      var clean = new ArrayList<dev.imago.suites.ScoredItem>();
      for (int i = 0; i < task.items().size(); i++) {
        if (!leaked.contains(i)) {
          clean.add(task.items().get(i));
        }
      }
      splits.put(
          task.task().name(),
          new Split(
              task.task().name(),
              task.scores(),
              clean.isEmpty() ? List.of() : task.task().scores(clean),
              leaks));
    }
    return splits;
  }
}
