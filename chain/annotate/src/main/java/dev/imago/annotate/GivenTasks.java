package dev.imago.annotate;

import dev.imago.annotate.LabelFiles.LabelFile;
import dev.imago.core.Counted;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.data.Corpus;
import dev.imago.data.Labels;
import dev.imago.data.Rows;
import dev.imago.data.Split;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelReader;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.classification.ClassRows;
import dev.imago.tasks.classification.ClassifiedText;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Labels from a user's own rows of texts with labels: each text once, some held out, and the task
/// told beside them.
final class GivenTasks {
  private GivenTasks() {}

  /// @param corpus what pre-training reads: its held-out texts are held out first
  static <E extends Record> Labels label(
      LabelReader<E> reader, Corpus corpus, Annotate.Config config, Run run)
      throws InterruptedException {
    // Those that are held out first, so that a row that repeats one of them is not trained on.
    if (!config.heldoutLabels().isEmpty()) {
      read(reader, Annotate.heldoutFiles(config), config, run);
    }
    int given = reader.given().examples().size();
    if (!config.labels().isEmpty()) {
      read(reader, LabelFiles.of(config.labels(), config.readsPlainText()), config, run);
    }
    Set<E> named = Set.copyOf(reader.given().examples().subList(0, given));
    // Rows first, so that what people said of a text counts.
    Map<Split, Set<String>> classified =
        reader instanceof ClassRows rows && !config.classifier().isEmpty()
            ? classified(rows, corpus, config, run)
            : Map.of();
    reader.given().notes().forEach(run::note);
    LabelTask<E> task;
    try {
      task = reader.task();
    } catch (IllegalArgumentException e) {
      throw new InputException(
          config.labels().isEmpty()
              ? "annotate.classifier = %s: %s; a lower annotate.minConfidence takes more documents"
                  .formatted(config.classifier(), e.getMessage())
              : "annotate.labels = %s: %s".formatted(config.labels(), e.getMessage()),
          e);
    }
    List<E> examples = once(task, reader.given().examples(), named, run);
    Set<String> heldout;
    if (given > 0) {
      heldout = examples.stream().filter(named::contains).map(task::id).collect(Collectors.toSet());
    } else if (config.labels().isEmpty()) {
      heldout = classified.getOrDefault(Split.HELDOUT, Set.of());
      run.note(
          "held-out labels are the classifier's too: what is measured on them is how often a model"
              + " agrees with it; annotate.heldoutLabels names rows that people labelled");
    } else {
      Set<String> told = classified.getOrDefault(Split.TRAIN, Set.of());
      heldout =
          heldout(
              corpus,
              task,
              examples.stream().filter(e -> !told.contains(task.id(e))).toList(),
              config,
              run);
    }
    Draft draft = run.draft(Labels.class, "labels");
    var sides = new LinkedHashMap<Split, List<E>>();
    for (Split split : Split.values()) {
      List<E> side =
          examples.stream()
              .filter(e -> heldout.contains(task.id(e)) == (split == Split.HELDOUT))
              .toList();
      int most = split == Split.TRAIN ? config.maxExamples() : config.maxHeldout();
      if (side.size() > most) {
        run.note(
            "%s: %,d of %,d %s are left out; annotate.%s is %d"
                .formatted(
                    split.fileName(),
                    side.size() - most,
                    side.size(),
                    task.words().examples(),
                    split == Split.TRAIN ? "maxExamples" : "maxHeldout",
                    most));
      }
      sides.put(split, Choice.of(side, task::id, most));
      LabelLines.write(draft.folder(), split, sides.get(split));
    }
    Tasks.write(draft.folder(), task);
    balance(task, sides, run);
    return draft.commit(Labels.class);
  }

  /// Takes the documents that a classifier is sure of: where there are rows, none that pre-training
  /// holds out, since rows of people measure then.
  ///
  /// @return the ids of documents by side
  private static Map<Split, Set<String>> classified(
      ClassRows reader, Corpus corpus, Annotate.Config config, Run run)
      throws InterruptedException {
    boolean alone = config.labels().isEmpty() && config.heldoutLabels().isEmpty();
    var documents = new ClassifiedDocuments(config, LabelFiles.names(config.labelNames()));
    Map<Split, Set<String>> ids = new EnumMap<>(Split.class);
    for (Split split : alone ? List.of(Split.values()) : List.of(Split.TRAIN)) {
      for (ClassifiedText text : documents.of(corpus, split, run)) {
        reader.given().take(text);
        ids.computeIfAbsent(split, _ -> new HashSet<>()).add(text.id());
      }
    }
    documents.tell(run);
    return ids;
  }

  private static <E extends Record> void read(
      LabelReader<E> reader, List<LabelFile> files, Annotate.Config config, Run run) {
    long bytes = files.stream().mapToLong(LabelFile::bytes).sum();
    try (Progress progress = run.progress("read labels", bytes, "bytes")) {
      for (LabelFile file : files) {
        LabelFiles.read(
            file,
            config.encoding(),
            run,
            text -> reader.read(file.name(), text, Rows.Format.of(file.name())));
        progress.add(file.bytes());
      }
    }
    if (reader.given().examples().isEmpty()) {
      throw new InputException(
          "annotate.labels = %s: none of %s is a labelled example (%s)"
              .formatted(
                  config.labels(),
                  Counted.of(reader.given().rows(), "rows"),
                  String.join("; ", reader.given().notes())));
    }
  }

