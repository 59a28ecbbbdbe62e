package dev.imago.serve;

import dev.imago.data.Rating;
import dev.imago.generate.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A checked request for an answer.
///
/// @param messages what a rating of the answer will say was asked
/// @param prompt its ids
/// @param stream whether the answer is sent as it comes
/// @param includeUsage whether a stream ends with token counts
record Ask(
    Kind kind,
    List<Rating.Message> messages,
    int[] prompt,
    Sampling sampling,
    boolean stream,
    boolean includeUsage) {

  /// The two ways to ask.
  enum Kind {
    CHAT("/v1/chat/completions", "chatcmpl-", "chat.completion", "chat.completion.chunk"),
    TEXT("/v1/completions", "cmpl-", "text_completion", "text_completion");

    final String path;
    final String idPrefix;
    final String object;
    final String chunkObject;

    Kind(String path, String idPrefix, String object, String chunkObject) {
      this.path = path;
      this.idPrefix = idPrefix;
      this.object = object;
      this.chunkObject = chunkObject;
    }
  }

  /// OpenAI's bound on `stop`.
  private static final int MOST_STOPS = 4;

  /// Fields of OpenAI's API that would change the answer and that this server does not know, with
  /// the one value, if any, at which they change nothing. To pass over them would be to lie.
  private static final List<Unsupported> UNSUPPORTED =
      List.of(
          new Unsupported("n", "1"),
          new Unsupported("best_of", "1"),
          new Unsupported("echo", "false"),
          new Unsupported("suffix", "\"\""),
          new Unsupported("logprobs", "false"),
          new Unsupported("top_logprobs", "0"),
          new Unsupported("logit_bias", "{}"),
          new Unsupported("parallel_tool_calls", "true"),
          new Unsupported("functions", "[]"),
          new Unsupported("response_format", "{\"type\":\"text\"}"));

  private record Unsupported(String name, String neutral) {}

  /// Reads a request of a client, or refuses it with an [ApiException].
  static Ask read(
      Kind kind, Fields fields, ServerConfig config, Backend backend, RandomGenerator seeds) {
    checkModel(fields, config);
    refuseUnsupported(fields);
    List<Rating.Message> messages;
    int[] prompt;
    if (kind == Kind.CHAT) {
      Conversation chat = Conversation.read(fields);
      messages = chat.said();
      try {
        prompt = backend.encodeChat(chat);
      } catch (IllegalArgumentException e) { // roles in an order that the template refuses, say
        throw ApiException.invalid("messages", String.valueOf(e.getMessage()));
      }
    } else {
      String text = text(fields);
      messages = List.of(new Rating.Message(Rating.TEXT, text));
      prompt = backend.encodeText(text);
    }
    return new Ask(
        kind,
        messages,
        prompt,
        sampling(kind, fields, prompt.length, config, backend.context(), seeds),
        fields.bool("stream"),
        fields.object("stream_options").map(o -> o.bool("include_usage")).orElse(false));
  }

  private static void checkModel(Fields fields, ServerConfig config) {
    Optional<String> model = fields.string("model");
    if (model.isPresent() && !model.get().equals(config.model())) {
      throw ApiException.notFound(
          "model",
          "model_not_found",
          "model «%s» is not served here; the one that is: «%s»"
              .formatted(model.get(), config.model()));
    }
  }

  private static void refuseUnsupported(Fields fields) {
    for (Unsupported each : UNSUPPORTED) {
      JsonNode value = fields.get(each.name);
      if (value != null && !neutral(value, each.neutral)) {
        throw ApiException.invalid(
            each.name,
            "unsupported_parameter",
            "%s = %s is not supported here; leave it out%s"
                .formatted(
                    each.name,
                    value.isContainer() ? "…" : value.toString(),
                    " or set it to " + each.neutral));
      }
    }
  }

  private static boolean neutral(JsonNode value, String neutral) {
    return value.isNumber()
        ? Double.toString(value.doubleValue()).equals(neutral + ".0")
        : value.toString().equals(neutral);
  }

  private static String text(Fields fields) {
    JsonNode prompt = fields.get("prompt");
    @Nullable JsonNode only =
        prompt != null && prompt.isArray() && prompt.size() == 1 ? prompt.get(0) : prompt;
    if (only == null || !only.isString() || only.stringValue().isEmpty()) {
      throw ApiException.invalid(
          "prompt", "prompt must be one text of at least one character (or a list of one such)");
    }
    return only.stringValue();
  }

  private static Sampling sampling(
      Kind kind,
      Fields fields,
      int promptTokens,
      ServerConfig config,
      int context,
      RandomGenerator seeds) {
    Optional<Long> wanted = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
    String wantedName = "max_completion_tokens";
    if (wanted.isEmpty()) {
      wanted = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
      wantedName = "max_tokens";
    }
    int room = context - promptTokens;
    if (room < 1) {
      throw ApiException.invalid(
          kind == Kind.CHAT ? "messages" : "prompt",
          "context_length_exceeded",
          "the prompt is %d tokens long, and prompt and answer together may be %d: shorten it by at least %d tokens"
              .formatted(promptTokens, context, 1 - room));
    }
    if (wanted.isPresent() && wanted.get() > room) {
      throw ApiException.invalid(
          wantedName,
          "context_length_exceeded",
          "%s = %d and a prompt of %d tokens make %d, and prompt and answer together may be %d tokens: set %s to at most %d, or shorten the prompt"
              .formatted(
                  wantedName,
                  wanted.get(),
                  promptTokens,
                  wanted.get() + promptTokens,
                  context,
                  wantedName,
                  room));
    }
    return new Sampling(
        wanted.map(Math::toIntExact).orElse(Math.min(config.maxTokens(), room)),
        fields.number("temperature", 0, 2).orElse(config.temperature()),
        // OpenAI takes 0, too: the likeliest token alone.
        Math.max(Float.MIN_NORMAL, fields.number("top_p", 0, 1).orElse(1f)),
        Math.toIntExact(fields.integer("top_k", 0, Integer.MAX_VALUE).orElse(0L)),
        fields.number("repetition_penalty", 0.01f, 10).orElse(1f),
        fields.number("presence_penalty", -2, 2).orElse(0f),
        fields.number("frequency_penalty", -2, 2).orElse(0f),
        fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElseGet(seeds::nextLong),
        fields.strings("stop", MOST_STOPS));
  }
}
