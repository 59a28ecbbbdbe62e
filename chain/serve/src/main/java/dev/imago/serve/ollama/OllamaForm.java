package dev.imago.serve.ollama;

import dev.imago.dialogue.Answer;
import dev.imago.dialogue.AnswerPart;
import dev.imago.generate.FinishReason;
import dev.imago.generate.Timing;
import dev.imago.http.ApiException;
import dev.imago.serve.completions.ReadAnswer;
import dev.imago.serve.completions.ReplyForm;
import dev.imago.serve.completions.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// An answer in Ollama's form: an object, or a line of JSON for each piece of it.
final class OllamaForm implements ReplyForm {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Before an object, which lines of JSON allow.
  private static final byte[] BLANK = {' '};

  private final Started started;
  private final boolean chat;
  private final StringBuilder arguments = new StringBuilder();
  private String called = "";
  private String reason = "stop";

  /// @param chat whether it is a message, and not a text
  OllamaForm(Started started, boolean chat) {
    this.started = started;
    this.chat = chat;
  }

  @Override
  public String streamType() {
    return "application/x-ndjson";
  }

  @Override
  public byte[] signOfLife() {
    return BLANK;
  }

  @Override
  public String opening(int index) {
    return "";
  }

  @Override
  public String pieces(
      int index,
      List<AnswerPart> parts,
      ReadAnswer read,
      @Nullable Map<String, @Nullable Object> probabilities) {
    var lines = new StringBuilder();
    for (AnswerPart part : parts) {
      switch (part) {
        case AnswerPart.Text(String text) -> lines.append(piece(text, "", List.of()));
        case AnswerPart.Reasoning(String text) -> lines.append(piece("", text, List.of()));
        case AnswerPart.CallBegun(int _, String name) -> {
          called = name;
          arguments.setLength(0);
        }
        case AnswerPart.Arguments(int _, String json) -> arguments.append(json);
        case AnswerPart.CallEnded _ ->
            lines.append(piece("", "", List.of(call(called, arguments.toString()))));
        case AnswerPart.Unread _ -> {}
      }
    }
    return lines.toString();
  }

  @Override
  public String ending(int index, FinishReason finish, ReadAnswer read) {
    reason = reason(finish, read);
    return "";
  }

  private static String reason(FinishReason finish, ReadAnswer read) {
    if (read.filtered()) {
      return "content_filter"; // Ollama has no word for it
    }
    return finish == FinishReason.LENGTH ? "length" : "stop";
  }

  @Override
  public String done(Usage usage) {
    Map<String, Object> last = said("", "", List.of());
    end(last, reason, usage);
    last.putAll(started.marks());
    return line(last);
  }

  @Override
  public String error(ApiException e) {
    return line(Map.of("error", String.valueOf(e.getMessage())));
  }

  @Override
  public byte[] whole(List<Ended> answers, Usage usage) {
    Ended ended = answers.getFirst();
    Answer answer = ended.read().answer();
    var calls = new ArrayList<Map<String, Object>>();
    answer.calls().forEach(call -> calls.add(call(call.name(), call.arguments())));
    Map<String, Object> reply = said(answer.text(), answer.reasoning(), calls);
    end(reply, reason(ended.reason(), ended.read()), usage);
    reply.putAll(started.marks());
    return JSON.writeValueAsBytes(reply);
  }

  /// A request that asked for nothing but that the model be there.
  static Map<String, Object> loaded(String model, Instant now, boolean chat, boolean goes) {
    var reply = head(model, now);
    put(reply, chat, "", "", List.of());
    reply.put("done", true);
    reply.put("done_reason", goes ? "unload" : "load");
    return reply;
  }

  private String piece(String text, String thoughts, List<Map<String, Object>> calls) {
    Map<String, Object> piece = said(text, thoughts, calls);
    piece.put("done", false);
    return line(piece);
  }

  private Map<String, Object> said(String text, String thoughts, List<Map<String, Object>> calls) {
    Map<String, Object> reply =
        head(started.request().model().name(), Instant.ofEpochSecond(started.created()));
    put(reply, chat, text, thoughts, calls);
    return reply;
  }

  private static Map<String, Object> head(String model, Instant now) {
    var reply = new LinkedHashMap<String, Object>();
    reply.put("model", model);
    reply.put("created_at", now.toString());
    return reply;
  }

  private static void put(
      Map<String, Object> reply,
      boolean chat,
      String text,
      String thoughts,
      List<Map<String, Object>> calls) {
    Map<String, Object> to = reply;
    if (chat) {
      to = new LinkedHashMap<>();
      to.put("role", "assistant");
      to.put("content", text);
      if (!calls.isEmpty()) {
        to.put("tool_calls", calls);
      }
      reply.put("message", to);
    } else {
      to.put("response", text);
    }
    if (!thoughts.isEmpty()) {
      to.put("thinking", thoughts);
    }
  }

  private static Map<String, Object> call(String name, String json) {
    var function = new LinkedHashMap<String, Object>();
    function.put("name", name);
    Object given;
    try {
      given = JSON.readTree(json.isBlank() ? "{}" : json);
    } catch (JacksonException e) {
      given = Map.of("unparsed", json); // what the model broke off is told as it wrote it
    }
    function.put("arguments", given);
    return Map.of("function", function);
  }

  private static void end(Map<String, Object> reply, String reason, Usage usage) {
    Timing timing = usage.timing();
    reply.put("done", true);
    reply.put("done_reason", reason);
    reply.put("total_duration", timing.queueNanos() + timing.prefillNanos() + timing.decodeNanos());
    reply.put("load_duration", timing.queueNanos());
    reply.put("prompt_eval_count", usage.promptTokens());
    reply.put("prompt_eval_duration", timing.prefillNanos());
    reply.put("eval_count", usage.completionTokens());
    reply.put("eval_duration", timing.decodeNanos());
  }

  private static String line(Object json) {
    return JSON.writeValueAsString(json) + "\n";
  }
}
