package dev.imago.cli;

import dev.imago.core.InputException;
import dev.imago.data.Sentence;
import dev.imago.data.TextField;
import dev.imago.generate.NotFiniteException;
import dev.imago.generate.Predictor;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.classification.TextTask;
import dev.imago.tasks.classification.Verdict;
import dev.imago.tasks.parsing.Parsing;
import dev.imago.tasks.span.FoundAnswer;
import dev.imago.tasks.span.SpanAnswering;
import dev.imago.tasks.tagging.Tagging;
import dev.imago.tasks.tagging.Word;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Rows with what a model tells of their texts: `label`, `score` and `probabilities`, `entities`,
/// `dependencies` or `answer`. They are computed some at a time and go out in their order. The
/// numbers are those that the server gives for the same text.
final class PredictedRows {
  /// Texts that are computed together.
  private static final int TOGETHER = 32;

  private static final List<String> WORDS = List.of("words", "tokens");

  private static final Set<String> OURS =
      Set.of(
          "label",
          "labels",
          "score",
          "probabilities",
          "entities",
          "dependencies",
          "answer",
          "start",
          "end");

  private final Predictor model;
  private final TextRows rows;
  private final boolean conllu;
  private long written;
  private long cut;

  /// @param conllu whether trees go out as CoNLL-U, in the place of JSON
  PredictedRows(Predictor model, TextRows rows, boolean conllu) {
    this.model = model;
    this.rows = rows;
    this.conllu = conllu;
  }

  /// A text as the model reads it.
  ///
  /// @param words where tags are told; else none
  /// @param questions one, or the windows of a text that is asked of
  private record Asked(TextRows.Text of, List<Word> words, List<Question> questions) {}

  /// Writes each row.
  void forEach(Consumer<String> to) throws IOException {
    var some = new ArrayList<Asked>();
    for (TextRows.Text text = rows.next(); text != null; text = rows.next()) {
      if (tellsWords() && !words(text)) {
        rows.passOver(text.line(), "its list of words has one that is empty or no text");
        continue;
      }
      Asked asked = asked(text);
      if (model.shape().output() instanceof Output.Span && text.pair().isEmpty()) {
        rows.passOver(text.line(), "no question");
        continue;
      }
      if (asked.questions().stream().allMatch(q -> q.ids().length == 0)) {
        rows.passOver(text.line(), "no token that the model reads");
        continue;
      }
      cut += asked.questions().stream().anyMatch(Question::shortened) ? 1 : 0;
      some.add(asked);
      if (some.size() == TOGETHER) {
        write(some, to);
      }
    }
    write(some, to);
  }

  private boolean tellsWords() {
    return switch (model.shape().output()) {
      case Output.Tags _, Output.Dependencies _ -> true;
      case Output.Classes _,
          Output.Span _,
          Output.Embedding _,
          Output.NextToken _,
          Output.MaskedToken _ ->
          false;
    };
  }

