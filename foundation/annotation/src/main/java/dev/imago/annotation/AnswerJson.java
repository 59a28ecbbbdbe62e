package dev.imago.annotation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An answer as JSON: `labels`, `spans` with `from`, `to`, `label` and the `text` they read,
/// `relations` with `head`, `tail` and `label`, and `text`. Parts that are empty are left out.
public final class AnswerJson {
  private AnswerJson() {}

  /// @param text in which spans lie
  public static ObjectNode write(LabelAnswer answer, String text, PositionUnit unit) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    if (!answer.labels().isEmpty()) {
      answer.labels().forEach(node.putArray("labels")::add);
    }
    if (!answer.spans().isEmpty()) {
      node.set("spans", spans(answer, text, unit));
    }
    if (!answer.relations().isEmpty()) {
      node.set("relations", relations(answer));
    }
    if (!answer.text().isEmpty()) {
      node.put("text", answer.text());
    }
    return node;
  }

  static ArrayNode spans(LabelAnswer answer, String text, PositionUnit unit) {
    ArrayNode spans = JsonMapper.shared().createArrayNode();
    if (answer.spans().isEmpty()) {
      return spans;
    }
    var positions = new Positions(text);
    for (MarkedSpan span : answer.spans()) {
      int from = positions.in(unit, span.from());
      int to = positions.in(unit, span.to());
      String surface = positions.cut(span.from(), span.to());
      if (!positions.cut(from, to, unit).equals(surface)) {
        throw new IllegalStateException(
            "%d … %d in %s does not read «%s»".formatted(from, to, unit.label(), surface));
      }
      spans
          .addObject()
          .put("from", from)
          .put("to", to)
          .put("label", span.label())
          .put("text", surface);
    }
    return spans;
  }

  static ArrayNode relations(LabelAnswer answer) {
    ArrayNode relations = JsonMapper.shared().createArrayNode();
    for (MarkedSpan.Relation relation : answer.relations()) {
      relations
          .addObject()
          .put("head", relation.head())
          .put("tail", relation.tail())
          .put("label", relation.label());
    }
    return relations;
  }

  /// @param text in which spans lie
  /// @throws IllegalArgumentException with a reason in plain words, where it is no answer or a span
  ///   is not within the text or reads otherwise than it says
  public static LabelAnswer parse(JsonNode node, String text, PositionUnit unit) {
    try {
      return read(node, text, new SpanReading(unit));
    } catch (RowFault e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  static LabelAnswer read(JsonNode node, String text, SpanReading reading) throws RowFault {
    if (!node.isObject()) {
      throw new RowFault(
          "an answer is an object with labels, spans or text, not "
              + SpanReading.brief(node.toString()));
    }
    List<SpanReading.Raw> raw = new ArrayList<>();
    for (JsonNode span : list(node, "spans")) {
      raw.add(
          new SpanReading.Raw(
              whole(span, "from"), whole(span, "to"), text(span, "label"), maybe(span, "text")));
    }
    List<MarkedSpan> spans = reading.spans(text, raw);
    List<MarkedSpan.Relation> relations = new ArrayList<>();
    for (JsonNode relation : list(node, "relations")) {
      relations.add(
          new MarkedSpan.Relation(
              whole(relation, "head"), whole(relation, "tail"), text(relation, "label")));
    }
    String written = maybe(node, "text");
    try {
      return new LabelAnswer(
          strings(node.get("labels"), "labels"), spans, relations, written == null ? "" : written);
    } catch (IllegalArgumentException e) {
      throw new RowFault(String.valueOf(e.getMessage()));
    }
  }

  static JsonNode list(JsonNode node, String name) throws RowFault {
    JsonNode list = node.get(name);
    if (list == null || list.isNull()) {
      return JsonMapper.shared().createArrayNode();
    }
    if (!list.isArray()) {
      throw new RowFault("%s is no list: %s".formatted(name, SpanReading.brief(list.toString())));
    }
    return list;
  }

  static List<String> strings(@Nullable JsonNode node, String name) throws RowFault {
    var strings = new ArrayList<String>();
    if (node == null || node.isNull()) {
      return strings;
    }
    for (JsonNode each : node.isArray() ? node : List.of(node)) {
      if (!each.isString() && !each.isNumber()) {
        throw new RowFault(
            "%s has %s, which is no text".formatted(name, SpanReading.brief(each.toString())));
      }
      strings.add(each.asString());
    }
    return strings;
  }

  static int whole(JsonNode node, String name) throws RowFault {
    JsonNode value = node.get(name);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new RowFault("%s = %s is no whole number".formatted(name, value));
    }
    return value.intValue();
  }

  static String text(JsonNode node, String name) throws RowFault {
    JsonNode value = node.get(name);
    if (value == null || !value.isString()) {
      throw new RowFault("%s = %s is no text".formatted(name, value));
    }
    return value.stringValue();
  }

  static @Nullable String maybe(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value != null && value.isString() ? value.stringValue() : null;
  }
}
