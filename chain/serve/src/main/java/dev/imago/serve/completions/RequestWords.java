package dev.imago.serve.completions;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Where people's words stand in a request, for whoever looks at them before a model does.
final class RequestWords {
  /// Of a request for an answer, in OpenAI's form.
  static final Set<String> OF_GENERATION = Set.of("messages", "prompt", "suffix");

  /// Where tokens may stand in their place.
  private static final Set<String> TOKENS = Set.of("prompt", "input");

  /// What a message has beside them.
  private static final Set<String> OTHERS =
      Set.of("role", "id", "tool_call_id", "type", "cache_control", "detail");

  private RequestWords() {}

  /// Gives what takes the place of a text.
  @FunctionalInterface
  interface Change {
    /// @param field that it is the value of
    String of(String field, String text);
  }

  /// A request whose texts are changed, or only looked at; it is a copy.
  ///
  /// @param does what this server does with them, for who sends tokens instead
  /// @throws ApiException for words that cannot be seen
  static JsonFields changed(JsonFields fields, Set<String> where, String does, Change change) {
    ObjectNode copy = (ObjectNode) fields.json().deepCopy();
    // As the request has them: what is numbered as it comes is numbered alike in every process.
    for (String field : copy.propertyNames().stream().filter(where::contains).toList()) {
      copy.set(field, words(field, copy.get(field), does, change));
    }
    return JsonFields.of(copy);
  }

  private static JsonNode words(String field, JsonNode node, String does, Change change) {
    switch (node) {
      case ObjectNode object -> {
        for (var each : object.propertyStream().toList()) {
          if (!OTHERS.contains(each.getKey())) {
            object.set(each.getKey(), words(each.getKey(), each.getValue(), does, change));
          }
        }
      }
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, words(field, array.get(i), does, change));
        }
      }
      default -> {
        if (node.isNumber() && TOKENS.contains(field)) {
          throw ApiException.invalid(
              field,
              "unsupported_parameter",
              "%s is a list of tokens, and this server %s: send text".formatted(field, does));
        }
        if (node.isString()) {
          return JsonNodeFactory.instance.stringNode(change.of(field, node.stringValue()));
        }
      }
    }
    return node;
  }

  /// Probabilities tell an answer before it was looked at.
  static void refuseLogprobs(JsonFields fields, String does) {
    if (fields.get("logprobs") instanceof JsonNode told
        && !(told.isBoolean() && !told.booleanValue())) {
      throw ApiException.invalid(
          "logprobs",
          "unsupported_parameter",
          "logprobs tell an answer token by token, and this server %s; leave it out"
              .formatted(does));
    }
  }
}
