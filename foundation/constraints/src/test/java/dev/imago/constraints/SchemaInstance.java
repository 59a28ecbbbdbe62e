package dev.imago.constraints;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whether a value can be written under a grammar: properties in some order, numbers as plain
/// decimals.
final class SchemaInstance {
  private static final int MOST_ORDERS = 5000;

  private SchemaInstance() {}

  static boolean writable(Grammar grammar, JsonNode value) {
    for (String text : texts(value)) {
      if (grammar.matches(text)) {
        return true;
      }
    }
    return false;
  }

  /// The value in all orders of its properties.
  private static List<String> texts(JsonNode value) {
    if (value.isNumber()) {
      String plain = value.decimalValue().toPlainString();
      return List.of(
          plain.contains(".") ? value.decimalValue().stripTrailingZeros().toPlainString() : plain);
    }
    if (value.isArray()) {
      List<String> all = List.of("");
      for (JsonNode item : value) {
        List<String> longer = new ArrayList<>();
        for (String head : all) {
          texts(item).forEach(t -> longer.add(head.isEmpty() ? t : head + "," + t));
        }
        all = longer;
      }
      return all.stream().map(t -> "[" + t + "]").toList();
    }
    if (value.isObject()) {
      List<String> all = new ArrayList<>();
      orders(List.copyOf(value.properties()), "", all);
      return all.stream().map(t -> "{" + t + "}").toList();
    }
    return List.of(JsonMapper.shared().writeValueAsString(value));
  }

  private static void orders(List<Map.Entry<String, JsonNode>> left, String head, List<String> to) {
    if (to.size() > MOST_ORDERS) {
      return;
    }
    if (left.isEmpty()) {
      to.add(head);
    }
    for (Map.Entry<String, JsonNode> entry : left) {
      List<Map.Entry<String, JsonNode>> rest = new ArrayList<>(left);
      rest.remove(entry);
      String key = JsonMapper.shared().writeValueAsString(entry.getKey());
      for (String text : texts(entry.getValue())) {
        orders(rest, (head.isEmpty() ? "" : head + ",") + key + ":" + text, to);
      }
    }
  }
}
