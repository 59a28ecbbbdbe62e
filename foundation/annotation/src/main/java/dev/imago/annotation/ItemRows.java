package dev.imago.annotation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Our own form: `id`, the item's fields, `unit`, and `answers`, each with `by`, `model`,
/// `probability` and what [AnswerJson] writes.
final class ItemRows implements LabelForm {
  @Override
  public AnnotatedItem read(JsonNode row, SpanReading reading, Lost lost) throws RowFault {
    ObjectNode fields = ((ObjectNode) row).deepCopy();
    String id = id(fields);
    SpanReading of = unit(fields, reading);
    JsonNode answers = fields.remove("answers");
    var given = new ArrayList<AnnotatedItem.Given>();
    var bare = new AnnotatedItem(id, fields, List.of());
    for (JsonNode answer : answers == null ? List.<JsonNode>of() : answers) {
      String by = AnswerJson.maybe(answer, "by");
      String model = AnswerJson.maybe(answer, "model");
      given.add(
          new AnnotatedItem.Given(
              model != null ? model : by == null ? "" : by,
              model != null,
              answer.path("probability").asDouble(Double.NaN),
              AnswerJson.read(answer, bare.text(), of)));
    }
    return new AnnotatedItem(id, fields, given);
  }

  private static SpanReading unit(ObjectNode fields, SpanReading reading) throws RowFault {
    JsonNode unit = fields.remove("unit");
    if (unit == null) {
      return reading;
    }
    for (PositionUnit each : PositionUnit.values()) {
      if (each.label().equals(unit.asString())) {
        return new SpanReading(each);
      }
    }
    throw new RowFault("unit = %s is none of code_points, utf16, bytes".formatted(unit));
  }

  /// Takes the id out of the fields.
  static String id(ObjectNode fields) throws RowFault {
    JsonNode id = fields.remove("id");
    if (id == null || id.isNull()) {
      return "";
    }
    if (!id.isString() && !id.isIntegralNumber()) {
      throw new RowFault(
          "id = %s is no text and no number".formatted(SpanReading.brief(id.toString())));
    }
    return id.asString();
  }

  @Override
  public void write(AnnotatedItem item, PositionUnit unit, Consumer<ObjectNode> rows, Lost lost) {
    ObjectNode row = JsonMapper.shared().createObjectNode();
    if (!item.id().isEmpty()) {
      row.put("id", item.id());
    }
    row.setAll(item.fields());
    if (unit != PositionUnit.CODE_POINTS) {
      row.put("unit", unit.label());
    }
    ArrayNode answers = row.putArray("answers");
    for (AnnotatedItem.Given given : item.given()) {
      ObjectNode answer = answers.addObject();
      if (given.predicted() || !given.by().isEmpty()) {
        answer.put(given.predicted() ? "model" : "by", given.by());
      }
      if (!Double.isNaN(given.probability())) {
        answer.put("probability", given.probability());
      }
      answer.setAll(AnswerJson.write(given.answer(), item.text(), unit));
    }
    rows.accept(row);
  }
}
