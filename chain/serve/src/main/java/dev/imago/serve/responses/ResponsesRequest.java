package dev.imago.serve.responses;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.completions.RequestFields;
import dev.imago.serve.fields.RenamedFields;
import dev.imago.serve.fields.RouteFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A request for a response, read as a chat.
///
/// @param chat in OpenAI's other form
/// @param told the fields that the response repeats
/// @param context the items that the model is shown: earlier ones, then the request's own
/// @param stored whether the response is kept
/// @param background whether nobody waits for it
record ResponsesRequest(
    JsonFields chat,
    ObjectNode told,
    List<ObjectNode> context,
    boolean stored,
    boolean background) {
  static final String PATH = "/v1/responses";

  private static final JsonMapper JSON = JsonMapper.shared();

  static final RouteFields FIELDS =
      RouteFields.of(PATH)
          .honoured(
              "model",
              "input",
              "instructions",
              "previous_response_id",
              "max_output_tokens",
              "stream",
              "stream_options",
              "store",
              "background",
              "tools",
              "tool_choice",
              "parallel_tool_calls",
              "text",
              "reasoning",
              "temperature",
              "top_p",
              "top_logprobs",
              "include",
              "metadata",
              "user")
          .and(RequestFields.sampling(PATH))
          .honoured("stop")
          .accepted(
              "safety_identifier",
              "service_tier",
              "prompt_cache_key",
              "prompt_cache_retention",
              "prompt_cache_options",
              "max_tool_calls") // of tools that OpenAI runs itself, which there are none of
          .refused("truncation", "shorten the input", "\"disabled\"")
          .refused("conversation", "send previous_response_id")
          .refused("prompt", "send the prompt itself as input")
          .refused("context_management", "", "[]")
          .refused("moderation", "ask /v1/moderations");

  /// What a chat's fields are called here.
  static final RenamedFields NAMES =
      new RenamedFields(
          Map.of(
              "messages", "input",
              "max_completion_tokens", "max_output_tokens",
              "response_format", "text.format",
              "reasoning_effort", "reasoning.effort"));

  /// Fields that a chat has by the same name and meaning.
  private static final List<String> SAME =
      List.of(
          "model",
          "stream",
          "temperature",
          "top_p",
          "parallel_tool_calls",
          "metadata",
          "stop",
          "user");

  ResponsesRequest {
    context = List.copyOf(context);
  }

  /// Reads a request.
  ///
  /// @param earlier the items of the response that it follows, by that one's id
  /// @param newId makes an item's id from its prefix
  static ResponsesRequest read(
      JsonFields fields, Function<String, List<ObjectNode>> earlier, UnaryOperator<String> newId) {
    FIELDS.check(fields);
    ObjectNode chat = JSON.createObjectNode();
    SAME.forEach(name -> copy(fields, name, chat));
    RequestFields.sampling(PATH).uses().keySet().forEach(name -> copy(fields, name, chat));
    fields
        .integer("max_output_tokens", 1, Integer.MAX_VALUE)
        .ifPresent(most -> chat.put("max_completion_tokens", most));
    Optional<String> previous = fields.string("previous_response_id");
    var context = new ArrayList<>(previous.map(earlier).orElse(List.of()));
    context.addAll(InputItems.read(fields, newId));
    ArrayNode messages = chat.putArray("messages");
    Optional<String> instructions = fields.string("instructions");
    instructions.ifPresent(i -> messages.addObject().put("role", "system").put("content", i));
    messages.addAll(InputItems.messages(context));
    ArrayNode tools = tools(fields, chat);
    text(fields, chat);
    fields.object("reasoning").ifPresent(reasoning -> reasoning(reasoning, chat));
    logprobs(fields, chat);
    fields.object("stream_options").ifPresent(o -> o.refuseOthers(Set.of("include_obfuscation")));
    boolean background = fields.bool("background");
    boolean stored = !fields.has("store") || fields.bool("store");
    if (background && (!stored || fields.bool("stream"))) {
      throw ApiException.invalid(
          "background",
          "background = true is fetched later by its id: leave out stream, and store = false");
    }
    if (background) {
      chat.remove("stream");
    }
    ObjectNode told = told(fields, tools);
    told.put("background", background).put("store", stored);
    return new ResponsesRequest(JsonFields.of(chat), told, context, stored, background);
  }

  private static void copy(JsonFields from, String name, ObjectNode to) {
    if (from.get(name) instanceof JsonNode value) {
      to.set(name, value);
    }
  }

  /// What a response repeats of its request, beside what is known when it is answered.
  private static ObjectNode told(JsonFields fields, ArrayNode tools) {
    ObjectNode told = JSON.createObjectNode();
    for (String name :
        List.of(
            "instructions",
            "max_output_tokens",
            "previous_response_id",
            "safety_identifier",
            "prompt_cache_key")) {
      told.set(name, fields.get(name) instanceof JsonNode value ? value : JSON.nullNode());
    }
    told.put(
        "parallel_tool_calls",
        !fields.has("parallel_tool_calls") || fields.bool("parallel_tool_calls"));
    ObjectNode reasoning = told.putObject("reasoning");
    JsonNode effort = fields.object("reasoning").map(r -> r.get("effort")).orElse(null);
    reasoning.set("effort", effort == null ? JSON.nullNode() : effort);
    reasoning.putNull("summary");
    ObjectNode text = told.putObject("text");
    JsonNode format = fields.object("text").map(t -> t.get("format")).orElse(null);
    text.set("format", format == null ? JSON.createObjectNode().put("type", "text") : format);
    JsonNode choice = fields.get("tool_choice");
    told.set("tool_choice", choice == null ? JSON.stringNode("auto") : choice);
    told.set("tools", tools);
    told.put("top_logprobs", fields.integer("top_logprobs", 0, Integer.MAX_VALUE).orElse(0L));
    told.put("truncation", "disabled");
    JsonNode metadata = fields.object("metadata").map(JsonFields::json).orElse(null);
    told.set("metadata", metadata == null ? JSON.createObjectNode() : metadata);
    fields.string("user").ifPresent(user -> told.put("user", user));
    return told;
  }

  /// Reads tools and the choice among them; gives the tools as a response repeats them.
  private static ArrayNode tools(JsonFields fields, ObjectNode chat) {
    ArrayNode told = JSON.createArrayNode();
    Set<String> allowed = allowed(fields, chat);
    if (!(fields.get("tools") instanceof JsonNode given) || given.isArray() && given.isEmpty()) {
      return told;
    }
    ArrayNode tools = JSON.createArrayNode();
    for (JsonFields tool : fields.requiredObjects("tools")) {
      String type = tool.requiredString("type");
      if (!type.equals("function")) {
        throw ApiException.invalid(
            tool.path("type"),
            "unsupported_parameter",
            "%s = «%s» is a tool of OpenAI's own; send tools of type function"
                .formatted(tool.path("type"), type));
      }
      tool.refuseOthers(Set.of("type", "name", "description", "parameters", "strict"));
      String name = tool.requiredString("name");
      ObjectNode function = JSON.createObjectNode().put("name", name);
      tool.string("description").ifPresent(d -> function.put("description", d));
      tool.object("parameters").ifPresent(p -> function.set("parameters", p.json()));
      ObjectNode repeated =
          told.addObject()
              .put("type", "function")
              .put("name", name)
              .put("strict", tool.bool("strict"));
      repeated.set("description", tool.get("description"));
      repeated.set("parameters", tool.get("parameters"));
      if (allowed.isEmpty() || allowed.contains(name)) {
        tools.addObject().put("type", "function").set("function", function);
      }
    }
    chat.set("tools", tools);
    return told;
  }

  /// Reads `tool_choice`; gives the names of the tools that it allows, none where it allows all.
  private static Set<String> allowed(JsonFields fields, ObjectNode chat) {
    JsonNode given = fields.get("tool_choice");
    if (given == null || given.isString()) {
      copy(fields, "tool_choice", chat);
      return Set.of();
    }
    JsonFields choice =
        fields.object("tool_choice").orElseThrow(() -> new IllegalStateException("no choice"));
    String type = choice.requiredString("type");
    var names = new HashSet<String>();
    switch (type) {
      case "function" ->
          chat.putObject("tool_choice")
              .put("type", "function")
              .putObject("function")
              .put("name", choice.requiredString("name"));
      case "allowed_tools" -> {
        chat.put("tool_choice", choice.requiredString("mode"));
        choice.requiredObjects("tools").forEach(tool -> names.add(tool.requiredString("name")));
      }
      default ->
          throw ApiException.invalid(
              choice.path("type"),
              "unsupported_parameter",
              "%s = «%s» is neither function nor allowed_tools"
                  .formatted(choice.path("type"), type));
    }
    return names;
  }

  private static void text(JsonFields fields, ObjectNode chat) {
    Optional<JsonFields> text = fields.object("text");
    if (text.isEmpty()) {
      return;
    }
    text.get().refuseOthers(Set.of("format", "verbosity"));
    text.get().refuseBut("verbosity", List.of(JSON.stringNode("medium")), "set max_output_tokens");
    Optional<JsonFields> format = text.get().object("format");
    if (format.isEmpty()) {
      return;
    }
    String type = format.get().requiredString("type");
    ObjectNode to = chat.putObject("response_format").put("type", type);
    if (type.equals("json_schema")) {
      format.get().refuseOthers(Set.of("type", "name", "description", "schema", "strict"));
      ObjectNode schema = to.putObject("json_schema");
      List.of("name", "description", "schema", "strict")
          .forEach(name -> copy(format.get(), name, schema));
    } else {
      format.get().refuseOthers(Set.of("type"));
    }
  }

  private static void reasoning(JsonFields reasoning, ObjectNode chat) {
    reasoning.refuseOthers(Set.of("effort", "summary", "generate_summary"));
    for (String summary : List.of("summary", "generate_summary")) {
      reasoning.refuseBut(
          summary, List.of(JSON.stringNode("auto")), "thoughts come whole, in their content");
    }
    reasoning.string("effort").ifPresent(effort -> chat.put("reasoning_effort", effort));
  }

  /// Probabilities are asked for by their number, or as something to include.
  private static void logprobs(JsonFields fields, ObjectNode chat) {
    boolean wanted = false;
    for (String included : fields.strings("include", 16)) {
      switch (included) {
        case "message.output_text.logprobs" -> wanted = true;
        // Of tools and pictures that there are none of.
        case "file_search_call.results",
            "web_search_call.results",
            "web_search_call.action.sources",
            "message.input_image.image_url",
            "computer_call_output.output.image_url",
            "code_interpreter_call.outputs" -> {}
        default ->
            throw ApiException.invalid(
                "include",
                "unsupported_parameter",
                "include = «%s» is not supported here; leave it out".formatted(included));
      }
    }
    Optional<Long> top = fields.integer("top_logprobs", 0, Integer.MAX_VALUE);
    if (wanted || top.orElse(0L) > 0) {
      chat.put("logprobs", true);
      top.ifPresent(count -> chat.put("top_logprobs", count));
    }
  }
}
