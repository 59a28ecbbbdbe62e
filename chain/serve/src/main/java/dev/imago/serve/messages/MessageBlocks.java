package dev.imago.serve.messages;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The blocks of Anthropic's messages, read as OpenAI's messages: what tools gave stands in blocks
/// of the user here, and in messages of their own there.
final class MessageBlocks {
  private static final JsonMapper JSON = JsonMapper.shared();

  private MessageBlocks() {}

  /// Reads a message.
  ///
  /// @param to where the chat's messages go
  static void read(JsonFields message, ArrayNode to) {
    message.refuseOthers(Set.of("role", "content"));
    String role = message.requiredString("role");
    switch (role) {
      case "user" -> user(message, to);
      case "assistant" -> assistant(message, to);
      case "system" ->
          throw ApiException.invalid(
              message.path("role"),
              message.path("role") + " = «system» is the field system of the request");
      default ->
          throw ApiException.invalid(
              message.path("role"),
              "%s = «%s» is neither user nor assistant".formatted(message.path("role"), role));
    }
  }

  /// A text: a string, or a list of blocks of text.
  static String text(JsonFields of, String field) {
    JsonNode content = of.get(field);
    if (content == null || !content.isArray()) {
      return of.requiredString(field);
    }
    var text = new StringBuilder();
    if (!content.isEmpty()) { // an empty list is a text of nothing
      for (JsonFields block : of.requiredObjects(field)) {
        String type = block.requiredString("type");
        if (!type.equals("text")) {
          throw unread(block, type);
        }
        text.append(block.requiredString("text"));
      }
    }
    return text.toString();
  }

  private static ApiException unread(JsonFields block, String type) {
    return ApiException.invalid(
        block.path("type"),
        "unsupported_parameter",
        "%s = «%s»: this model reads text only; send blocks of type text"
            .formatted(block.path("type"), type));
  }

  private static void user(JsonFields message, ArrayNode to) {
    JsonNode content = message.get("content");
    if (content == null || !content.isArray()) {
      to.addObject().put("role", "user").put("content", message.requiredString("content"));
      return;
    }
    var text = new StringBuilder();
    boolean said = false;
    for (JsonFields block : message.requiredObjects("content")) {
      String type = block.requiredString("type");
      switch (type) {
        case "text" -> {
          text.append(block.requiredString("text"));
          said = true;
        }
        case "tool_result" -> {
          block.bool("is_error");
          to.addObject()
              .put("role", "tool")
              .put("tool_call_id", block.requiredString("tool_use_id"))
              .put("content", block.has("content") ? text(block, "content") : "");
        }
        default -> throw unread(block, type);
      }
    }
    if (said) {
      to.addObject().put("role", "user").put("content", text.toString());
    }
  }

  private static void assistant(JsonFields message, ArrayNode to) {
    ObjectNode said = to.addObject().put("role", "assistant");
    JsonNode content = message.get("content");
    if (content == null || !content.isArray()) {
      said.put("content", message.requiredString("content"));
      return;
    }
    var text = new StringBuilder();
    var thoughts = new StringBuilder();
    ArrayNode calls = JSON.createArrayNode();
    for (JsonFields block : message.requiredObjects("content")) {
      String type = block.requiredString("type");
      switch (type) {
        case "text" -> text.append(block.requiredString("text"));
        case "thinking" -> thoughts.append(block.requiredString("thinking"));
        case "tool_use" -> {
          ObjectNode call = calls.addObject().put("id", block.requiredString("id"));
          JsonNode input =
              block.object("input").map(JsonFields::json).orElseGet(JSON::createObjectNode);
          call.put("type", "function")
              .putObject("function")
              .put("name", block.requiredString("name"))
              .put("arguments", input.toString());
        }
        default -> throw unread(block, type);
      }
    }
    said.put("content", text.toString());
    if (!thoughts.isEmpty()) {
      said.put("reasoning_content", thoughts.toString());
    }
    if (!calls.isEmpty()) {
      said.set("tool_calls", calls);
    }
  }
}
