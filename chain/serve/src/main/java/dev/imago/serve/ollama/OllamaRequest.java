package dev.imago.serve.ollama;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.fields.RenamedFields;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.KeepAlive;
import dev.imago.serve.models.ServedModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A request in Ollama's form, read as a chat or a text in OpenAI's.
final class OllamaRequest {
  static final String CHAT = "/api/chat";
  static final String GENERATE = "/api/generate";

  private static final JsonMapper JSON = JsonMapper.shared();

  private static final RouteFields BOTH =
      RouteFields.of("")
          .honoured("model", "format", "options", "stream", "think", KeepAlive.NAME)
          .refused("logprobs", "ask /v1/chat/completions", "false")
          .refused("top_logprobs", "ask /v1/chat/completions", "0");

  static final RouteFields CHAT_FIELDS =
      new RouteFields(CHAT, BOTH.uses()).honoured("messages", "tools");

  static final RouteFields GENERATE_FIELDS =
      new RouteFields(GENERATE, BOTH.uses())
          .honoured("prompt", "system", "raw")
          .refused("suffix", "", "\"\"")
          .refused("images", "this model reads text only", "[]")
          .refused("template", "the model's own is used", "\"\"")
          .refused("context", "send the conversation to /api/chat", "[]");

  static final RouteFields OPTIONS =
      RouteFields.of(CHAT + " and " + GENERATE + " options")
          .honoured(
              "temperature",
              "top_k",
              "top_p",
              "min_p",
              "typical_p",
              "num_predict",
              "num_ctx",
              "seed",
              "stop",
              "repeat_penalty",
              "presence_penalty",
              "frequency_penalty")
          .accepted(
              "num_gpu",
              "main_gpu",
              "num_thread",
              "num_batch",
              "use_mmap",
              "use_mlock",
              "numa",
              "low_vram",
              "f16_kv",
              "vocab_only")
          .refused("repeat_last_n", "the penalty looks at the whole prompt and answer", "-1")
          .refused("num_keep", "", "0", "4")
          .refused("mirostat", "", "0")
          .refused("mirostat_tau", "")
          .refused("mirostat_eta", "")
          .refused("tfs_z", "", "1")
          .refused("penalize_newline", "", "true");

  /// What a chat's fields are called here.
  static final RenamedFields NAMES =
      new RenamedFields(
          Map.ofEntries(
              Map.entry("max_completion_tokens", "options.num_predict"),
              Map.entry("temperature", "options.temperature"),
              Map.entry("top_k", "options.top_k"),
              Map.entry("top_p", "options.top_p"),
              Map.entry("min_p", "options.min_p"),
              Map.entry("typical_p", "options.typical_p"),
              Map.entry("seed", "options.seed"),
              Map.entry("stop", "options.stop"),
              Map.entry("repeat_penalty", "options.repeat_penalty"),
              Map.entry("presence_penalty", "options.presence_penalty"),
              Map.entry("frequency_penalty", "options.frequency_penalty"),
              Map.entry("response_format", "format"),
              Map.entry("reasoning_effort", "think")));

  private OllamaRequest() {}

  /// Whether a request asks for nothing but that the model be there.
  static boolean loads(JsonFields fields, boolean chat) {
    if (chat) {
      JsonNode messages = fields.get("messages");
      return messages == null || messages.isArray() && messages.isEmpty();
    }
    return fields.string("prompt").orElse("").isEmpty();
  }

  /// Refuses what would be refused of a request for an answer, too.
  static void check(JsonFields fields, ServedModel model) {
    ObjectNode nowhere = JSON.createObjectNode();
    for (String flag : List.of("stream", "raw")) {
      fields.bool(flag);
    }
    fields.string("system");
    if (fields.get("tools") instanceof JsonNode tools && !tools.isArray()) {
      throw ApiException.invalid("tools", "tools is no list");
    }
    think(fields, nowhere);
    format(fields, nowhere);
    fields.object("options").ifPresent(options -> options(options, nowhere, model));
  }

  /// Whether the prompt is a bare text.
  static boolean raw(JsonFields fields) {
    return fields.bool("raw");
  }

