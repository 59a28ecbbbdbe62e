package dev.imago.serve.tokens;

import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.serve.completions.RequestAnswering;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedModel;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.ServedUpstream;
import dev.imago.tasks.classification.TextTask;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `/tokenize`, `/detokenize`, `/apply-template`. A request with `content` is llama.cpp's, one with
/// `prompt` or `messages` vLLM's.
public final class TokensFeature implements Feature {
  private static final String TOKENIZE = "/tokenize";
  private static final String DETOKENIZE = "/detokenize";
  private static final String TEMPLATE = "/apply-template";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST = 1 << 20;

  /// Of a chat: what its template is given.
  private static final List<String> CHAT =
      List.of(
          "model",
          "messages",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "chat_template_kwargs",
          "reasoning_effort",
          "think");

  private static final RouteFields TOKENIZED =
      RouteFields.of(TOKENIZE)
          .honoured(CHAT.toArray(String[]::new))
          .honoured(
              "prompt",
              "content",
              "add_special_tokens",
              "add_special",
              "return_token_strs",
              "with_pieces")
          .refused("add_generation_prompt", "", "true")
          .refused("continue_final_message", "", "false")
          .refused("chat_template", "the model's own is used")
          .refused("parse_special", "no text that a user writes becomes a control token", "false");

  private static final RouteFields TEXT = RouteFields.of(DETOKENIZE).honoured("model", "tokens");

  private static final RouteFields APPLIED =
      RouteFields.of(TEMPLATE)
          .honoured(CHAT.toArray(String[]::new))
          .refused("add_generation_prompt", "", "true")
          .refused("chat_template", "the model's own is used");

  public static final List<RouteFields> FIELDS = List.of(TOKENIZED, TEXT, APPLIED);

  private final RequestAnswering answering;
  private final Models models;

  public TokensFeature(RequestAnswering answering, Models models) {
    this.answering = answering;
    this.models = models;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(TOKENIZE, Route.Access.KEY, this::tokenize),
        Route.post(DETOKENIZE, Route.Access.KEY, this::detokenize),
        Route.post(TEMPLATE, Route.Access.KEY, this::template));
  }

  private void tokenize(Exchange exchange) {
    JsonFields fields = exchange.fields();
    TOKENIZED.check(fields);
    Served model = models.any(fields.string("model"));
    models.checkOpen(exchange, model);
    long forms = List.of("prompt", "content", "messages").stream().filter(fields::has).count();
    if (forms != 1) {
      throw ApiException.invalid(
          "prompt", "send one of prompt, messages (as vLLM has them) and content (llama.cpp)");
    }
    boolean special = !fields.has("add_special_tokens") || fields.bool("add_special_tokens");
    int[] ids =
        fields.has("messages")
            ? answering.prompt(chat(fields), generating(fields, TOKENIZE))
            : fields.has("content")
                ? ids(model, fields.requiredString("content"), fields.bool("add_special"))
                : ids(model, fields.requiredString("prompt"), special);
    if (fields.has("content")) {
      exchange.json(Map.of("tokens", fields.bool("with_pieces") ? pieces(model, ids) : ids));
      return;
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("count", ids.length);
    body.put("max_model_len", model.context());
    body.put("tokens", ids);
    if (fields.bool("return_token_strs")) {
      body.put(
          "token_strs",
          Arrays.stream(ids)
              .mapToObj(id -> new String(bytes(model, id), StandardCharsets.UTF_8))
              .toList());
    }
    exchange.json(body);
  }

  /// llama.cpp's: a piece is a text, or its bytes where they are a part of a character.
  private static List<Map<String, Object>> pieces(Served model, int[] ids) {
    var pieces = new ArrayList<Map<String, Object>>();
    for (int id : ids) {
      byte[] bytes = bytes(model, id);
      String text = new String(bytes, StandardCharsets.UTF_8);
      boolean whole = Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8));
      var piece = new LinkedHashMap<String, Object>();
      piece.put("id", id);
      piece.put("piece", whole ? text : numbers(bytes));
      pieces.add(piece);
    }
    return pieces;
  }

  private static List<Integer> numbers(byte[] bytes) {
    var numbers = new ArrayList<Integer>();
    for (byte b : bytes) {
      numbers.add(b & 0xff);
    }
    return numbers;
  }

  private void detokenize(Exchange exchange) {
    JsonFields fields = exchange.fields();
    TEXT.check(fields);
    Served model = models.any(fields.string("model"));
    models.checkOpen(exchange, model);
    if (!fields.has("tokens")) {
      throw ApiException.invalid("tokens", "tokens is missing; it is a list of token ids");
    }
    int[] ids =
        fields.integers("tokens", MOST, 0, model.vocabularySize() - 1).stream()
            .mapToInt(Integer::intValue)
            .toArray();
    String text =
        switch (model) {
          case ServedModel one -> one.backend().decode(ids);
          case ServedPredictor one -> one.tokenizer().decode(ids);
          case ServedUpstream one -> throw Models.elsewhere(one, DETOKENIZE);
        };
    var body = new LinkedHashMap<String, Object>();
    body.put("prompt", text); // vLLM's name
    body.put("content", text); // llama.cpp's
    exchange.json(body);
  }

  private void template(Exchange exchange) {
    JsonFields fields = exchange.fields();
    APPLIED.check(fields);
    ServedModel model = generating(fields, TEMPLATE);
    models.checkOpen(exchange, model);
    var text = new ByteArrayOutputStream();
    for (int id : answering.prompt(chat(fields), model)) {
      text.writeBytes(bytes(model, id));
    }
    exchange.json(Map.of("prompt", text.toString(StandardCharsets.UTF_8)));
  }

  private ServedModel generating(JsonFields fields, String path) {
    return models.generating(fields.string("model"), path);
  }

  /// The fields of a request that a chat has, too.
  private static JsonFields chat(JsonFields fields) {
    ObjectNode chat = JSON.createObjectNode();
    for (String name : CHAT) {
      if (fields.get(name) instanceof JsonNode value) {
        chat.set(name, value);
      }
    }
    return JsonFields.of(chat);
  }

  private static int[] ids(Served model, String text, boolean special) {
    return switch (model) {
      case ServedModel one ->
          text.isEmpty() && !special ? new int[0] : one.backend().encodeText(text, special);
      case ServedPredictor one ->
          special
              ? TextTask.question(text, "", one.tokenizer(), Integer.MAX_VALUE).input().ids()
              : one.tokenizer().encodeOrdinary(text);
      case ServedUpstream one -> throw Models.elsewhere(one, TOKENIZE);
    };
  }

  private static byte[] bytes(Served model, int id) {
    return switch (model) {
      case ServedModel one -> one.backend().token(id);
      case ServedPredictor one -> one.tokenizer().bytes(id);
      case ServedUpstream one -> throw Models.elsewhere(one, TOKENIZE);
    };
  }
}
