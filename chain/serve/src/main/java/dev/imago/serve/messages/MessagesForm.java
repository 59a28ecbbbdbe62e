package dev.imago.serve.messages;

import dev.imago.dialogue.AnswerPart;
import dev.imago.generate.FinishReason;
import dev.imago.http.ApiException;
import dev.imago.serve.completions.ReadAnswer;
import dev.imago.serve.completions.ReplyForm;
import dev.imago.serve.completions.Usage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// An answer in Anthropic's form: a message of blocks, or the events of one.
final class MessagesForm implements ReplyForm {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final byte[] PING =
      "event: ping\ndata: {\"type\": \"ping\"}\n\n".getBytes(StandardCharsets.UTF_8);

  private final Started started;

  /// The block that is open, and how many there were before it; a stream's.
  private @Nullable Class<? extends AnswerPart> open;

  private int blocks;
  private String reason = "end_turn";
  private @Nullable String stop;

  MessagesForm(Started started) {
    this.started = started;
  }

  @Override
  public byte[] signOfLife() {
    return PING;
  }

  @Override
  public String opening(int index) {
    Map<String, @Nullable Object> message = message(List.of());
    message.put("stop_reason", null);
    message.put("stop_sequence", null);
    int prompt = started.request().choices().getFirst().prompt().ids().length;
    message.put("usage", usage(prompt, 0, 0));
    return event("message_start", Map.of("message", message));
  }

  @Override
  public String pieces(
      int index,
      List<AnswerPart> parts,
      ReadAnswer read,
      @Nullable Map<String, @Nullable Object> probabilities) {
    var events = new StringBuilder();
    for (AnswerPart part : parts) {
      switch (part) {
        case AnswerPart.Text(String text) -> {
          begin(part, ordered("type", "text", "text", ""), events);
          delta(ordered("type", "text_delta", "text", text), events);
        }
        case AnswerPart.Reasoning(String text) -> {
          begin(part, ordered("type", "thinking", "thinking", "", "signature", ""), events);
          delta(ordered("type", "thinking_delta", "thinking", text), events);
        }
        case AnswerPart.CallBegun(int call, String name) -> {
          end(events);
          begin(part, call(read.callId(call), name, Map.of()), events);
        }
        case AnswerPart.Arguments(int _, String json) ->
            delta(ordered("type", "input_json_delta", "partial_json", json), events);
        case AnswerPart.CallEnded _ -> end(events);
        case AnswerPart.Unread _ -> {}
      }
    }
    return events.toString();
  }

  private void begin(AnswerPart part, Map<String, Object> block, StringBuilder events) {
    if (part.getClass().equals(open)) {
      return;
    }
    end(events);
    open = part.getClass();
    events.append(event("content_block_start", ordered("index", blocks, "content_block", block)));
  }

  private void delta(Map<String, Object> delta, StringBuilder events) {
    events.append(event("content_block_delta", ordered("index", blocks, "delta", delta)));
  }

  private void end(StringBuilder events) {
    if (open == null) {
      return;
    }
    if (open.equals(AnswerPart.Reasoning.class)) {
      delta(ordered("type", "signature_delta", "signature", ""), events);
    }
    events.append(event("content_block_stop", Map.of("index", blocks)));
    open = null;
    blocks++;
  }

  @Override
  public String ending(int index, FinishReason finish, ReadAnswer read) {
    reason = reason(finish, read);
    stop = stop(reason, read);
    var events = new StringBuilder();
    if (blocks == 0 && open == null) { // clients look for a first block
      begin(new AnswerPart.Text(""), ordered("type", "text", "text", ""), events);
    }
    end(events);
    return events.toString();
  }

  @Override
  public String done(Usage usage) {
    var delta = new LinkedHashMap<String, @Nullable Object>();
    delta.put("stop_reason", reason);
    delta.put("stop_sequence", stop);
    return event("message_delta", ordered("delta", delta, "usage", usage(usage)))
        + event("message_stop", Map.of());
  }