  /// Whether the list that a text was made of holds words alone: of others the text would lack.
  private static boolean words(TextRows.Text text) {
    for (String name : WORDS) {
      JsonNode list = text.row().path(name);
      if (list.isArray() && text.text().equals(TextField.text(list))) {
        for (JsonNode word : list) {
          if (!word.isValueNode() || word.asString("").isBlank()) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private Asked asked(TextRows.Text text) {
    int longest = model.shape().context();
    return switch (model.shape().output()) {
      case Output.Tags _, Output.Dependencies _ -> {
        List<String> listed = listed(text);
        List<Word> words = listed.isEmpty() ? Word.of(text.text()) : Word.joined(listed);
        yield new Asked(
            listed.isEmpty() ? text : sentence(text, listed),
            words,
            List.of(Tagging.question(words, model.tokenizer(), longest)));
      }
      case Output.Span _ -> {
        boolean none = text.pair().isEmpty();
        yield new Asked(
            text,
            List.of(),
            none
                ? List.of(new Question(new int[0], new int[0], false))
                : SpanAnswering.windows(text.pair(), text.text(), model.tokenizer(), longest));
      }
      case Output.Classes _, Output.Embedding _, Output.NextToken _, Output.MaskedToken _ ->
          new Asked(
              text,
              List.of(),
              List.of(TextTask.question(text.text(), text.pair(), model.tokenizer(), longest)));
    };
  }

  /// The words that the row lists, where its text is theirs; else none. A list alone is read as
  /// lines, and words are none.
  private static List<String> listed(TextRows.Text text) {
    for (String name : WORDS) {
      JsonNode list = text.row().path(name);
      var listed = new ArrayList<String>();
      list.forEach(word -> listed.add(word.asString("")));
      if (!listed.isEmpty()
          && listed.stream().noneMatch(String::isBlank)
          && (Sentence.text(listed).equals(text.text())
              || text.text().equals(TextField.text(list)))) {
        return listed;
      }
    }
    return List.of();
  }

  /// With the text in which places are told; another one that the row has is `given_text`.
  private static TextRows.Text sentence(TextRows.Text of, List<String> words) {
    String text = Sentence.text(words);
    if (text.equals(of.row().path("text").asString(""))) {
      return of;
    }
    ObjectNode row = of.row().deepCopy();
    if (row.has("text")) {
      row.set("given_text", row.get("text"));
    }
    row.put("text", text);
    return new TextRows.Text(of.line(), row, text, of.pair());
  }

  private void write(List<Asked> some, Consumer<String> to) {
    Iterator<float[][]> scores = scores(some).iterator();
    for (Asked asked : some) {
      ObjectNode row = JsonMapper.shared().createObjectNode();
      for (Map.Entry<String, JsonNode> each : asked.of().row().properties()) {
        String name = each.getKey();
        row.set(OURS.contains(name) ? "given_" + name : name, each.getValue());
      }
      List<float[][]> own = asked.questions().stream().map(_ -> scores.next()).toList();
      switch (model.shape().output()) {
        case Output.Classes classes -> label(classes, own.getFirst()[0], row);
        case Output.Span _ -> answer(asked, own, row);
        case Output.Dependencies _ -> {
          List<Parsing.Dependency> tree =
              Parsing.dependencies(
                  asked.words(), asked.questions().getFirst(), own.getFirst(), model.readout());
          if (conllu) {
            to.accept(ConlluText.of(asked.of().row(), asked.of().text(), tree));
            written++;
            continue;
          }
          dependencies(asked.of().text(), tree, row.putArray("dependencies"));
        }
        case Output.Tags _, Output.Embedding _, Output.NextToken _, Output.MaskedToken _ ->
            entities(asked, own.getFirst(), row.putArray("entities"));
      }
      to.accept(row.toString());
      written++;
    }
    some.clear();
  }

  /// Of all questions, some at a time.
  private List<float[][]> scores(List<Asked> some) {
    List<ModelInput> inputs =
        some.stream().flatMap(a -> a.questions().stream()).map(Question::input).toList();
    var scores = new ArrayList<float[][]>();
    for (int from = 0; from < inputs.size(); from += TOGETHER) {
      try {
        scores.addAll(model.read(inputs.subList(from, Math.min(inputs.size(), from + TOGETHER))));
      } catch (NotFiniteException e) {
        throw new InputException(String.valueOf(e.getMessage()), e);
      }
    }
    return scores;
  }

  /// The best answer; an empty one where the text has none.
  private void answer(Asked asked, List<float[][]> scores, ObjectNode row) {
    String context = asked.of().text();
    boolean none = !model.calibration().thresholds().isEmpty();
    FoundAnswer best =
        FoundAnswer.of(
                context,
                asked.questions(),
                scores,
                model.calibration(),
                SpanAnswering.wanted(context, none))
            .getFirst();
    row.put("answer", best.text());
    row.put("score", best.score());
    row.put("start", context.codePointCount(0, best.start()));
    row.put("end", context.codePointCount(0, best.end()));
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

  private static void dependencies(String text, List<Parsing.Dependency> tree, ArrayNode to) {
    for (Parsing.Dependency one : tree) {
      ObjectNode word = to.addObject();
      word.put("word", one.word().text());
      word.put("start", text.codePointCount(0, one.word().start()));
      word.put("end", text.codePointCount(0, one.word().end()));
      word.put("head", one.head());
      word.put("relation", one.relation());
      word.put("score", one.score());
    }
  }

  private void entities(Asked asked, float[][] scores, ArrayNode to) {
    String text = asked.of().text();
    for (Tagging.Entity entity :
        Tagging.entities(
            asked.words(),
            asked.questions().getFirst(),
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
