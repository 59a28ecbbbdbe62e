package dev.imago.tasks.span;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.data.TextField;
import dev.imago.tasks.Given;
import dev.imago.tasks.LabelReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads a user's own questions with their texts and answers: SQuAD's JSON (CMRC's, XQuAD's), its
/// rows one by one as the hub has them, or rows of question, text and answer under any names.
public final class SpanRows implements LabelReader<AskedText> {
  private static final List<String> QUESTION = List.of("question", "query", "问题");
  private static final List<String> CONTEXT = List.of("context", "passage", "text", "文章", "正文");
  private static final List<String> ANSWER = List.of("answers", "answer", "answer_text", "答案");
  private static final List<String> START = List.of("answer_start", "start");

  private final Settings settings;
  private final Given<AskedText> given = new Given<>();
  private long moved;
  private long none;

  public SpanRows(Settings settings) {
    this.settings = settings;
  }

  @Override
  public Set<String> columns() {
    return Set.of("question", "context", "answer", "answer_start");
  }

  @Override
  public Given<AskedText> given() {
    if (moved > 0) {
      given.note(
          "%,d answers do not stand where answer_start says, and were found where they do"
              .formatted(moved));
      moved = 0;
    }
    return given;
  }

  @Override
  public SpanAnswering task() {
    if (none == given.examples().size()) {
      throw new IllegalArgumentException("no question has an answer: there is nothing to learn");
    }
    return SpanAnswering.of(none > 0);
  }

  @Override
  public void read(String file, Reader text, Rows.@Nullable Format format) throws IOException {
    if (format == null || format == Rows.Format.COLUMNS) {
      throw new InputException(
          "%s: questions are read from SQuAD's .json, .jsonl, .csv and .tsv".formatted(file));
    }
    try (Rows rows = Rows.of(text, format, Rows.ROW_CHARS)) {
      for (Rows.Item item = rows.next(); item != null; item = rows.next()) {
        String at = "%s, line %d".formatted(file, item.line());
        switch (item) {
          case Rows.Item.Broken broken -> {
            given.row(file);
            given.leaveOut("broken: " + broken.why(), at);
          }
          case Rows.Item.Row row -> row(file, row.value(), at);
        }
      }
    }
  }

  private void row(String file, JsonNode row, String at) {
    if (row.path("paragraphs").isArray()) {
      row.path("paragraphs").forEach(paragraph -> paragraph(file, paragraph, at));
    } else if (row.path("qas").isArray()) {
      paragraph(file, row, at);
    } else {
      question(
          file,
          text(row, "question", QUESTION),
          text(row, "context", CONTEXT),
          field(row, "answer", ANSWER),
          field(row, "answer_start", START),
          at);
    }
  }

  private void paragraph(String file, JsonNode paragraph, String at) {
    String context = paragraph.path("context").asString("");
    for (JsonNode asked : paragraph.path("qas")) {
      boolean empty = asked.path("is_impossible").asBoolean(false);
      String place = "%s, question %s".formatted(at, asked.path("id").asString("?"));
      question(
          file,
          asked.path("question").asString(""),
          context,
          empty ? asked.path("none") : asked.path("answers"),
          asked.path("none"),
          place);
    }
  }

  private static String text(JsonNode node) {
    String text = TextField.text(node);
    return text == null ? "" : text;
  }

  private String text(JsonNode row, String column, List<String> usual) {
    return text(field(row, column, usual));
  }

  private JsonNode field(JsonNode row, String column, List<String> usual) {
    String named = settings.field(column);
    if (!named.isEmpty()) {
      return row.path(named);
    }
    return usual.stream()
        .map(row::path)
        .filter(node -> !node.isMissingNode())
        .findFirst()
        .orElse(row.path(usual.getFirst()));
  }

  private void question(
      String file, String question, String context, JsonNode told, JsonNode start, String at) {
    long number = given.row(file);
    if (question.isBlank() || context.isBlank()) {
      given.leaveOut(question.isBlank() ? "no question" : "no text", at);
      return;
    }
    var answers = new ArrayList<AskedText.Marked>();
    boolean lost = false;
    for (Told each : told(told, start)) {
      AskedText.Marked marked = marked(context, each);
      if (marked == null) {
        lost = true;
      } else if (!answers.contains(marked)) {
        answers.add(marked);
      }
    }
    if (answers.isEmpty() && lost) {
      given.leaveOut("an answer that is not in its text", at);
      return;
    }
    none += answers.isEmpty() ? 1 : 0;
    given.take(new AskedText(file + "#" + number, question.strip(), context, answers, file));
  }

  /// @param start −1 where it is not told
  private record Told(String text, int start) {}

  /// A list of `text` with `answer_start`, lists of both, or one answer; an empty one is none.
  private static List<Told> told(JsonNode node, JsonNode start) {
    var to = new ArrayList<Told>();
    if (node.isArray()) {
      for (JsonNode each : node) {
        to.add(
            each.isObject()
                ? new Told(each.path("text").asString(""), each.path("answer_start").asInt(-1))
                : new Told(each.asString(""), -1));
      }
    } else if (node.path("text").isArray()) {
      for (int i = 0; i < node.path("text").size(); i++) {
        to.add(
            new Told(
                node.path("text").get(i).asString(""),
                node.path("answer_start").path(i).asInt(-1)));
      }
    } else {
      to.add(new Told(node.asString(""), start.asInt(-1)));
    }
    to.removeIf(each -> each.text().isBlank());
    return to;
  }

  /// Where it says, or the nearest place to that; null where it is nowhere.
  private AskedText.@Nullable Marked marked(String context, Told told) {
    int length = context.codePointCount(0, context.length());
    int said = Math.clamp(told.start(), 0, length);
    int at = context.offsetByCodePoints(0, said);
    if (told.start() == said && context.startsWith(told.text(), at)) {
      return new AskedText.Marked(told.text(), said);
    }
    String text = told.text().strip();
    int before = context.lastIndexOf(text, at);
    int behind = context.indexOf(text, at);
    if (before < 0 && behind < 0) {
      return null;
    }
    moved += told.start() >= 0 ? 1 : 0;
    int found = before < 0 || behind >= 0 && behind - at < at - before ? behind : before;
    return new AskedText.Marked(text, context.codePointCount(0, found));
  }
}
