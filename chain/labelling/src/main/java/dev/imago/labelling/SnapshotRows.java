package dev.imago.labelling;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnnotationFormat;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.AnnotationWriter;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.MarkedSpan;
import dev.imago.annotation.PositionUnit;
import dev.imago.annotation.Positions;
import dev.imago.annotation.TaskKind;
import dev.imago.core.InputException;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Rows;
import dev.imago.data.Split;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelReader;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.classification.ClassRows;
import dev.imago.tasks.classification.LabelSetRows;
import dev.imago.tasks.classification.RankRows;
import dev.imago.tasks.preference.Preferring;
import dev.imago.tasks.span.SpanRows;
import dev.imago.tasks.tagging.TagRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One answer for each item, as the rows that a task of `tune` learns from.
public record SnapshotRows(AnnotationTask task, List<AnnotatedItem> labels) {
  /// One example in so many is held out.
  private static final int HELD_OUT = 20;

  private static final String HELDOUT = "heldout";
  private static final String UNSAID = "labels";

  /// What an item's field `split` may say; the last is of those that say nothing.
  private static final List<String> SIDES = List.of(HELDOUT, "train", UNSAID);

  private static final LabelReader.Settings FOUND = LabelReader.Settings.FOUND;

  /// Both sides of the split, and the task.
  ///
  /// @throws InputException where the labels make no task yet, such as one class alone
  public void write(Path folder, Consumer<String> notes) throws IOException {
    switch (task.kind()) {
      case CHOICE -> rows(folder, new ClassRows(FOUND), notes);
      case SEVERAL -> rows(folder, new LabelSetRows(FOUND), notes);
      case SCALE -> rows(folder, new RankRows(FOUND), notes);
      case SPANS -> rows(folder, new TagRows(FOUND), notes);
      case ANSWER_SPAN -> rows(folder, new SpanRows(FOUND), notes);
      case TEXT, CORRECTION, TRANSLATION, COMPARISON, RANKING -> pairs(folder);
    }
  }

  private <E extends Record> void rows(Path folder, LabelReader<E> reader, Consumer<String> notes)
      throws IOException {
    Map<String, StringBuilder> bySide = new LinkedHashMap<>();
    // What is held out is read first, so that a text of both sides is held out.
    SIDES.forEach(side -> bySide.put(side, new StringBuilder()));
    for (AnnotatedItem item : labels) {
      bySide.computeIfPresent(side(item), (_, rows) -> rows.append(row(item)).append('\n'));
    }
    for (Map.Entry<String, StringBuilder> side : bySide.entrySet()) {
      if (!side.getValue().isEmpty()) {
        reader.read(side.getKey(), new StringReader(side.getValue().toString()), Rows.Format.JSONL);
      }
    }
    reader.given().notes().forEach(notes);
    LabelTask<E> made;
    try {
      made = reader.task();
    } catch (IllegalArgumentException e) {
      throw new InputException("these labels make no task yet: " + e.getMessage(), e);
    }
    Map<String, E> first = new LinkedHashMap<>();
    reader.given().examples().forEach(e -> first.putIfAbsent(made.text(e), e));
    List<E> train = new ArrayList<>();
    List<E> heldout = new ArrayList<>();
    Map<String, Boolean> groups = new HashMap<>();
    for (E example : first.values()) {
      String side = made.id(example).replaceFirst("#.*", "");
      boolean held = groups.computeIfAbsent(made.group(example), _ -> isHeld(side, groups.size()));
      (held ? heldout : train).add(example);
    }
    balance(train, heldout);
    LabelLines.write(folder, Split.TRAIN, train);
    LabelLines.write(folder, Split.HELDOUT, heldout);
    Tasks.write(folder, made);
    notes.accept(
        "%s: %,d %s, %,d of them held out"
            .formatted(
                made.name(),
                train.size() + heldout.size(),
                made.words().examples(),
                heldout.size()));
  }

  /// Where an item says it (`split: heldout`, of a held-out document), its labels stay on that
  /// side.
  private static String side(AnnotatedItem item) {
    String side = item.fields().path("split").asString("");
    return SIDES.contains(side) ? side : UNSAID;
  }

  /// @param before what was decided before it
  private static boolean isHeld(String side, int before) {
    return side.equals(UNSAID) ? (before + 1) % HELD_OUT == 0 : side.equals(HELDOUT);
  }

  private static void balance(List<?> train, List<?> heldout) {
    if (train.size() + heldout.size() < 2) {
      throw new InputException(
          "there are %d labels, and two are needed at least: one is held out"
              .formatted(train.size() + heldout.size()));
    }
    move(train, heldout);
    move(heldout, train);
  }

  @SuppressWarnings("unchecked") // both hold the same
  private static <E> void move(List<?> from, List<?> to) {
    if (to.isEmpty()) {
      ((List<E>) to).add((E) from.removeLast());
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
        var positions = new Positions(item.text());
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
    List<Example> train = new ArrayList<>();
    List<Example> heldout = new ArrayList<>();
    // All that was answered to one prompt stands on one side.
    Map<String, Boolean> prompts = new HashMap<>();
    for (AnnotatedItem item : inOrder()) {
      for (JsonNode row : tuningRows(item)) {
        String prompt = row.path("prompt").asString("");
        String better = row.path(row.has("chosen") ? "chosen" : "completion").asString("");
        @Nullable String worse = row.has("rejected") ? row.path("rejected").asString("") : null;
        String id = "item#" + (train.size() + heldout.size() + 1);
        Example pair = new Example(id, prompt, better, "labels");
        boolean held = prompts.computeIfAbsent(prompt, _ -> isHeld(side(item), prompts.size()));
        (held ? heldout : train).add(worse == null ? pair : pair.rejecting(worse));
      }
    }
    balance(train, heldout);
    Examples.write(folder, Split.TRAIN, train);
    Examples.write(folder, Split.HELDOUT, heldout);
    if (task.kind() == TaskKind.COMPARISON || task.kind() == TaskKind.RANKING) {
      Tasks.write(folder, new Preferring());
    }
  }

  /// Those that say that they are held out first.
  private List<AnnotatedItem> inOrder() {
    return labels.stream().sorted(Comparator.comparing(item -> SIDES.indexOf(side(item)))).toList();
  }

  private static List<JsonNode> tuningRows(AnnotatedItem item) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var writer = new AnnotationWriter(bytes, AnnotationFormat.TRL, PositionUnit.CODE_POINTS)) {
      writer.write(item);
    }
    return bytes
        .toString(StandardCharsets.UTF_8)
        .lines()
        .map(line -> JsonMapper.shared().readTree(line))
        .toList();
  }
}