  /// The chat, or the text, that a request asks for.
  ///
  /// @param chat whether it came to `/api/chat`
  static JsonFields read(JsonFields fields, boolean chat, ServedModel model) {
    ObjectNode to = JSON.createObjectNode();
    to.put("model", model.asked());
    to.put("stream", !fields.has("stream") || fields.bool("stream"));
    if (!chat && raw(fields)) {
      to.put("prompt", fields.requiredString("prompt"));
      to.put("add_special_tokens", false);
      if (fields.has("think") || fields.has("system")) {
        throw ApiException.invalid(
            "raw", "raw = true sends the prompt as it is: leave out system and think");
      }
    } else {
      ArrayNode messages = to.putArray("messages");
      fields
          .string("system")
          .filter(s -> !s.isEmpty())
          .ifPresent(s -> messages.addObject().put("role", "system").put("content", s));
      if (chat) {
        messages(fields, messages);
        if (fields.get("tools") instanceof JsonNode tools) {
          to.set("tools", tools);
        }
      } else {
        messages.addObject().put("role", "user").put("content", fields.requiredString("prompt"));
      }
      think(fields, to);
    }
    format(fields, to);
    if (fields.get(KeepAlive.NAME) instanceof JsonNode stays) {
      to.set(KeepAlive.NAME, stays);
    }
    fields.object("options").ifPresent(options -> options(options, to, model));
    return JsonFields.of(to);
  }

  private static void think(JsonFields fields, ObjectNode to) {
    JsonNode think = fields.get("think");
    if (think != null && think.isString()) {
      to.put("reasoning_effort", think.stringValue());
    } else if (think != null) {
      to.put("think", fields.bool("think"));
    }
  }

  private static void format(JsonFields fields, ObjectNode to) {
    JsonNode format = fields.get("format");
    if (format == null || format.isString() && format.stringValue().isEmpty()) {
      return;
    }
    if (format.isString() && format.stringValue().equals("json")) {
      to.putObject("response_format").put("type", "json_object");
    } else if (format.isObject()) {
      ObjectNode schema = to.putObject("response_format").put("type", "json_schema");
      schema.putObject("json_schema").put("name", "format").set("schema", format);
    } else {
      throw ApiException.invalid("format", "format is neither \"json\" nor a JSON schema");
    }
  }

  private static void options(JsonFields options, ObjectNode to, ServedModel model) {
    OPTIONS.check(options);
    for (String same :
        List.of(
            "temperature",
            "top_k",
            "top_p",
            "min_p",
            "typical_p",
            "seed",
            "stop",
            "repeat_penalty",
            "presence_penalty",
            "frequency_penalty")) {
      if (options.get(same) instanceof JsonNode value) {
        to.set(same, value);
      }
    }
    // −1 and −2 are as many as there is room for.
    options
        .integer("num_predict", -2, Integer.MAX_VALUE)
        .filter(most -> most >= 0)
        .ifPresent(most -> to.put("max_completion_tokens", most));
    long context = options.integer("num_ctx", 1, Integer.MAX_VALUE).orElse(1L);
    if (context > model.context()) {
      throw ApiException.invalid(
          options.path("num_ctx"),
          "%s = %d is longer than the %d tokens that this server gives; set it to at most that"
              .formatted(options.path("num_ctx"), context, model.context()));
    }
  }

  /// Ollama's messages name no calls: what a tool gave belongs to the first call without an answer.
  private static void messages(JsonFields fields, ArrayNode to) {
    Deque<String> unanswered = new ArrayDeque<>();
    int calls = 0;
    for (JsonFields message : fields.requiredObjects("messages")) {
      message.refuseOthers(
          Set.of("role", "content", "thinking", "images", "tool_calls", "tool_name", "name"));
      message.refuseBut("images", List.of(JSON.createArrayNode()), "this model reads text only");
      String role = message.requiredString("role");
      ObjectNode said = to.addObject().put("role", role);
      said.put("content", message.string("content").orElse(""));
      message.string("thinking").ifPresent(t -> said.put("reasoning_content", t));
      if (role.equals("assistant")
          && message.get("tool_calls") instanceof JsonNode given
          && !(given.isArray() && given.isEmpty())) {
        ArrayNode made = said.putArray("tool_calls");
        for (JsonFields call : message.requiredObjects("tool_calls")) {
          String id = "call%05d".formatted(calls++);
          unanswered.addLast(id);
          call(call, id, made);
        }
      }
      if (role.equals("tool")) {
        if (unanswered.isEmpty()) {
          throw ApiException.invalid(
              message.path("role"),
              "%s = «tool», and no call before it is without an answer: send the assistant's message with its tool_calls first"
                  .formatted(message.path("role")));
        }
        said.put("tool_call_id", unanswered.removeFirst());
        message
            .string("tool_name")
            .or(() -> message.string("name"))
            .ifPresent(name -> said.put("name", name));
      }
    }
  }

  private static void call(JsonFields call, String id, ArrayNode to) {
    JsonFields function =
        call.object("function")
            .orElseThrow(
                () ->
                    ApiException.invalid(
                        call.path("function"), call.path("function") + " is missing"));
    JsonNode arguments =
        function.object("arguments").map(JsonFields::json).orElseGet(JSON::createObjectNode);
    to.addObject()
        .put("id", id)
        .put("type", "function")
        .putObject("function")
        .put("name", function.requiredString("name"))
        .put("arguments", arguments.toString());
  }
}
