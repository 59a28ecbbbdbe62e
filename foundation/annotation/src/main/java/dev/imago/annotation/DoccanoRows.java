package dev.imago.annotation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// doccano's rows: `text` with `label` (names, or `[from, to, name]`), or with `entities`,
/// `relations` and `cats`. A file of several people's labels is one row each, and says no names.
final class DoccanoRows implements LabelForm {
  private static final List<String> OURS =
      List.of("label", "labels", "entities", "relations", "cats");

  @Override
  public AnnotatedItem read(JsonNode row, SpanReading reading, Lost lost) throws RowFault {
    ObjectNode fields = ((ObjectNode) row).deepCopy();
    String id = ItemRows.id(fields);
    boolean labelled = OURS.stream().anyMatch(fields::has);
    fields.remove(OURS);
    var bare = new AnnotatedItem(id, fields, List.of());
    var names = new ArrayList<String>(AnswerJson.strings(row.get("cats"), "cats"));
    var raw = new ArrayList<SpanReading.Raw>();
    JsonNode given = row.has("label") ? row.get("label") : row.path("labels");
    for (JsonNode label :
        given.isArray() ? given : given.isString() ? List.of(given) : List.<JsonNode>of()) {
      if (label.isArray()) {
        if (label.size() != 3
            || !label.get(0).isInt()
            || !label.get(1).isInt()
            || !label.get(2).isString()) {
          throw new RowFault("the label %s is no [from, to, name]".formatted(label));
        }
        raw.add(
            new SpanReading.Raw(
                label.get(0).intValue(), label.get(1).intValue(), label.get(2).asString(), null));
      } else {
        names.addAll(AnswerJson.strings(label, "label"));
      }
    }
    Map<String, Integer> places = new HashMap<>();
    for (JsonNode entity : AnswerJson.list(row, "entities")) {
      places.put(entity.path("id").asString(""), raw.size());
      raw.add(
          new SpanReading.Raw(
              AnswerJson.whole(entity, "start_offset"),
              AnswerJson.whole(entity, "end_offset"),
              AnswerJson.text(entity, "label"),
              null));
    }
    var relations = new ArrayList<MarkedSpan.Relation>();
    for (JsonNode relation : AnswerJson.list(row, "relations")) {
      Integer head = places.get(relation.path("from_id").asString(""));
      Integer tail = places.get(relation.path("to_id").asString(""));
      if (head == null || tail == null) {
        throw new RowFault("a relation leads to an entity that is not there");
      }
      relations.add(new MarkedSpan.Relation(head, tail, AnswerJson.text(relation, "type")));
    }
    LabelAnswer answer = new LabelAnswer(names, reading.spans(bare.text(), raw), relations, "");
    return labelled
        ? new AnnotatedItem(id, fields, List.of(AnnotatedItem.Given.by("", answer)))
        : bare;
  }

  @Override
  public void write(AnnotatedItem item, PositionUnit unit, Consumer<ObjectNode> rows, Lost lost) {
    if (item.given().isEmpty()) {
      rows.accept(row(item));
    }
    for (AnnotatedItem.Given given : item.given()) {
      if (given.predicted()) {
        lost.one("answers of models are left out: doccano's files have none");
        continue;
      }
      if (!given.by().isEmpty()) {
        lost.one("who answered is left out: doccano's files do not say");
      }
      ObjectNode row = row(item);
      LabelAnswer answer = given.answer();
      if (!answer.text().isEmpty()) {
        lost.one("texts that were written are read back as labels");
      }
      if (answer.spans().isEmpty() || answer.relations().isEmpty() && answer.labels().isEmpty()) {
        ArrayNode label = row.putArray("label");
        for (MarkedSpan span : answer.spans()) {
          var positions = new Positions(item.text());
          label
              .addArray()
              .add(positions.in(unit, span.from()))
              .add(positions.in(unit, span.to()))
              .add(span.label());
        }
        answer.labels().forEach(label::add);
        if (!answer.text().isEmpty()) {
          label.add(answer.text());
        }
      } else {
        entities(row, answer, item.text(), unit);
      }
      rows.accept(row);
    }
  }

  private static ObjectNode row(AnnotatedItem item) {
    ObjectNode row = JsonMapper.shared().createObjectNode();
    if (item.id().matches("[1-9]\\d{0,8}")) {
      row.put("id", Integer.parseInt(item.id()));
    } else if (!item.id().isEmpty()) {
      row.put("id", item.id());
    }
    row.setAll(item.fields());
    return row;
  }

  private static void entities(ObjectNode row, LabelAnswer answer, String text, PositionUnit unit) {
    JsonNode spans = AnswerJson.spans(answer, text, unit);
    ArrayNode entities = row.putArray("entities");
    for (int i = 0; i < spans.size(); i++) {
      ObjectNode entity = entities.addObject().put("id", i);
      entity.set("start_offset", spans.get(i).get("from"));
      entity.set("end_offset", spans.get(i).get("to"));
      entity.put("label", answer.spans().get(i).label());
    }
    ArrayNode relations = row.putArray("relations");
    for (MarkedSpan.Relation relation : answer.relations()) {
      relations
          .addObject()
          .put("id", relations.size())
          .put("from_id", relation.head())
          .put("to_id", relation.tail())
          .put("type", relation.label());
    }
    if (!answer.labels().isEmpty()) {
      answer.labels().forEach(row.putArray("cats")::add);
    }
  }
}
