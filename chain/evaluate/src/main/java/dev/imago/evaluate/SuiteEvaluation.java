package dev.imago.evaluate;

import dev.imago.core.Energy;
import dev.imago.core.Progress;
import dev.imago.core.ResidentMemory;
import dev.imago.suites.MetricScore;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import dev.imago.suites.ScoredItem;
import dev.imago.suites.Suite;
import dev.imago.suites.TaskGroup;
import dev.imago.suites.TaskItem;
import dev.imago.suites.TaskRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A suite of tasks asked of a model, item by item; what it has answered before is kept and not
/// asked again.
public final class SuiteEvaluation {
  private final Path answers;
  private final boolean fresh;

  /// @param answers a folder where answers are kept between evaluations
  /// @param fresh whether kept answers of the model are forgotten first
  public SuiteEvaluation(Path answers, boolean fresh) {
    this.answers = answers;
    this.fresh = fresh;
  }

  /// A task's outcome.
  public record TaskResult(TaskRun task, List<ScoredItem> items, List<MetricScore> scores) {
    public TaskResult {
      items = List.copyOf(items);
      scores = List.copyOf(scores);
    }
  }

  /// A group's means.
  public record GroupResult(TaskGroup group, List<MetricScore> scores) {
    public GroupResult {
      scores = List.copyOf(scores);
    }
  }

  /// What an evaluation found.
  public record Outcome(
      String model,
      String identity,
      List<TaskResult> tasks,
      List<GroupResult> groups,
      List<String> notes,
      EvaluationCost cost) {
    public Outcome {
      tasks = List.copyOf(tasks);
      groups = List.copyOf(groups);
      notes = List.copyOf(notes);
    }

    /// A metric of a task or group; empty where it has none of that name.
    public Optional<MetricScore> score(String task, String metric) {
      return tasks.stream()
          .filter(t -> t.task().name().equals(task))
          .flatMap(t -> t.scores().stream())
          .filter(s -> s.metric().equals(metric))
          .findFirst();
    }
  }

  /// Asks.
  ///
  /// @param progress told each item
  public Outcome run(Suite suite, SuiteModel model, Progress progress) throws InterruptedException {
    long start = System.nanoTime();
    var counts = new Counts();
    Energy energy = Energy.ofMachine(model.atWork());
    boolean here = model.atWork() > 0;
    var tasks = new ArrayList<TaskResult>();
    try (AnswerStore store = AnswerStore.open(answers, model.identity(), fresh)) {
      for (TaskRun task : suite.tasks()) {
        var scored = new ArrayList<ScoredItem>();
        // Generations share steps: many items at a time, so that few run alone at the end.
        List<TaskItem> items = task.items();
        for (int from = 0; from < items.size(); from += TOGETHER) {
          List<TaskItem> some = items.subList(from, Math.min(items.size(), from + TOGETHER));
          ask(
              some,
              model,
              store,
              counts,
              progress,
              () -> energy.joules((System.nanoTime() - start) / 1e9)); // counters turn
          for (TaskItem item : some) {
            scored.add(
                task.scored(
                    item,
                    item.requests().stream().map(ask -> store.of(ask).orElseThrow()).toList()));
          }
        }
        tasks.add(new TaskResult(task, scored, task.scores(scored)));
      }
    }
    Map<String, List<MetricScore>> byTask = new LinkedHashMap<>();
    tasks.forEach(t -> byTask.put(t.task().name(), t.scores()));
    double seconds = (System.nanoTime() - start) / 1e9;
    Optional<String> figure = energy.figure();
    return new Outcome(
        model.name(),
        model.identity(),
        tasks,
        suite.groups().stream().map(g -> new GroupResult(g, g.scores(byTask))).toList(),
        List.copyOf(model.notes()),
        new EvaluationCost(
            seconds,
            counts.asked,
            counts.kept,
            counts.tokens,
            here && figure.isPresent() ? energy.joules(seconds) : Double.NaN,
            figure.orElse("").endsWith("Estimated"),
            here ? ResidentMemory.peakBytes() : 0));
  }

  private static final int TOGETHER = 256;

  private static final class Counts {
    private long asked;
    private long kept;
    private long tokens;
  }

  /// Asks what is not known yet. Each answer is kept as soon as the model tells it: a kill loses
  /// what is on its way alone.
  private static void ask(
      List<TaskItem> items,
      SuiteModel model,
      AnswerStore store,
      Counts counts,
      Progress progress,
      Runnable meanwhile)
      throws InterruptedException {
    // Which items wait for an answer, and for how many each.
    var open = new LinkedHashMap<ModelRequest, Set<Integer>>();
    var left = new int[items.size()];
    for (int i = 0; i < left.length; i++) {
      for (ModelRequest ask : items.get(i).requests()) {
        if (store.of(ask).isPresent()) {
          counts.kept++;
        } else {
          Set<Integer> waiting = open.computeIfAbsent(ask, _ -> new LinkedHashSet<>());
          counts.kept += waiting.isEmpty() ? 0 : 1;
          left[i] += waiting.add(i) ? 1 : 0;
        }
      }
      progress.resume(left[i] == 0 ? 1 : 0);
    }
    if (open.isEmpty()) {
      return;
    }
    List<ModelRequest> requests = List.copyOf(open.keySet());
    model.replies(
        requests,
        (place, reply) -> {
          store.keep(requests.get(place), reply);
          counts.asked++;
          counts.tokens +=
              switch (reply) {
                case ModelReply.Text(String _, int tokens) -> tokens;
                case ModelReply.Total(double _, int tokens) -> tokens;
                case ModelReply.Likelihood(double _, boolean _, int tokens) -> tokens;
              };
          for (int item : open.getOrDefault(requests.get(place), Set.of())) {
            progress.add(--left[item] == 0 ? 1 : 0);
          }
          meanwhile.run();
        });
  }
}