  @Override
  public String error(ApiException e) {
    return "event: error\ndata: "
        + JSON.writeValueAsString(MessagesErrors.body(MessagesRequest.NAMES.renamed(e)))
        + "\n\n";
  }

  @Override
  public byte[] whole(List<Ended> answers, Usage usage) {
    Ended ended = answers.getFirst();
    var content = new ArrayList<Map<String, Object>>();
    var text = new StringBuilder();
    AnswerPart before = null;
    int call = 0;
    for (AnswerPart part : ended.read().parts()) {
      boolean same = before != null && before.getClass().equals(part.getClass());
      if (!same) {
        text.setLength(0);
      }
      switch (part) {
        case AnswerPart.Text(String more) -> {
          text.append(more);
          set(content, same, ordered("type", "text", "text", text.toString()));
        }
        case AnswerPart.Reasoning(String more) -> {
          text.append(more);
          set(
              content,
              same,
              ordered("type", "thinking", "thinking", text.toString(), "signature", ""));
        }
        case AnswerPart.CallEnded _ -> {
          var made = ended.read().answer().calls().get(call);
          content.add(call(ended.read().callId(call++), made.name(), input(made.arguments())));
        }
        case AnswerPart.CallBegun _, AnswerPart.Arguments _, AnswerPart.Unread _ -> {}
      }
      before = part;
    }
    if (content.isEmpty()) {
      content.add(ordered("type", "text", "text", ""));
    }
    Map<String, @Nullable Object> message = message(content);
    String why = reason(ended.reason(), ended.read());
    message.put("stop_reason", why);
    message.put("stop_sequence", stop(why, ended.read()));
    message.put("usage", usage(usage));
    return JSON.writeValueAsBytes(message);
  }

  private static void set(
      List<Map<String, Object>> content, boolean same, Map<String, Object> block) {
    if (same) {
      content.removeLast();
    }
    content.add(block);
  }

  /// What a call is given, as an object; what the model broke off is told as it wrote it.
  private static Object input(String json) {
    try {
      return JSON.readTree(json.isBlank() ? "{}" : json);
    } catch (JacksonException e) {
      return Map.of("unparsed", json);
    }
  }

  private static Map<String, Object> call(String id, String name, Object input) {
    return ordered("type", "tool_use", "id", id, "name", name, "input", input);
  }

  private static String reason(FinishReason reason, ReadAnswer read) {
    if (read.filtered()) {
      return "refusal";
    }
    return switch (reason) {
      case STOP ->
          read.calls() ? "tool_use" : read.stopText().isPresent() ? "stop_sequence" : "end_turn";
      case LENGTH -> "max_tokens";
      case CANCELLED -> "end_turn"; // never sent: the client has gone, or gets an error
    };
  }

  private static @Nullable String stop(String reason, ReadAnswer read) {
    return reason.equals("stop_sequence") ? read.stopText().orElse(null) : null;
  }

  private Map<String, @Nullable Object> message(List<Map<String, Object>> content) {
    var message = new LinkedHashMap<String, @Nullable Object>();
    message.put("id", started.id());
    message.put("type", "message");
    message.put("role", "assistant");
    message.put("model", started.request().model().name());
    message.put("content", content);
    message.putAll(started.marks());
    return message;
  }

  private static Map<String, Object> usage(Usage usage) {
    return usage(usage.promptTokens(), usage.spared().cachedTokens(), usage.completionTokens());
  }

  /// What was cached is not among the input here.
  private static Map<String, Object> usage(int prompt, int cached, int output) {
    return ordered(
        "input_tokens",
        prompt - cached,
        "cache_creation_input_tokens",
        0,
        "cache_read_input_tokens",
        cached,
        "output_tokens",
        output);
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return map;
  }

  private static String event(String type, Map<String, ?> fields) {
    var json = new LinkedHashMap<String, Object>();
    json.put("type", type);
    json.putAll(fields);
    return "event: %s\ndata: %s\n\n".formatted(type, JSON.writeValueAsString(json));
  }
}
