package dev.imago.cli;

import dev.imago.generate.Predictor;
import dev.imago.model.Output;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.classification.TextTask;
import dev.imago.tasks.classification.Verdict;
import dev.imago.tasks.tagging.Tagging;
import dev.imago.tasks.tagging.Word;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Rows with what a model tells of their texts: `label`, `score` and `probabilities`, or
/// `entities`. They are computed some at a time and go out in their order. The numbers are those
/// that the server gives for the same text.
final class PredictedRows {
  /// Texts that are computed together.
  private static final int TOGETHER = 32;

  private static final Set<String> OURS =
      Set.of("label", "labels", "score", "probabilities", "entities");

  private final Predictor model;
  private final TextRows rows;
  private long written;
  private long cut;

  PredictedRows(Predictor model, TextRows rows) {
    this.model = model;
    this.rows = rows;
  }

  /// A text as the model reads it.
  ///
  /// @param words where tags are told; else none
  private record Asked(TextRows.Text of, List<Word> words, Question question) {}

  /// Writes each row.
  void forEach(Consumer<ObjectNode> to) throws IOException {
    var some = new ArrayList<Asked>();
    for (TextRows.Text text = rows.next(); text != null; text = rows.next()) {
      Asked asked = asked(text);
      if (asked.question().ids().length == 0) {
        rows.passOver(text.line(), "no token that the model reads");
        continue;
      }
      cut += asked.question().shortened() ? 1 : 0;
      some.add(asked);
      if (some.size() == TOGETHER) {
        write(some, to);
      }
    }
    write(some, to);
  }

  private Asked asked(TextRows.Text text) {
    int longest = model.shape().context();
    if (model.shape().output() instanceof Output.Tags) {
      List<Word> words = Word.of(text.text());
      return new Asked(text, words, Tagging.question(words, model.tokenizer(), longest));
    }
    Question question = TextTask.question(text.text(), text.pair(), model.tokenizer(), longest);
    return new Asked(text, List.of(), question);
  }

  private void write(List<Asked> some, Consumer<ObjectNode> to) {
    List<float[][]> scores = model.read(some.stream().map(a -> a.question().input()).toList());
    for (int i = 0; i < some.size(); i++) {
      Asked asked = some.get(i);
      ObjectNode row = JsonMapper.shared().createObjectNode();
      for (Map.Entry<String, tools.jackson.databind.JsonNode> each :
          asked.of().row().properties()) {
        String name = each.getKey();
        row.set(OURS.contains(name) ? "given_" + name : name, each.getValue());
      }
      if (model.shape().output() instanceof Output.Classes classes) {
        label(classes, scores.get(i)[0], row);
      } else {
        entities(asked, scores.get(i), row.putArray("entities"));
      }
      to.accept(row);
      written++;
    }
    some.clear();
  }

  /// One label has `label` and `score`, several `labels`, a number `score` alone.
  private void label(Output.Classes output, float[] scores, ObjectNode row) {
    Verdict verdict = Verdict.of(output, scores, model.calibration());
    switch (output.problem()) {
      case ONE, RANK -> {
        row.put("label", verdict.told().getFirst());
        row.put("score", verdict.share(output, verdict.told().getFirst()));
      }
      case SEVERAL -> verdict.told().forEach(row.putArray("labels")::add);
      case NUMBER -> {
        row.put("score", verdict.shares().getFirst());
        return;
      }
    }
    ObjectNode all = row.putObject("probabilities");
    for (int i = 0; i < output.labels().size(); i++) {
      all.put(output.labels().get(i), verdict.shares().get(i));
    }
  }

  private void entities(Asked asked, float[][] scores, ArrayNode to) {
    String text = asked.of().text();
    for (Tagging.Entity entity :
        Tagging.entities(
            asked.words(),
            asked.question(),
            scores,
            model.shape().output().names(),
            model.readout())) {
      ObjectNode one = to.addObject();
      one.put("entity_group", entity.type());
      one.put("score", entity.score());
      one.put("word", text.substring(entity.start(), entity.end()));
      one.put("start", text.codePointCount(0, entity.start()));
      one.put("end", text.codePointCount(0, entity.end()));
    }
  }

  /// How many rows went out.
  long written() {
    return written;
  }

  /// How many texts were longer than the model reads.
  long cut() {
    return cut;
  }
}
