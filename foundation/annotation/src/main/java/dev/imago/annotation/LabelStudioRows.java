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

/// Label Studio's tasks: `data`, `annotations` and `predictions`, whose `result` lists regions,
/// choices, ratings, texts and relations.
final class LabelStudioRows implements LabelForm {
  @Override
  public AnnotatedItem read(JsonNode row, SpanReading reading, Lost lost) throws RowFault {
    JsonNode data = row.get("data");
    if (data == null || !data.isObject()) {
      throw new RowFault("data is missing; a task of Label Studio has its fields there");
    }
    ObjectNode fields = ((ObjectNode) data).deepCopy();
    if (!fields.has(AnnotatedItem.TEXT)) {
      fields.properties().stream()
          .filter(field -> field.getValue().isString())
          .findFirst()
          .ifPresent(
              field -> {
                lost.one("%s is read as text, too".formatted(field.getKey()));
                fields.set(AnnotatedItem.TEXT, field.getValue());
              });
    }
    String id = ItemRows.id(((ObjectNode) row).deepCopy());
    String text = new AnnotatedItem(id, fields, List.of()).text();
    var given = new ArrayList<AnnotatedItem.Given>();
    for (JsonNode annotation : AnswerJson.list(row, "annotations")) {
      if (annotation.path("was_cancelled").asBoolean(false)) {
        lost.one("skipped annotations are left out");
        continue;
      }
      given.add(AnnotatedItem.Given.by(by(annotation), answer(annotation, text, reading, lost)));
    }
    for (JsonNode prediction : AnswerJson.list(row, "predictions")) {
      String model = AnswerJson.maybe(prediction, "model_version");
      given.add(
          new AnnotatedItem.Given(
              model == null ? "" : model,
              true,
              prediction.path("score").asDouble(Double.NaN),
              answer(prediction, text, reading, lost)));
    }
    return new AnnotatedItem(id, fields, given);
  }

  private static String by(JsonNode annotation) {
    JsonNode by = annotation.path("completed_by");
    JsonNode named =
        by.isObject() ? by.path("email").isString() ? by.get("email") : by.path("id") : by;
    return named.isString() || named.isNumber() ? named.asString() : "";
  }

  private static LabelAnswer answer(JsonNode of, String text, SpanReading reading, Lost lost)
      throws RowFault {
    var labels = new ArrayList<String>();
    var raw = new ArrayList<SpanReading.Raw>();
    var texts = new ArrayList<String>();
    Map<String, Integer> places = new HashMap<>();
    var relations = new ArrayList<JsonNode>();
    for (JsonNode result : AnswerJson.list(of, "result")) {
      String type = String.valueOf(AnswerJson.maybe(result, "type"));
      JsonNode value = result.path("value");
      switch (type) {
        case "labels" -> {
          for (String label : AnswerJson.strings(value.get("labels"), "labels")) {
            places.putIfAbsent(result.path("id").asString(""), raw.size());
            raw.add(
                new SpanReading.Raw(
                    AnswerJson.whole(value, "start"),
                    AnswerJson.whole(value, "end"),
                    label,
                    AnswerJson.maybe(value, "text")));
          }
        }
        case "choices" -> labels.addAll(AnswerJson.strings(value.get("choices"), "choices"));
        case "rating" -> labels.addAll(AnswerJson.strings(value.get("rating"), "rating"));
        case "ranker" -> labels.addAll(AnswerJson.strings(value.get("ranker"), "ranker"));
        case "pairwise" -> labels.addAll(AnswerJson.strings(value.get("selected"), "selected"));
        case "textarea" -> texts.addAll(AnswerJson.strings(value.get("text"), "text"));
        case "relation" -> relations.add(result);
        default -> lost.one("results of the type %s are left out".formatted(type));
      }
    }
    if (texts.size() > 1) {
      lost.one("several texts of one annotation are joined by lines");
    }
    List<MarkedSpan> spans = reading.spans(text, raw);
    var between = new ArrayList<MarkedSpan.Relation>();
    for (JsonNode relation : relations) {
      Integer head = places.get(AnswerJson.text(relation, "from_id"));
      Integer tail = places.get(AnswerJson.text(relation, "to_id"));
      if (head == null || tail == null) {
        throw new RowFault("a relation leads to a region that is not there");
      }
      List<String> named = AnswerJson.strings(relation.get("labels"), "labels");
      for (String label : named.isEmpty() ? List.of("") : named) {
        between.add(new MarkedSpan.Relation(head, tail, label));
      }
    }
    return new LabelAnswer(labels, spans, between, String.join("\n", texts));
  }

  @Override
  public void write(AnnotatedItem item, PositionUnit unit, Consumer<ObjectNode> rows, Lost lost) {
    ObjectNode row = JsonMapper.shared().createObjectNode();
    if (item.id().matches("[1-9]\\d{0,8}")) {
      row.put("id", Integer.parseInt(item.id()));
    } else if (!item.id().isEmpty()) {
      lost.one("ids that are no numbers are written as text, which Label Studio numbers anew");
      row.put("id", item.id());
    }
    row.set("data", item.fields());
    ArrayNode annotations = row.putArray("annotations");
    ArrayNode predictions = row.putArray("predictions");
    for (AnnotatedItem.Given given : item.given()) {
      ObjectNode of = (given.predicted() ? predictions : annotations).addObject();
      if (given.predicted()) {
        of.put("model_version", given.by());
        if (!Double.isNaN(given.probability())) {
          of.put("score", given.probability());
        }
      } else if (!given.by().isEmpty()) {
        of.put("completed_by", given.by());
      }
      result(of.putArray("result"), given.answer(), item.text(), unit);
    }
    rows.accept(row);
  }

  private static void result(ArrayNode result, LabelAnswer answer, String text, PositionUnit unit) {
    JsonNode spans = AnswerJson.spans(answer, text, unit);
    for (int i = 0; i < spans.size(); i++) {
      ObjectNode value = region(result, "r" + i, "label", "labels");
      value.set("start", spans.get(i).get("from"));
      value.set("end", spans.get(i).get("to"));
      value.set("text", spans.get(i).get("text"));
      value.putArray("labels").add(answer.spans().get(i).label());
    }
    for (MarkedSpan.Relation relation : answer.relations()) {
      ObjectNode of = result.addObject();
      of.put("type", "relation").put("direction", "right");
      of.put("from_id", "r" + relation.head()).put("to_id", "r" + relation.tail());
      of.putArray("labels").add(relation.label());
    }
    if (!answer.labels().isEmpty()) {
      ArrayNode choices = region(result, "c", "choice", "choices").putArray("choices");
      answer.labels().forEach(choices::add);
    }
    if (!answer.text().isEmpty()) {
      region(result, "t", "answer", "textarea").putArray("text").add(answer.text());
    }
  }

  private static ObjectNode region(ArrayNode result, String id, String from, String type) {
    ObjectNode of = result.addObject();
    of.put("id", id).put("from_name", from).put("to_name", "text").put("type", type);
    return of.putObject("value");
  }
}
