package dev.imago.serve.messages;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.fields.RenamedFields;
import dev.imago.serve.fields.RouteFields;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A request in Anthropic's form, read as a chat in OpenAI's.
final class MessagesRequest {
  static final String PATH = "/v1/messages";
  static final String COUNT = PATH + "/count_tokens";

  private static final JsonMapper JSON = JsonMapper.shared();

  static final RouteFields FIELDS =
      RouteFields.of(PATH)
          .honoured(
              "model",
              "messages",
              "max_tokens",
              "system",
              "stop_sequences",
              "stream",
              "temperature",
              "top_p",
              "top_k",
              "tools",
              "tool_choice",
              "thinking",
              "output_config",
              "metadata")
          .accepted("service_tier", "cache_control", "inference_geo")
          .refused("container", "")
          .refused("context_management", "")
          .refused("mcp_servers", "send the tools themselves", "[]")
          .refused("betas", "", "[]")
          .refused("output_format", "set output_config.format");

  static final RouteFields COUNTED =
      RouteFields.of(COUNT)
          .honoured("model", "messages", "system", "tools", "tool_choice", "thinking")
          .accepted("cache_control", "output_config")
          .refused("context_management", "")
          .refused("mcp_servers", "send the tools themselves", "[]");

  /// What a chat's fields are called here.
  static final RenamedFields NAMES =
      new RenamedFields(
          Map.of(
              "max_completion_tokens", "max_tokens",
              "stop", "stop_sequences",
              "reasoning_budget", "thinking.budget_tokens",
              "think", "thinking.type",
              "response_format", "output_config.format",
              "reasoning_effort", "output_config.effort"));

  private MessagesRequest() {}

  /// The chat that a request asks for.
  ///
  /// @param answered whether an answer is wanted, and not the count of its prompt's tokens alone
  /// @throws ApiException naming the field that cannot be
  static JsonFields chat(JsonFields fields, boolean answered) {
    (answered ? FIELDS : COUNTED).check(fields);
    ObjectNode chat = JSON.createObjectNode();
    fields.string("model").ifPresent(model -> chat.put("model", model));
    if (answered) {
      long most =
          fields
              .integer("max_tokens", 1, Integer.MAX_VALUE)
              .orElseThrow(
                  () ->
                      ApiException.invalid(
                          "max_tokens", "max_tokens is missing; it is the longest answer"));
      chat.put("max_completion_tokens", most);
      chat.put("stream", fields.bool("stream"));
      fields.number("temperature", 0, 1).ifPresent(t -> chat.put("temperature", t));
      for (String same : List.of("top_p", "top_k")) {
        if (fields.has(same)) {
          chat.set(same, fields.get(same));
        }
      }
      if (fields.has("stop_sequences")) {
        chat.set("stop", fields.get("stop_sequences"));
      }
      fields.object("output_config").ifPresent(config -> outputConfig(config, chat));
      fields
          .object("metadata")
          .flatMap(metadata -> metadata.string("user_id"))
          .ifPresent(user -> chat.put("user", user));
    }
    ArrayNode messages = chat.putArray("messages");
    if (fields.has("system")) {
      messages
          .addObject()
          .put("role", "system")
          .put("content", MessageBlocks.text(fields, "system"));
    }
    for (JsonFields message : fields.requiredObjects("messages")) {
      MessageBlocks.read(message, messages);
    }
    if (messages.get(messages.size() - 1).path("role").asString("").equals("assistant")) {
      throw ApiException.invalid(
          "messages",
          "unsupported_parameter",
          "the last of messages is the assistant's, and answers here begin anew: end with a message"
              + " of the user");
    }
    tools(fields, chat);
    fields.object("thinking").ifPresent(thinking -> thinking(thinking, chat));
    return JsonFields.of(chat);
  }

  private static void outputConfig(JsonFields config, ObjectNode chat) {
    config.refuseOthers(Set.of("effort", "format"));
    config
        .string("effort")
        .ifPresent(effort -> chat.put("reasoning_effort", effort.equals("max") ? "xhigh" : effort));
    config
        .object("format")
        .ifPresent(
            format -> {
              format.refuseOthers(Set.of("type", "schema"));
              if (!format.requiredString("type").equals("json_schema") || !format.has("schema")) {
                throw ApiException.invalid(
                    format.path("type"),
                    format.path("type") + " is json_schema, with a schema beside it");
              }
              ObjectNode to = chat.putObject("response_format").put("type", "json_schema");
              to.putObject("json_schema").put("name", "format").set("schema", format.get("schema"));
            });
  }

  private static void tools(JsonFields fields, ObjectNode chat) {
    if (fields.get("tools") instanceof JsonNode given && !(given.isArray() && given.isEmpty())) {
      ArrayNode tools = chat.putArray("tools");
      for (JsonFields tool : fields.requiredObjects("tools")) {
        String type = tool.string("type").orElse("custom");
        if (!type.equals("custom")) {
          throw ApiException.invalid(
              tool.path("type"),
              "unsupported_parameter",
              "%s = «%s» is a tool of Anthropic's own; send tools with an input_schema"
                  .formatted(tool.path("type"), type));
        }
        tool.refuseOthers(
            Set.of("type", "name", "description", "input_schema", "cache_control", "strict"));
        ObjectNode function = tools.addObject().put("type", "function").putObject("function");
        function.put("name", tool.requiredString("name"));
        tool.string("description").ifPresent(d -> function.put("description", d));
        if (tool.bool("strict")) {
          function.put("strict", true);
        }
        tool.object("input_schema").ifPresent(s -> function.set("parameters", s.json()));
      }
    }
    fields.object("tool_choice").ifPresent(choice -> toolChoice(choice, chat));
  }

  private static void toolChoice(JsonFields choice, ObjectNode chat) {
    choice.refuseOthers(Set.of("type", "name", "disable_parallel_tool_use"));
    String type = choice.requiredString("type");
    switch (type) {
      case "auto", "none" -> chat.put("tool_choice", type);
      case "any" -> chat.put("tool_choice", "required");
      case "tool" -> {
        ObjectNode named = chat.putObject("tool_choice").put("type", "function");
        named.putObject("function").put("name", choice.requiredString("name"));
      }
      default ->
          throw ApiException.invalid(
              choice.path("type"),
              "%s = «%s» is none of auto, any, tool, none".formatted(choice.path("type"), type));
    }
    if (choice.bool("disable_parallel_tool_use")) {
      chat.put("parallel_tool_calls", false);
    }
  }

  private static void thinking(JsonFields thinking, ObjectNode chat) {
    thinking.refuseOthers(Set.of("type", "budget_tokens", "display"));
    String type = thinking.requiredString("type");
    switch (type) {
      case "enabled" -> {
        chat.put("think", true);
        thinking
            .integer("budget_tokens", 1, Integer.MAX_VALUE)
            .ifPresent(most -> chat.put("reasoning_budget", most));
      }
      case "adaptive" -> {} // as the model likes, which is what a model does that is told nothing
      case "disabled" -> chat.put("think", false);
      default ->
          throw ApiException.invalid(
              thinking.path("type"),
              "%s = «%s» is none of enabled, adaptive, disabled"
                  .formatted(thinking.path("type"), type));
    }
    String display = thinking.string("display").orElse("summarized");
    switch (display) {
      case "summarized" -> {}
      case "omitted" -> chat.put("include_reasoning", false);
      default ->
          throw ApiException.invalid(
              thinking.path("display"),
              "%s = «%s» is neither summarized nor omitted"
                  .formatted(thinking.path("display"), display));
    }
  }
}
