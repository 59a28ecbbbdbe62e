package dev.imago.annotation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Prodigy's rows: `spans`, `accept` of `options`, `label`, `relations`, `user_input`, one row for
/// each annotator, with `answer`: accept, reject or ignore.
final class ProdigyRows implements LabelForm {
  private static final List<String> OURS =
      List.of(
          "spans",
          "accept",
          "options",
          "label",
          "relations",
          "user_input",
          "answer",
          "tokens",
          "_annotator_id",
          "_session_id",
          "_input_hash",
          "_task_hash",
          "_view_id",
          "_timestamp");

  @Override
  public AnnotatedItem read(JsonNode row, SpanReading reading, Lost lost) throws RowFault {
    ObjectNode fields = ((ObjectNode) row).deepCopy();
    String id = ItemRows.id(fields);
    if (id.isEmpty() && row.path("_input_hash").isIntegralNumber()) {
      id = row.get("_input_hash").asString();
    }
    fields.remove(OURS);
    var bare = new AnnotatedItem(id, fields, List.of());
    String verdict = AnswerJson.maybe(row, "answer");
    if (verdict == null) {
      return bare;
    }
    if (!verdict.equals("accept")) {
      lost.one("rows with the answer %s are items without a label".formatted(verdict));
      return bare;
    }
    var raw = new ArrayList<SpanReading.Raw>();
    for (JsonNode span : AnswerJson.list(row, "spans")) {
      raw.add(raw(span));
    }
    List<MarkedSpan> spans = reading.spans(bare.text(), raw);
    var relations = new ArrayList<MarkedSpan.Relation>();
    for (JsonNode relation : AnswerJson.list(row, "relations")) {
      int head = raw.indexOf(raw(relation.path("head_span")));
      int tail = raw.indexOf(raw(relation.path("child_span")));
      if (head < 0 || tail < 0) {
        throw new RowFault("a relation leads to a span that is not there");
      }
      relations.add(new MarkedSpan.Relation(head, tail, AnswerJson.text(relation, "label")));
    }
    List<String> labels = AnswerJson.strings(row.get("accept"), "accept");
    if (labels.isEmpty() && row.path("label").isString()) {
      labels = List.of(row.get("label").stringValue());
    }
    String written = AnswerJson.maybe(row, "user_input");
    String by = AnswerJson.maybe(row, "_annotator_id");
    by = by == null ? AnswerJson.maybe(row, "_session_id") : by;
    return new AnnotatedItem(
        id,
        fields,
        List.of(
            AnnotatedItem.Given.by(
                by == null ? "" : by,
                new LabelAnswer(labels, spans, relations, written == null ? "" : written))));
  }

  private static SpanReading.Raw raw(JsonNode span) throws RowFault {
    return new SpanReading.Raw(
        AnswerJson.whole(span, "start"),
        AnswerJson.whole(span, "end"),
        AnswerJson.text(span, "label"),
        AnswerJson.maybe(span, "text"));
  }

  @Override
  public void write(AnnotatedItem item, PositionUnit unit, Consumer<ObjectNode> rows, Lost lost) {
    if (item.given().isEmpty()) {
      rows.accept(row(item));
    }
    for (AnnotatedItem.Given given : item.given()) {
      if (given.predicted()) {
        lost.one("answers of models are left out: Prodigy's files have none");
        continue;
      }
      ObjectNode row = row(item);
      LabelAnswer answer = given.answer();
      JsonNode spans = AnswerJson.spans(answer, item.text(), unit);
      ArrayNode to = row.putArray("spans");
      for (JsonNode span : spans) {
        to.add(span(span));
      }
      if (!answer.relations().isEmpty()) {
        ArrayNode relations = row.putArray("relations");
        for (MarkedSpan.Relation relation : answer.relations()) {
          ObjectNode of = relations.addObject().put("label", relation.label());
          of.set("head_span", span(spans.get(relation.head())));
          of.set("child_span", span(spans.get(relation.tail())));
        }
      }
      if (!answer.labels().isEmpty()) {
        ArrayNode accept = row.putArray("accept");
        answer.labels().forEach(accept::add);
      }
      if (!answer.text().isEmpty()) {
        row.put("user_input", answer.text());
      }
      row.put("answer", "accept");
      if (!given.by().isEmpty()) {
        row.put("_annotator_id", given.by());
      }
      rows.accept(row);
    }
  }

  private static ObjectNode row(AnnotatedItem item) {
    ObjectNode row = JsonMapper.shared().createObjectNode();
    if (!item.id().isEmpty()) {
      row.put("id", item.id());
    }
    row.setAll(item.fields());
    return row;
  }

  private static ObjectNode span(JsonNode span) {
    ObjectNode of = JsonMapper.shared().createObjectNode();
    of.set("start", span.get("from"));
    of.set("end", span.get("to"));
    of.set("label", span.get("label"));
    of.set("text", span.get("text"));
    return of;
  }
}
