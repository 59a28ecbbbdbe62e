package dev.imago.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads tools and calls of them as rows have them, into the one form that OpenAI's API and chat
/// templates share: `{"type": "function", "function": {…}}`.
final class ToolFunctions {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

  private ToolFunctions() {}

  /// What may be called: functions, each by itself or in its wrapping; none where the value holds
  /// anything else.
  static List<Map<String, Object>> offered(JsonNode value) {
    var tools = new ArrayList<Map<String, Object>>();
    for (JsonNode each : listed(Turns.unwrapped(value))) {
      JsonNode function = each.has("function") ? each.path("function") : each;
      if (!(function instanceof ObjectNode named) || !named.path("name").isString()) {
        return List.of();
      }
      tools.add(wrapped(named, ""));
    }
    return tools;
  }

  /// What was called, with its arguments as an object; none where the value holds anything else.
  static List<Map<String, Object>> called(JsonNode value) {
    var calls = new ArrayList<Map<String, Object>>();
    for (JsonNode each : listed(value)) {
      JsonNode function = each.has("function") ? each.path("function") : each;
      if (!(function instanceof ObjectNode named) || !named.path("name").isString()) {
        return List.of();
      }
      var call = JSON.createObjectNode();
      call.set("name", named.path("name"));
      JsonNode arguments =
          object(named.has("arguments") ? named.path("arguments") : named.path("parameters"));
      if (!arguments.isObject()) {
        return List.of();
      }
      call.set("arguments", arguments);
      calls.add(wrapped(call, each.path("id").asString("")));
    }
    return calls;
  }

  /// The calls that a turn of ShareGPT's `function_call` writes as a text; none where it is no JSON
  /// of them.
  static List<Map<String, Object>> called(String text) {
    try {
      return called(JSON.readTree(text));
    } catch (JacksonException e) {
      return List.of(); // A text that calls in another way.
    }
  }

  /// Arguments may be JSON in a string; none are an empty object.
  private static JsonNode object(JsonNode arguments) {
    if (arguments.isMissingNode() || arguments.isNull()) {
      return JSON.createObjectNode();
    }
    if (!arguments.isString()) {
      return arguments;
    }
    try {
      String text = arguments.stringValue();
      return text.isBlank() ? JSON.createObjectNode() : JSON.readTree(text);
    } catch (JacksonException e) {
      return arguments;
    }
  }

  private static Iterable<JsonNode> listed(JsonNode value) {
    return value.isObject() ? List.of(value) : value;
  }

  private static Map<String, Object> wrapped(ObjectNode function, String id) {
    var one = new LinkedHashMap<String, Object>();
    if (!id.isEmpty()) {
      one.put("id", id);
    }
    one.put("type", "function");
    one.put("function", JSON.convertValue(function, MAP));
    return one;
  }
}
