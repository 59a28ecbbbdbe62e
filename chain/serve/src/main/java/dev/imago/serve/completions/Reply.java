package dev.imago.serve.completions;

import dev.imago.generate.FinishReason;
import dev.imago.serve.http.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The JSON of a request's answers, whole or in chunks, in OpenAI's two forms.
///
/// @param created seconds since 1970
record Reply(CompletionKind kind, String id, long created, String model, boolean includeUsage) {
  private static final JsonMapper JSON = JsonMapper.shared();

  record Usage(int promptTokens, int completionTokens) {
    Map<String, Object> json() {
      var usage = new LinkedHashMap<String, Object>();
      usage.put("prompt_tokens", promptTokens);
      usage.put("completion_tokens", completionTokens);
      usage.put("total_tokens", promptTokens + completionTokens);
      return usage;
    }
  }

  /// One answer of a whole reply.
  ///
  /// @param probabilities of its tokens; null where none are told
  record Answer(
      String text, FinishReason reason, @Nullable Map<String, @Nullable Object> probabilities) {}

  byte[] whole(List<Answer> answers, Usage usage) {
    Map<String, @Nullable Object> reply = head(kind.object);
    var choices = new ArrayList<Map<String, @Nullable Object>>();
    for (Answer answer : answers) {
      Map<String, @Nullable Object> choice = choice(choices.size(), answer.reason);
      choice.put("logprobs", answer.probabilities);
      switch (kind) {
        case CHAT -> choice.put("message", message(answer.text));
        case TEXT -> choice.put("text", answer.text);
      }
      choices.add(choice);
    }
    reply.put("choices", choices);
    reply.put("usage", usage.json());
    return JSON.writeValueAsBytes(reply);
  }

  /// The chunk that opens one of a chat's answers: who speaks. Empty for a text.
  String opening(int index) {
    return switch (kind) {
      case CHAT -> chunk(index, Map.of("role", "assistant", "content", ""), null, null);
      case TEXT -> "";
    };
  }

  /// More of one answer.
  ///
  /// @param probabilities of its tokens; null where none are told
  String piece(int index, String text, @Nullable Map<String, @Nullable Object> probabilities) {
    return chunk(index, Map.of("content", text), null, probabilities);
  }

  /// The end of one answer.
  String ending(int index, FinishReason reason) {
    return chunk(index, Map.of(), reason, null);
  }

  /// The end of a stream: the counts where they were asked for, and the mark.
  String done(Usage usage) {
    String end = "data: [DONE]\n\n";
    if (!includeUsage) {
      return end;
    }
    Map<String, @Nullable Object> counts = head(kind.chunkObject);
    counts.put("choices", List.of());
    counts.put("usage", usage.json());
    return data(counts) + end;
  }

  /// An error in mid-stream, in the form that client libraries raise.
  static String error(ApiException e) {
    return data(e.body());
  }

  private String chunk(
      int index,
      Map<String, String> delta,
      @Nullable FinishReason reason,
      @Nullable Map<String, @Nullable Object> probabilities) {
    Map<String, @Nullable Object> chunk = head(kind.chunkObject);
    Map<String, @Nullable Object> choice = choice(index, reason);
    choice.put("logprobs", probabilities);
    switch (kind) {
      case CHAT -> choice.put("delta", delta);
      case TEXT -> choice.put("text", delta.getOrDefault("content", ""));
    }
    chunk.put("choices", List.of(choice));
    if (includeUsage) {
      chunk.put("usage", null);
    }
    return data(chunk);
  }

  private Map<String, @Nullable Object> head(String object) {
    var head = new LinkedHashMap<String, @Nullable Object>();
    head.put("id", id);
    head.put("object", object);
    head.put("created", created);
    head.put("model", model);
    return head;
  }

  private static Map<String, @Nullable Object> choice(int index, @Nullable FinishReason reason) {
    var choice = new LinkedHashMap<String, @Nullable Object>();
    choice.put("index", index);
    choice.put("finish_reason", reason == null ? null : name(reason));
    choice.put("logprobs", null);
    return choice;
  }

  private static String name(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case CANCELLED -> "cancelled"; // never sent: the client has gone, or gets an error
    };
  }

  private static Map<String, @Nullable Object> message(String text) {
    var message = new LinkedHashMap<String, @Nullable Object>();
    message.put("role", "assistant");
    message.put("content", text);
    message.put("refusal", null);
    return message;
  }

  private static String data(Object json) {
    return "data: " + JSON.writeValueAsString(json) + "\n\n";
  }
}
