package dev.imago.serve.completions;

import dev.imago.data.Rating;
import dev.imago.dialogue.OfferedTools;
import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A conversation as a client sent it, checked, in the shape that OpenAI's API shares with chat
/// templates; only a call's arguments differ, which are an object here and JSON in a string there.
///
/// @param messages each with `role` and `content`, a text; an assistant's may have `tool_calls`, a
///   tool's has `tool_call_id`
/// @param tools what the model may call; none where `tool_choice` forbids it
/// @param choice whether it has to
/// @param parallel whether it may make several calls in one answer
record Conversation(
    List<Map<String, Object>> messages,
    List<Map<String, Object>> tools,
    ToolChoice choice,
    boolean parallel) {
  private static final JsonMapper JSON = JsonMapper.shared();

  Conversation {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }

  /// Reads `messages`, `tools` and `tool_choice`, or refuses them with an [ApiException].
  static Conversation read(JsonFields fields) {
    List<Map<String, Object>> tools = tools(fields);
    ToolChoice choice = ToolChoice.read(fields, OfferedTools.of(tools).names());
    return new Conversation(
        fields.requiredObjects("messages").stream().map(Conversation::message).toList(),
        choice instanceof ToolChoice.None ? List.of() : tools,
        choice,
        !fields.has("parallel_tool_calls") || fields.bool("parallel_tool_calls"));
  }

  /// The fields of messages, of all roles; some are what OpenAI's own answers come with, and
  /// clients send back.
  private static final Set<String> MESSAGE_FIELDS =
      Set.of(
          "role",
          "content",
          "name",
          "refusal",
          "tool_calls",
          "tool_call_id",
          "reasoning_content",
          "annotations",
          "audio",
          "function_call",
          "cache_control");

  private static Map<String, Object> message(JsonFields message) {
    String role = message.requiredString("role");
    checkFields(message, role);
    var read = new LinkedHashMap<String, Object>();
    read.put("role", role.equals("developer") ? "system" : role);
    switch (role) {
      case "system", "developer", "user" -> read.put("content", content(message));
      case "assistant" -> assistant(message, read);
      case "tool" -> {
        read.put("content", content(message));
        read.put("tool_call_id", message.requiredString("tool_call_id"));
      }
      case "function" ->
          throw ApiException.invalid(
              message.path("role"),
              "unsupported_parameter",
              "%s = «function» is what tools were called once; send the role tool with its tool_call_id"
                  .formatted(message.path("role")));
      default ->
          throw ApiException.invalid(
              message.path("role"),
              "%s = «%s» is none of system, developer, user, assistant, tool"
                  .formatted(message.path("role"), role));
    }
    message.string("name").ifPresent(name -> read.put("name", name));
    return read;
  }

  private static void checkFields(JsonFields message, String role) {
    message.refuseOthers(MESSAGE_FIELDS);
    for (String field : List.of("tool_calls", "refusal")) {
      if (!role.equals("assistant") && message.has(field)) {
        throw ApiException.invalid(
            message.path(field),
            "%s stands in a message of role «%s», and only an assistant %s"
                .formatted(
                    message.path(field),
                    role,
                    field.equals("refusal") ? "refuses" : "calls tools"));
      }
    }
    if (message.has("audio")) {
      throw ApiException.invalid(
          message.path("audio"),
          "unsupported_parameter",
          message.path("audio") + ": this model reads text only; send what was said as content");
    }
    if (message.has("function_call")) {
      throw ApiException.invalid(
          message.path("function_call"),
          "unsupported_parameter",
          message.path("function_call") + " is what tool_calls were once; send tool_calls");
    }
  }

  /// An assistant's message needs no content; where it refused, that is what it said.
  private static void assistant(JsonFields message, Map<String, Object> read) {
    String content = message.has("content") ? content(message) : "";
    String refusal = message.string("refusal").orElse("");
    read.put("content", content + refusal);
    message
        .string("reasoning_content")
        .ifPresent(reasoning -> read.put("reasoning_content", reasoning));
    if (message.get("tool_calls") instanceof JsonNode calls
        && !(calls.isArray() && calls.isEmpty())) {
      read.put(
          "tool_calls",
          message.requiredObjects("tool_calls").stream().map(Conversation::call).toList());
    }
  }

  /// A message's text: a string, or a list of parts of text. An assistant's parts may be refusals.
  private static String content(JsonFields message) {
    JsonNode content = message.get("content");
    if (content == null || !content.isArray()) {
      return message.requiredString("content");
    }
    boolean mayRefuse = message.requiredString("role").equals("assistant");
    var text = new StringBuilder();
    for (JsonFields part : message.requiredObjects("content")) {
      String type = part.requiredString("type");
      if (type.equals("text") || mayRefuse && type.equals("refusal")) {
        text.append(part.requiredString(type));
      } else {
        throw ApiException.invalid(
            part.path("type"),
            "%s = «%s»: this model reads text only; send parts of type text"
                .formatted(part.path("type"), type));
      }
    }
    return text.toString();
  }

  private static Map<String, Object> call(JsonFields call) {
    JsonFields function = function(call);
    var named = new LinkedHashMap<String, Object>();
    named.put("name", function.requiredString("name"));
    named.put("arguments", arguments(function));
    var read = new LinkedHashMap<String, Object>();
    read.put("id", call.requiredString("id"));
    read.put("type", "function");
    read.put("function", named);
    return read;
  }

  /// Templates write arguments as JSON themselves, and would quote a string of it once more.
  private static Object arguments(JsonFields function) {
    String json = function.requiredString("arguments");
    return json.isBlank() ? Map.of() : function.jsonObject("arguments", json);
  }

  private static List<Map<String, Object>> tools(JsonFields fields) {
    JsonNode given = fields.get("tools");
    if (given == null || (given.isArray() && given.isEmpty())) {
      return List.of();
    }
    var tools = new ArrayList<Map<String, Object>>();
    var names = new HashSet<String>();
    for (JsonFields tool : fields.requiredObjects("tools")) {
      JsonFields function = function(tool);
      String name = function.requiredString("name");
      if (!names.add(name)) {
        throw ApiException.invalid(
            function.path("name"),
            "%s = «%s» is the name of another tool, too; give each its own"
                .formatted(function.path("name"), name));
      }
      function.string("description");
      function.object("parameters");
      function.bool("strict");
      tools.add(tool.values());
    }
    return tools;
  }

  /// The function of a call or a tool, of which there is no other type.
  private static JsonFields function(JsonFields of) {
    String type = of.string("type").orElse("function");
    if (!type.equals("function")) {
      throw ApiException.invalid(
          of.path("type"), "%s = «%s» is not «function»".formatted(of.path("type"), type));
    }
    return of.object("function")
        .orElseThrow(
            () ->
                ApiException.invalid(
                    of.path("function"), of.path("function") + " is missing; it is an object"));
  }

  /// Whether the answer has to call a tool.
  boolean mustCall() {
    return choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Named;
  }

  /// What a chat template is rendered with, up to where the answer begins.
  Map<String, Object> variables() {
    var variables = new LinkedHashMap<String, Object>();
    variables.put("messages", messages);
    if (!tools.isEmpty()) {
      variables.put("tools", tools);
    }
    variables.put("add_generation_prompt", true);
    return variables;
  }

  /// Who said what, as a rating keeps it: calls as JSON after the text; the tools on offer are not
  /// kept.
  List<Rating.Message> said() {
    return messages.stream()
        .map(
            m -> {
              String text = String.valueOf(m.get("content"));
              Object calls = m.get("tool_calls");
              String all =
                  calls == null
                      ? text
                      : (text.isEmpty() ? "" : text + "\n") + JSON.writeValueAsString(calls);
              return new Rating.Message(String.valueOf(m.get("role")), all);
            })
        .toList();
  }
}