  /// Each text once: the first of those that repeat it.
  ///
  /// @param named those that are held out, which come first
  private static <E extends Record> List<E> once(
      LabelTask<E> task, List<E> all, Set<E> named, Run run) {
    Map<String, E> first = new LinkedHashMap<>();
    long apart = 0;
    String held = "";
    long same = 0;
    long other = 0;
    String example = "";
    for (E one : all) {
      E before = first.putIfAbsent(task.text(one), one);
      if (before != null && named.contains(before) && !named.contains(one)) {
        held = apart++ == 0 ? "%s as %s".formatted(task.id(one), task.id(before)) : held;
      } else if (before != null && task.gold(before).equals(task.gold(one))) {
        same++;
      } else if (before != null) {
        example = other++ == 0 ? "%s and %s".formatted(task.id(before), task.id(one)) : example;
      }
    }
    if (apart > 0) {
      run.note(
          "left out of training, since the held-out part has them: %s, such as %s"
              .formatted(Counted.of(apart, task.words().examples()), held));
    }
    if (same > 0) {
      run.note("left out: %s, repeated".formatted(Counted.of(same, task.words().examples())));
    }
    if (other > 0) {
      run.note(
          "left out: %s, repeated with other labels, such as %s: the first counts"
              .formatted(Counted.of(other, task.words().examples()), example));
    }
    return List.copyOf(first.values());
  }

  /// A share of the texts, by a hash of them: first those that the corpus holds out, then those
  /// that it lacks, last those that pre-training reads, without their labels. What belongs together
  /// stays together.
  private static <E extends Record> Set<String> heldout(
      Corpus corpus, LabelTask<E> task, List<E> examples, Annotate.Config config, Run run) {
    Map<String, String> texts = new LinkedHashMap<>();
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (E example : examples) {
      texts.put(task.id(example), task.text(example));
      groups.computeIfAbsent(task.group(example), _ -> new ArrayList<>()).add(task.id(example));
    }
    CorpusOverlap overlap = CorpusOverlap.of(corpus, texts, 1);
    var heldout = new ArrayList<List<String>>();
    var free = new ArrayList<List<String>>();
    var read = new ArrayList<List<String>>();
    for (String group : Choice.inOrder(List.copyOf(groups.keySet()), g -> g)) {
      List<String> ids = groups.getOrDefault(group, List.of());
      (ids.stream().anyMatch(id -> overlap.has(id, Split.TRAIN))
              ? read
              : ids.stream().anyMatch(id -> overlap.has(id, Split.HELDOUT)) ? heldout : free)
          .add(ids);
    }
    int wanted = Holdout.size(texts.size(), config.heldoutFraction());
    heldout.addAll(free);
    int known = heldout.stream().mapToInt(List::size).sum();
    heldout.addAll(read);
    var chosen = new HashSet<String>();
    for (List<String> ids : heldout.subList(0, Math.max(0, heldout.size() - 1))) {
      if (chosen.size() >= wanted) {
        break;
      }
      chosen.addAll(ids);
    }
    if (chosen.size() > known) {
      run.note(
          "%,d of %,d held-out texts stand, without their labels, in what pre-training reads; a larger prepare.heldoutFraction keeps them from it"
              .formatted(chosen.size() - known, chosen.size()));
    }
    return chosen;
  }

  private static <E extends Record> void balance(
      LabelTask<E> task, Map<Split, List<E>> sides, Run run) {
    Map<String, long[]> counts = new TreeMap<>();
    task.output().names().stream()
        .map(task::counted)
        .filter(name -> !name.isEmpty())
        .forEach(name -> counts.put(name, new long[2]));
    sides.forEach(
        (split, side) ->
            side.forEach(
                e ->
                    task.gold(e).stream()
                        .map(task::counted)
                        .filter(name -> !name.isEmpty())
                        .forEach(
                            name ->
                                counts
                                    .computeIfAbsent(name, _ -> new long[2])[split.ordinal()]++)));
    var rows = new ArrayList<List<String>>();
    rows.add(
        List.of(
            "all " + task.words().examples(),
            number(sides.getOrDefault(Split.TRAIN, List.of()).size()),
            number(sides.getOrDefault(Split.HELDOUT, List.of()).size())));
    counts.forEach((name, n) -> rows.add(List.of(name, number(n[0]), number(n[1]))));
    run.table("Labelled", List.of("what", "to train on", "held out"), rows);
    counts.forEach(
        (name, n) -> {
          if (n[0] == 0) {
            run.note(
                "«%s» has no example to train on, and %,d held out%s: it will not be learned"
                    .formatted(name, n[1], place(task, sides, name)));
          }
        });
  }

  /// The first held-out example of a label; nothing where there is none.
  private static <E extends Record> String place(
      LabelTask<E> task, Map<Split, List<E>> sides, String name) {
    return sides.getOrDefault(Split.HELDOUT, List.of()).stream()
        .filter(e -> task.gold(e).stream().map(task::counted).anyMatch(name::equals))
        .findFirst()
        .map(e -> " (first: %s); mend it if it is misspelt".formatted(task.id(e)))
        .orElse("");
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
