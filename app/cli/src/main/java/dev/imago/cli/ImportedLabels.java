package dev.imago.cli;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.data.Split;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelReader;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Tasks;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Texts with their class, or words with their tags, on their way from a file into labels: each
/// text once, some held out, and the task told beside them.
///
/// @param <E> an example
record ImportedLabels<E extends Record>(LabelReader<E> reader, Path file, Consumer<String> notes) {
  /// One example in so many is held out.
  static final int HELD_OUT = 20;

  void write(Path folder) throws IOException {
    try (BufferedReader text = Files.newBufferedReader(file)) {
      reader.read(String.valueOf(file.getFileName()), text, Rows.Format.JSONL);
    }
    reader.given().notes().forEach(notes);
    LabelTask<E> task;
    try {
      task = reader.task();
    } catch (IllegalArgumentException e) {
      throw new InputException("%s: %s".formatted(file, e.getMessage()), e);
    }
    Map<String, E> first = new LinkedHashMap<>();
    reader.given().examples().forEach(e -> first.putIfAbsent(task.text(e), e));
    int repeated = reader.given().examples().size() - first.size();
    if (repeated > 0) {
      notes.accept(
          "left out: %,d of a text that stands before; its first labels count".formatted(repeated));
    }
    write(folder, task, List.copyOf(first.values()));
  }

  private void write(Path folder, LabelTask<E> task, List<E> examples) {
    if (examples.size() < 2) {
      throw new InputException(
          "%s has %d labelled %s, and labels need two: one is held out"
              .formatted(file, examples.size(), task.words().examples()));
    }
    var train = new ArrayList<E>();
    var heldout = new ArrayList<E>();
    for (E example : examples) {
      ((train.size() + heldout.size() + 1) % HELD_OUT == 0 ? heldout : train).add(example);
    }
    if (heldout.isEmpty()) {
      heldout.add(train.removeLast());
    }
    LabelLines.write(folder, Split.TRAIN, train);
    LabelLines.write(folder, Split.HELDOUT, heldout);
    Tasks.write(folder, task);
    notes.accept(
        "%s: %,d %s, %,d of them held out; labels: %s"
            .formatted(
                task.name(),
                examples.size(),
                task.words().examples(),
                heldout.size(),
                String.join(", ", task.output().names())));
  }
}
