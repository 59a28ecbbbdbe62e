package dev.imago.serve.responses;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The items of a response's input: checked and in one shape, each with an id; and the messages of
/// a chat that they are.
final class InputItems {
  private static final JsonMapper JSON = JsonMapper.shared();

  private InputItems() {}

  /// Reads `input`.
  ///
  /// @param newId makes an id from its prefix
  static List<ObjectNode> read(JsonFields fields, UnaryOperator<String> newId) {
    JsonNode input = fields.get("input");
    if (input == null || !input.isArray()) {
      String text =
          fields
              .string("input")
              .orElseThrow(
                  () ->
                      ApiException.invalid(
                          "input", "input is missing; it is a text or a list of items"));
      return List.of(message(newId.apply("msg_"), "user", List.of(text)));
    }
    var items = new ArrayList<ObjectNode>();
    for (JsonFields item : fields.requiredObjects("input")) {
      items.add(item(item, newId));
    }
    return items;
  }

  private static ObjectNode item(JsonFields item, UnaryOperator<String> newId) {
    String type = item.string("type").orElse("message");
    return switch (type) {
      case "message" -> message(item, newId);
      case "function_call" -> call(item, newId);
      case "function_call_output" -> output(item, newId);
      case "reasoning" -> reasoning(item, newId);
      default ->
          throw ApiException.invalid(
              item.path("type"),
              "unsupported_parameter",
              "%s = «%s» is none of message, function_call, function_call_output, reasoning, which are what this server reads"
                  .formatted(item.path("type"), type));
    };
  }

  private static ObjectNode message(JsonFields item, UnaryOperator<String> newId) {
    item.refuseOthers(Set.of("type", "id", "role", "content", "status", "phase"));
    String role = item.requiredString("role");
    if (!Set.of("user", "assistant", "system", "developer").contains(role)) {
      throw ApiException.invalid(
          item.path("role"),
          "%s = «%s» is none of user, assistant, system, developer"
              .formatted(item.path("role"), role));
    }
    var texts = new ArrayList<String>();
    JsonNode content = item.get("content");
    if (content != null && content.isArray()) {
      for (JsonFields part : item.requiredObjects("content")) {
        String type = part.requiredString("type");
        switch (type) {
          case "input_text", "output_text", "text" -> texts.add(part.requiredString("text"));
          case "refusal" -> texts.add(part.requiredString("refusal"));
          default ->
              throw ApiException.invalid(
                  part.path("type"),
                  "unsupported_parameter",
                  "%s = «%s»: this model reads text only; send parts of type input_text"
                      .formatted(part.path("type"), type));
        }
      }
    } else {
      texts.add(item.requiredString("content"));
    }
    return message(item.string("id").orElseGet(() -> newId.apply("msg_")), role, texts);
  }

  private static ObjectNode message(String id, String role, List<String> texts) {
    ObjectNode message = JSON.createObjectNode().put("id", id).put("type", "message");
    message.put("status", "completed").put("role", role);
    ArrayNode content = message.putArray("content");
    boolean said = role.equals("assistant");
    for (String text : texts) {
      ObjectNode part = content.addObject();
      part.put("type", said ? "output_text" : "input_text").put("text", text);
      if (said) {
        part.putArray("annotations");
        part.putArray("logprobs");
      }
    }
    return message;
  }

  private static ObjectNode call(JsonFields item, UnaryOperator<String> newId) {
    return JSON.createObjectNode()
        .put("id", item.string("id").orElseGet(() -> newId.apply("fc_")))
        .put("type", "function_call")
        .put("status", "completed")
        .put("call_id", item.requiredString("call_id"))
        .put("name", item.requiredString("name"))
        .put("arguments", item.requiredString("arguments"));
  }

  private static ObjectNode output(JsonFields item, UnaryOperator<String> newId) {
    var text = new StringBuilder();
    JsonNode output = item.get("output");
    if (output != null && output.isArray()) {
      for (JsonFields part : item.requiredObjects("output")) {
        String type = part.requiredString("type");
        if (!type.equals("input_text")) {
          throw ApiException.invalid(
              part.path("type"),
              "unsupported_parameter",
              "%s = «%s»: this model reads text only; send parts of type input_text"
                  .formatted(part.path("type"), type));
        }
        text.append(part.requiredString("text"));
      }
    } else {
      text.append(item.requiredString("output"));
    }
    return JSON.createObjectNode()
        .put("id", item.string("id").orElseGet(() -> newId.apply("fco_")))
        .put("type", "function_call_output")
        .put("status", "completed")
        .put("call_id", item.requiredString("call_id"))
        .put("output", text.toString());
  }

  private static ObjectNode reasoning(JsonFields item, UnaryOperator<String> newId) {
    if (item.has("encrypted_content")) {
      throw ApiException.invalid(
          item.path("encrypted_content"),
          "unsupported_parameter",
          item.path("encrypted_content") + ": thoughts are not encrypted here; send their content");
    }
    ObjectNode reasoning =
        JSON.createObjectNode()
            .put("id", item.string("id").orElseGet(() -> newId.apply("rs_")))
            .put("type", "reasoning")
            .put("status", "completed");
    reasoning.putArray("summary");
    ArrayNode content = reasoning.putArray("content");
    if (item.get("content") instanceof JsonNode given && !(given.isArray() && given.isEmpty())) {
      for (JsonFields part : item.requiredObjects("content")) {
        content.addObject().put("type", "reasoning_text").put("text", part.requiredString("text"));
      }
    }
    return reasoning;
  }

  /// The chat's messages that items are: an assistant's thoughts, words and calls are one message
  /// there.
  static ArrayNode messages(List<ObjectNode> items) {
    ArrayNode messages = JSON.createArrayNode();
    var thoughts = new StringBuilder();
    for (ObjectNode item : items) {
      switch (item.path("type").asString("")) {
        case "reasoning" -> thoughts.append(texts(item));
        case "function_call" -> {
          ObjectNode said = assistant(messages, thoughts);
          JsonNode calls = said.path("tool_calls");
          ArrayNode to = calls instanceof ArrayNode list ? list : said.putArray("tool_calls");
          to.addObject()
              .put("id", item.path("call_id").asString(""))
              .put("type", "function")
              .putObject("function")
              .put("name", item.path("name").asString(""))
              .put("arguments", item.path("arguments").asString(""));
        }
        case "function_call_output" ->
            messages
                .addObject()
                .put("role", "tool")
                .put("tool_call_id", item.path("call_id").asString(""))
                .put("content", item.path("output").asString(""));
        default -> {
          String role = item.path("role").asString("");
          ObjectNode said = messages.addObject().put("role", role).put("content", texts(item));
          if (role.equals("assistant") && !thoughts.isEmpty()) {
            said.put("reasoning_content", thoughts.toString());
            thoughts.setLength(0);
          }
        }
      }
    }
    return messages;
  }

  /// The assistant's message that calls belong to: the last one, or a new one without words.
  private static ObjectNode assistant(ArrayNode messages, StringBuilder thoughts) {
    if (!messages.isEmpty()
        && thoughts.isEmpty()
        && messages.get(messages.size() - 1) instanceof ObjectNode last
        && last.path("role").asString("").equals("assistant")) {
      return last;
    }
    ObjectNode said = messages.addObject().put("role", "assistant").put("content", "");
    if (!thoughts.isEmpty()) {
      said.put("reasoning_content", thoughts.toString());
      thoughts.setLength(0);
    }
    return said;
  }

  private static String texts(ObjectNode item) {
    var text = new StringBuilder();
    item.path("content").forEach(part -> text.append(part.path("text").asString("")));
    return text.toString();
  }
}
