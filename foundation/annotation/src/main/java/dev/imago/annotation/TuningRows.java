package dev.imago.annotation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Rows that models are tuned on. An item has `prompt` (else `text`) and, where answers are
/// compared, `answers`: a list; a ranking names them by their places from 1, the best first. Of a
/// correction `answer` is what was corrected.
///
/// @param instruction whether rows are `instruction`, `input`, `output`, else TRL's
record TuningRows(boolean instruction) implements LabelForm {
  @Override
  public AnnotatedItem read(JsonNode row, SpanReading reading, Lost lost) throws RowFault {
    throw new RowFault("this form is written and not read; read it as jsonl");
  }

  @Override
  public void write(AnnotatedItem item, PositionUnit unit, Consumer<ObjectNode> rows, Lost lost) {
    for (AnnotatedItem.Given given : item.given()) {
      if (given.predicted()) {
        lost.one("answers of models are left out");
        continue;
      }
      LabelAnswer answer = given.answer();
      String prompt = prompt(item);
      if (!answer.spans().isEmpty()) {
        lost.one("spans are left out: rows for tuning have none");
      }
      if (instruction && !answer.text().isEmpty()) {
        ObjectNode row = JsonMapper.shared().createObjectNode();
        row.put("instruction", prompt);
        row.put("input", item.fields().path("input").asString(""));
        rows.accept(row.put("output", answer.text()));
      } else if (!instruction && !answer.text().isEmpty()) {
        ObjectNode row = JsonMapper.shared().createObjectNode().put("prompt", prompt);
        JsonNode corrected = item.fields().path("answer");
        boolean changed = corrected.isString() && !corrected.stringValue().equals(answer.text());
        rows.accept(
            changed
                ? row.put("chosen", answer.text()).put("rejected", corrected.stringValue())
                : row.put("completion", answer.text()));
      } else if (!instruction && item.fields().path("answers").isArray()) {
        pairs(item, answer, prompt, rows, lost);
      } else {
        lost.one("answers without text or ranking are left out");
      }
    }
  }

  private static String prompt(AnnotatedItem item) {
    JsonNode prompt = item.fields().path("prompt");
    return prompt.isString() ? prompt.stringValue() : item.text();
  }

  /// Each pair of a ranking.
  private static void pairs(
      AnnotatedItem item, LabelAnswer answer, String prompt, Consumer<ObjectNode> rows, Lost lost) {
    JsonNode answers = item.fields().get("answers");
    List<String> ranked = new ArrayList<>();
    for (String place : answer.labels()) {
      int at = place.matches("[1-9]\\d?") ? Integer.parseInt(place) - 1 : -1;
      if (at < 0 || at >= answers.size()) {
        lost.one("ties, and places that are no answer's, are left out");
        return;
      }
      ranked.add(answers.get(at).asString(""));
    }
    // One that was chosen of two is before the other.
    for (int i = 0; i < answers.size() && ranked.size() == 1 && answers.size() == 2; i++) {
      if (!answers.get(i).asString("").equals(ranked.getFirst())) {
        ranked.add(answers.get(i).asString(""));
      }
    }
    for (int i = 0; i < ranked.size(); i++) {
      for (int j = i + 1; j < ranked.size(); j++) {
        ObjectNode row = JsonMapper.shared().createObjectNode().put("prompt", prompt);
        rows.accept(row.put("chosen", ranked.get(i)).put("rejected", ranked.get(j)));
      }
    }
  }
}
