package dev.imago.annotation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Our own form: `id`, the item's fields, `unit`, and `answers`, each with `by`, `model`,
/// `probability` and what [AnswerJson] writes. Where `answers` are texts to be compared, what was
/// answered is `given`.
final class ItemRows implements LabelForm {
  private static final String ANSWERS = "answers";
  private static final String GIVEN = "given";

  @Override
  public AnnotatedItem read(JsonNode row, SpanReading reading, Lost lost) throws RowFault {
    ObjectNode fields = ((ObjectNode) row).deepCopy();
    String id = id(fields);
    SpanReading of = unit(fields, reading);
    JsonNode answers = given(fields);
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

  /// Takes what was answered out of the fields. Where `answers` is a list of texts it is the item's
  /// own, to be compared, and what was answered of it stands in `given`.
  private static @Nullable JsonNode given(ObjectNode fields) throws RowFault {
    boolean compares = compares(fields);
    JsonNode answers = compares ? fields.remove(GIVEN) : fields.remove(ANSWERS);
    if (answers != null && !answers.isArray() && !answers.isNull()) {
      throw new RowFault(
          "%s is no list: %s"
              .formatted(compares ? GIVEN : ANSWERS, SpanReading.brief(answers.toString())));
    }
    return answers;
  }

  private static boolean compares(ObjectNode fields) {
    JsonNode answers = fields.path(ANSWERS);
    return !answers.isEmpty() && answers.valueStream().allMatch(JsonNode::isString);
  }

  private static SpanReading unit(ObjectNode fields, SpanReading reading) throws RowFault {
    JsonNode unit = fields.remove("unit");
    if (unit == null) {
      return reading;
    }
    for (PositionUnit each : PositionUnit.values()) {
      if (each.label().equals(unit.asString(""))) {
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
    ArrayNode answers = row.putArray(compares(item.fields()) ? GIVEN : ANSWERS);
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
