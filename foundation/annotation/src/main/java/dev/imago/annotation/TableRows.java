package dev.imago.annotation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The columns of a CSV: `id`, `text`, `by`, `label` (several as a JSON list), `spans` and
/// `relations` (JSON), `answer` (what was written), `model`, `probability`, and `fields`: a JSON
/// object of what else the item has. Other columns of a file that is read become fields. An item of
/// several answers has as many rows.
final class TableRows implements LabelForm {
  static final List<String> COLUMNS =
      List.of(
          "id",
          "text",
          "by",
          "label",
          "spans",
          "relations",
          "answer",
          "model",
          "probability",
          "fields");
  private static final Set<String> OURS =
      Set.of("by", "label", "spans", "relations", "answer", "model", "probability", "fields");

  @Override
  public AnnotatedItem read(JsonNode row, SpanReading reading, Lost lost) throws RowFault {
    ObjectNode cells = (ObjectNode) row;
    ObjectNode fields = JsonMapper.shared().createObjectNode();
    for (Map.Entry<String, JsonNode> cell : cells.properties()) {
      if (!OURS.contains(cell.getKey())) {
        fields.set(cell.getKey(), cell.getValue());
      }
    }
    String id = ItemRows.id(fields);
    if (!cell(cells, "fields").isEmpty()) {
      JsonNode more = json(cell(cells, "fields"), "fields");
      if (!more.isObject()) {
        throw new RowFault("the column fields holds no JSON object");
      }
      fields.setAll((ObjectNode) more);
    }
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    String label = cell(cells, "label");
    if (!label.isEmpty()) {
      JsonNode several = label.startsWith("[") ? json(label, "label") : null;
      answer.set("labels", several != null ? several : strings(label));
    }
    for (String part : List.of("spans", "relations")) {
      if (!cell(cells, part).isEmpty()) {
        answer.set(part, json(cell(cells, part), part));
      }
    }
    answer.put("text", cell(cells, "answer"));
    var bare = new AnnotatedItem(id, fields, List.of());
    LabelAnswer read = AnswerJson.read(answer, bare.text(), reading);
    String model = cell(cells, "model");
    String by = cell(cells, "by");
    return read.isEmpty() && by.isEmpty() && model.isEmpty()
        ? bare
        : new AnnotatedItem(
            id,
            fields,
            List.of(
                new AnnotatedItem.Given(
                    model.isEmpty() ? by : model,
                    !model.isEmpty(),
                    number(cell(cells, "probability")),
                    read)));
  }

  private static ArrayNode strings(String label) {
    return JsonMapper.shared().createArrayNode().add(label);
  }

  private static double number(String cell) throws RowFault {
    try {
      return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      throw new RowFault("probability = «%s» is no number".formatted(SpanReading.brief(cell)));
    }
  }

  private static String cell(ObjectNode cells, String name) {
    JsonNode cell = cells.get(name);
    return cell == null ? "" : cell.asString();
  }

  private static JsonNode json(String text, String column) throws RowFault {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      throw new RowFault(
          "the column %s holds no JSON: %s".formatted(column, SpanReading.brief(text)));
    }
  }

  @Override
  public void write(AnnotatedItem item, PositionUnit unit, Consumer<ObjectNode> rows, Lost lost) {
    var all = new ArrayList<AnnotatedItem.Given>(item.given());
    if (all.isEmpty()) {
      all.add(AnnotatedItem.Given.by("", LabelAnswer.NONE));
    }
    for (AnnotatedItem.Given given : all) {
      ObjectNode row = JsonMapper.shared().createObjectNode();
      LabelAnswer answer = given.answer();
      COLUMNS.forEach(column -> row.put(column, ""));
      row.put("id", item.id());
      row.put("text", item.text());
      row.put(given.predicted() ? "model" : "by", given.by());
      row.put("answer", answer.text());
      if (!Double.isNaN(given.probability())) {
        row.put("probability", Double.toString(given.probability()));
      }
      List<String> labels = answer.labels();
      if (labels.size() == 1
          && !labels.getFirst().startsWith("[")
          && !labels.getFirst().isEmpty()) {
        row.put("label", labels.getFirst());
      } else if (!labels.isEmpty()) {
        row.put("label", JsonMapper.shared().writeValueAsString(labels));
      }
      if (!answer.spans().isEmpty()) {
        row.put("spans", AnswerJson.spans(answer, item.text(), unit).toString());
      }
      if (!answer.relations().isEmpty()) {
        row.put("relations", AnswerJson.relations(answer).toString());
      }
      Set<String> others = new LinkedHashSet<>(item.fields().propertyNames());
      others.remove(AnnotatedItem.TEXT);
      if (!others.isEmpty()) {
        ObjectNode more = item.fields().deepCopy();
        more.remove(AnnotatedItem.TEXT);
        row.put("fields", more.toString());
      }
      rows.accept(row);
    }
  }

  /// A row as RFC 4180 has it.
  static String line(ObjectNode row) {
    var line = new StringBuilder();
    for (String column : COLUMNS) {
      String cell = row.path(column).asString("");
      boolean quoted =
          cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
              || !cell.strip().equals(cell);
      line.append(line.isEmpty() ? "" : ",")
          .append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    return line.append('\n').toString();
  }
}
