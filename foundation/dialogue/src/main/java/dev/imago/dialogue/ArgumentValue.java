package dev.imago.dialogue;

import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An argument that stands as plain text between tags, as the JSON that its schema wants.
final class ArgumentValue {
  private static final JsonMapper JSON = JsonMapper.shared();

  private ArgumentValue() {}

  /// `"key": value`.
  ///
  /// @param types that the schema allows; empty where it does not say
  static String member(String key, String text, Set<String> types) {
    return JSON.writeValueAsString(key) + ": " + value(trimmed(text), types);
  }

  /// The line's ends next to the tags are the form's.
  private static String trimmed(String text) {
    String value = text.startsWith("\n") ? text.substring(1) : text;
    return value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
  }

  private static String value(String text, Set<String> types) {
    if (types.equals(Set.of("string"))) {
      return JSON.writeValueAsString(text);
    }
    // Templates write what is no text as Python or as JSON shows it.
    String json =
        switch (text.strip()) {
          case "True" -> "true";
          case "False" -> "false";
          case "None" -> "null";
          default -> text.strip();
        };
    if (isJson(json, types)) {
      return json;
    }
    // Python's lists and dicts where the schema has some, else a text.
    boolean nested = types.contains("array") || types.contains("object");
    String literal = nested ? PythonLiteral.json(json) : "";
    return !literal.isEmpty() && isJson(literal, types) ? literal : JSON.writeValueAsString(text);
  }

  private static boolean isJson(String json, Set<String> types) {
    try {
      JsonNode node = JSON.readTree(json);
      return !node.isMissingNode() && (types.isEmpty() || fits(node, types));
    } catch (JacksonException e) {
      return false; // such as a number of more than a thousand digits
    }
  }

  private static boolean fits(JsonNode node, Set<String> types) {
    return switch (node.getNodeType()) {
      case STRING -> false; // a text in quotes is a text that has quotes
      case BOOLEAN -> types.contains("boolean");
      case NUMBER ->
          types.contains("number") || types.contains("integer") && node.isIntegralNumber();
      case NULL -> types.contains("null");
      case OBJECT -> types.contains("object");
      case ARRAY -> types.contains("array");
      case BINARY, MISSING, POJO -> false;
    };
  }
}
