package dev.imago.cli;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.MarkedSpan;
import dev.imago.annotation.PositionUnit;
import dev.imago.annotation.TaskKind;
import dev.imago.core.InputException;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Split;
import dev.imago.tasks.LabelReader;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.preference.Preferring;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One answer for each item, as the rows that a task of `tune` learns from.
record SnapshotRows(AnnotationTask task, List<AnnotatedItem> labels) {
  void write(Path folder, Consumer<String> notes) throws IOException {
    switch (task.kind()) {
      case CHOICE -> rows(folder, "classify", notes);
      case SEVERAL -> rows(folder, "multi-label", notes);
      case SCALE -> rows(folder, "ordinal", notes);
      case SPANS -> rows(folder, "tag", notes);
      case ANSWER_SPAN -> rows(folder, "span", notes);
      case TEXT, CORRECTION, TRANSLATION, COMPARISON, RANKING -> pairs(folder);
    }
  }

  private void rows(Path folder, String name, Consumer<String> notes) throws IOException {
    LabelReader<?> reader =
        Tasks.reader(name, LabelReader.Settings.FOUND)
            .orElseThrow(() -> new IllegalStateException("no task " + name));
    Path file = folder.resolve("rows.jsonl");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (AnnotatedItem item : labels) {
        out.write(row(item).toString());
        out.write('\n');
      }
    }
    try {
      new ImportedLabels<>(reader, file, notes).write(folder);
    } finally {
      Files.delete(file);
    }
  }

  private ObjectNode row(AnnotatedItem item) {
    ObjectNode row = JsonMapper.shared().createObjectNode().put("text", item.text());
    LabelAnswer answer = item.given().getFirst().answer();
    switch (task.kind()) {
      case SEVERAL -> {
        ArrayNode labels = row.putArray("labels");
        answer.labels().forEach(labels::add);
      }
      case SPANS -> {
        ArrayNode entities = row.putArray("entities");
        for (MarkedSpan span : answer.spans()) {
          entities.addArray().add(span.from()).add(span.to()).add(span.label());
        }
      }
      case ANSWER_SPAN -> {
        row.remove("text");
        row.put("context", item.text());
        row.set("question", item.fields().path("question"));
        ObjectNode answers = row.putObject("answers");
        ArrayNode texts = answers.putArray("text");
        ArrayNode starts = answers.putArray("answer_start");
        var positions = new dev.imago.annotation.Positions(item.text());
        for (MarkedSpan span : answer.spans()) {
          texts.add(positions.cut(span.from(), span.to()));
          starts.add(positions.in(PositionUnit.CODE_POINTS, span.from()));
        }
      }
      default -> row.put("label", answer.labels().getFirst());
    }
    return row;
  }

  private void pairs(Path folder) throws IOException {
    List<Example> all = new ArrayList<>();
    for (JsonNode row : tuningRows()) {
      String prompt = row.path("prompt").asString("");
      String better = row.path(row.has("chosen") ? "chosen" : "completion").asString("");
      @Nullable String worse = row.has("rejected") ? row.path("rejected").asString("") : null;
      Example pair = new Example("item#" + (all.size() + 1), prompt, better, "labels");
      all.add(worse == null ? pair : pair.rejecting(worse));
    }
    if (all.size() < 2) {
      throw new InputException("labels need two rows at least: one is held out");
    }
    List<Example> train = new ArrayList<>();
    List<Example> heldout = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      ((i + 1) % ImportedLabels.HELD_OUT == 0 ? heldout : train).add(all.get(i));
    }
    if (heldout.isEmpty()) {
      heldout.add(train.removeLast());
    }
    Examples.write(folder, Split.TRAIN, train);
    Examples.write(folder, Split.HELDOUT, heldout);
    if (task.kind() == TaskKind.COMPARISON || task.kind() == TaskKind.RANKING) {
      Tasks.write(folder, new Preferring());
    }
  }

  private List<JsonNode> tuningRows() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var writer =
        new dev.imago.annotation.AnnotationWriter(
            bytes, dev.imago.annotation.AnnotationFormat.TRL, PositionUnit.CODE_POINTS)) {
      for (AnnotatedItem item : labels) {
        writer.write(item);
      }
    }
    return bytes
        .toString(java.nio.charset.StandardCharsets.UTF_8)
        .lines()
        .map(line -> JsonMapper.shared().readTree(line))
        .toList();
  }
}
