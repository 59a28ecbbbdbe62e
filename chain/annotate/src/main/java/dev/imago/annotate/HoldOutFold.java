package dev.imago.annotate;

import dev.imago.core.Bounds;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Task;
import dev.imago.tasks.Tasks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/// One fold of a cross-validation: of all rows of some labels, both sides together, every k-th is
/// held out and the rest trains. Texts that belong together stay together, and each class is in
/// each fold as often as in all, as far as that can be. A hash of the texts decides, not their
/// order.
public final class HoldOutFold
    extends Stage<HoldOutFold.Inputs, HoldOutFold.Config, HoldOutFold.Outputs> {
  /// @param labels of any task
  public record Inputs(Labels labels) {}

  /// @param folds how many there are
  /// @param fold which of them is held out, from 1
  public record Config(int folds, int fold) {
    public Config {
      Bounds.whole("folds", folds, 2, 100, "5 or 10 are usual");
      Bounds.whole("fold", fold, 1, folds);
    }

    public static Config defaults() {
      return new Config(5, 1);
    }
  }

  /// @param labels the same rows, `train.jsonl` and `heldout.jsonl`
  public record Outputs(Labels labels) {}

  public HoldOutFold() {
    super("fold", 1, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) {
    Task task = Tasks.read(inputs.labels().folder());
    return task instanceof LabelTask<?> labelled
        ? run(labelled, inputs.labels(), config, run)
        : run(
            task,
            inputs.labels(),
            new Rows<>(Examples::read, Example::prompt, _ -> "", Examples::write),
            config,
            run);
  }

  private static <E extends Record> Outputs run(
      LabelTask<E> task, Labels labels, Config config, Run run) {
    boolean whole = task.output().ofSequences();
    var rows =
        new Rows<E>(
            task::examples,
            task::group,
            e -> whole && task.gold(e).size() == 1 ? task.gold(e).getFirst() : "",
            LabelLines::write);
    return run(task, labels, rows, config, run);
  }

  /// How the rows of a task are read, dealt out and written.
  ///
  /// @param group what rows of one side have in common
  /// @param stratum what is to be in each fold alike; empty for all rows
  private record Rows<E>(
      BiFunction<Path, Split, List<E>> read,
      Function<E, String> group,
      Function<E, String> stratum,
      Writing<E> write) {}

  private interface Writing<E> {
    void write(Path folder, Split split, List<E> rows);
  }

  private static <E> Outputs run(Task task, Labels labels, Rows<E> rows, Config config, Run run) {
    var all = new ArrayList<E>();
    for (Split split : Split.values()) {
      all.addAll(rows.read.apply(labels.folder(), split));
    }
    Map<String, List<E>> groups = new LinkedHashMap<>();
    all.forEach(e -> groups.computeIfAbsent(rows.group.apply(e), _ -> new ArrayList<>()).add(e));
    if (groups.size() < config.folds()) {
      throw new InputException(
          "folds = %d of %d %s that differ leaves one of them empty; give more rows or fewer folds"
              .formatted(config.folds(), groups.size(), task.words().examples()));
    }
    Map<String, Integer> places = places(rows, groups, config.folds());
    Draft draft = run.draft(Labels.class, "labels");
    var counts = new ArrayList<String>();
    for (Split split : Split.values()) {
      boolean held = split == Split.HELDOUT;
      List<E> side =
          all.stream()
              .filter(
                  e -> (places.getOrDefault(rows.group.apply(e), 0) == config.fold() - 1) == held)
              .toList();
      rows.write.write(draft.folder(), split, side);
      counts.add("%,d".formatted(side.size()));
    }
    Tasks.write(draft.folder(), task);
    run.table(
        "Fold %d of %d".formatted(config.fold(), config.folds()),
        List.of("to train on", "held out"),
        List.of(counts));
    return new Outputs(draft.commit(Labels.class));
  }

  /// The fold of each group: those of one class are dealt out in turn, and the next class goes on
  /// where the one before ended.
  private static <E> Map<String, Integer> places(
      Rows<E> rows, Map<String, List<E>> groups, int folds) {
    Map<String, List<String>> classes = new TreeMap<>();
    groups.forEach(
        (group, of) -> {
          String stratum = rows.stratum.apply(of.getFirst());
          classes.computeIfAbsent(stratum, _ -> new ArrayList<>()).add(group);
        });
    var places = new HashMap<String, Integer>();
    int next = 0;
    for (List<String> own : classes.values()) {
      for (String group : Choice.inOrder(own, g -> g)) {
        places.put(group, next++ % folds);
      }
    }
    return places;
  }
}
