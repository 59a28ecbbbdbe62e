package dev.imago.serve.completions;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Whether an answer calls tools.
sealed interface ToolChoice {
  /// It may not.
  record None() implements ToolChoice {}

  /// It may.
  record Auto() implements ToolChoice {}

  /// It must, whichever it likes.
  record Required() implements ToolChoice {}

  /// It must call this one.
  record Named(String name) implements ToolChoice {}

  /// Reads `tool_choice`.
  ///
  /// @param offered the names of the request's tools
  /// @throws ApiException for a choice that there is not
  static ToolChoice read(JsonFields fields, Set<String> offered) {
    JsonNode choice = fields.get("tool_choice");
    if (choice == null) {
      return offered.isEmpty() ? new None() : new Auto();
    }
    if (choice.isString()) {
      return switch (choice.stringValue()) {
        case "none" -> new None();
        case "auto" -> offered.isEmpty() ? new None() : new Auto();
        case "required", "any" -> {
          if (offered.isEmpty()) {
            throw ApiException.invalid(
                "tool_choice",
                "tool_choice = %s, and there are no tools to call: send tools".formatted(choice));
          }
          yield new Required();
        }
        default -> throw wrong(choice);
      };
    }
    if (!choice.isObject()) {
      throw wrong(choice);
    }
    String name = choice.path("function").path("name").asString("");
    if (!choice.path("type").asString("function").equals("function") || name.isEmpty()) {
      throw wrong(choice);
    }
    if (!offered.contains(name)) {
      throw ApiException.invalid(
          "tool_choice",
          "tool_choice names «%s», which is none of the tools %s".formatted(name, offered));
    }
    return new Named(name);
  }

  private static ApiException wrong(JsonNode choice) {
    return ApiException.invalid(
        "tool_choice",
        "tool_choice = %s is none of \"none\", \"auto\", \"required\", {\"type\": \"function\", \"function\": {\"name\": …}}"
            .formatted(choice.toString().length() > 60 ? "…" : choice.toString()));
  }
}
