package dev.imago.serve.completions;

import dev.imago.dialogue.Answer;
import dev.imago.dialogue.AnswerPart;
import dev.imago.generate.FinishReason;
import dev.imago.http.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The JSON of a request's answers, whole or in chunks, in OpenAI's two forms.
///
/// @param created seconds since 1970
/// @param marks fields of ours
record Reply(
    CompletionKind kind,
    String id,
    long created,
    String model,
    boolean includeUsage,
    Map<String, Object> marks)
    implements ReplyForm {
  private static final JsonMapper JSON = JsonMapper.shared();

  static Reply of(CompletionKind kind, Started started) {
    return new Reply(
        kind,
        started.id(),
        started.created(),
        started.request().model().name(),
        started.request().includeUsage(),
        started.marks());
  }

  @Override
  public byte[] whole(List<Ended> answers, Usage usage) {
    Map<String, @Nullable Object> reply = head(kind.object);
    var choices = new ArrayList<Map<String, @Nullable Object>>();
    for (Ended ended : answers) {
      Map<String, @Nullable Object> choice =
          choice(choices.size(), name(ended.reason(), ended.read()));
      choice.put("logprobs", ended.probabilities());
      Answer answer = ended.read().answer();
      switch (kind) {
        case CHAT -> choice.put("message", message(answer, ended.read()));
        case TEXT -> choice.put("text", ended.echoed() + answer.text());
      }
      putErrors(choice, answer);
      choices.add(choice);
    }
    reply.put("choices", choices);
    reply.put("usage", usage.json());
    reply.putAll(marks);
    return JSON.writeValueAsBytes(reply);
  }

  /// The chunk that opens one of a chat's answers: who speaks. Empty for a text.
  @Override
  public String opening(int index) {
    return switch (kind) {
      case CHAT -> chunk(index, Map.of("role", "assistant", "content", ""), null);
      case TEXT -> "";
    };
  }

  /// The chunks of an answer's next parts; those that belong together are sent as one.
  ///
  /// @param probabilities of the tokens that they came by, with the first of them; null where none
  ///   are told
  @Override
  public String pieces(
      int index,
      List<AnswerPart> parts,
      ReadAnswer read,
      @Nullable Map<String, @Nullable Object> probabilities) {
    var chunks = new StringBuilder();
    Map<String, @Nullable Object> likely = probabilities;
    for (int i = 0; i < parts.size(); ) {
      AnswerPart part = parts.get(i++);
      var text = new StringBuilder(text(part));
      while (i < parts.size() && parts.get(i).getClass() == part.getClass() && !text.isEmpty()) {
        text.append(text(parts.get(i++)));
      }
      Map<String, ?> delta = delta(part, text.toString(), read);
      if (!delta.isEmpty()) {
        chunks.append(chunk(index, delta, likely));
        likely = null;
      }
    }
    return likely == null
        ? chunks.toString()
        : chunks + chunk(index, Map.of("content", ""), likely);
  }

  /// What a part adds to the message; nothing where it only ends something.
  private static Map<String, ?> delta(AnswerPart part, String text, ReadAnswer read) {
    return switch (part) {
      case AnswerPart.Text _ -> Map.of("content", text);
      case AnswerPart.Reasoning _ -> Map.of("reasoning_content", text);
      case AnswerPart.CallBegun(int call, String name) -> {
        var begun = new LinkedHashMap<String, Object>();
        begun.put("index", call);
        begun.putAll(call(read.callId(call), name, ""));
        yield Map.of("tool_calls", List.of(begun));
      }
      case AnswerPart.Arguments(int call, String _) ->
          Map.of(
              "tool_calls", List.of(Map.of("index", call, "function", Map.of("arguments", text))));
      case AnswerPart.CallEnded _, AnswerPart.Unread _ -> Map.of();
    };
  }

  /// What may be joined with the same kind that follows.
  private static String text(AnswerPart part) {
    return switch (part) {
      case AnswerPart.Text(String text) -> text;
      case AnswerPart.Reasoning(String text) -> text;
      case AnswerPart.Arguments(int _, String json) -> json;
      case AnswerPart.CallBegun _, AnswerPart.CallEnded _, AnswerPart.Unread _ -> "";
    };
  }

  private static Map<String, Object> call(String id, String name, String arguments) {
    var call = new LinkedHashMap<String, Object>();
    call.put("id", id);
    call.put("type", "function");
    var function = new LinkedHashMap<String, Object>();
    function.put("name", name);
    function.put("arguments", arguments);
    call.put("function", function);
    return call;
  }

  /// The end of one answer.
  @Override
  public String ending(int index, FinishReason reason, ReadAnswer read) {
    Map<String, @Nullable Object> choice = choice(index, name(reason, read));
    putErrors(choice, read.answer());
    return chunk(choice, Map.of(), marks);
  }

  /// What is wrong with calls, where anything is: a field of ours, in the choice.
  private static void putErrors(Map<String, @Nullable Object> choice, Answer answer) {
    var errors = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < answer.calls().size(); i++) {
      if (!answer.calls().get(i).defect().isEmpty()) {
        var error = new LinkedHashMap<String, Object>();
        error.put("index", i);
        error.put("message", answer.calls().get(i).defect());
        errors.add(error);
      }
    }
    answer.unread().forEach(why -> errors.add(Map.of("message", why)));
    if (!errors.isEmpty()) {
      choice.put("tool_call_errors", errors);
    }
  }

  /// The end of a stream: the counts where they were asked for, and the mark.
  @Override
  public String done(Usage usage) {
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
  @Override
  public String error(ApiException e) {
    return data(e.body());
  }

  private String chunk(
      int index, Map<String, ?> delta, @Nullable Map<String, @Nullable Object> probabilities) {
    Map<String, @Nullable Object> choice = choice(index, null);
    choice.put("logprobs", probabilities);
    return chunk(choice, delta, Map.of());
  }

  /// @param marked of the answer that ends with this chunk
  private String chunk(
      Map<String, @Nullable Object> choice, Map<String, ?> delta, Map<String, Object> marked) {
    Map<String, @Nullable Object> chunk = head(kind.chunkObject);
    switch (kind) {
      case CHAT -> choice.put("delta", delta);
      case TEXT -> choice.put("text", delta.containsKey("content") ? delta.get("content") : "");
    }
    chunk.put("choices", List.of(choice));
    if (includeUsage) {
      chunk.put("usage", null);
    }
    chunk.putAll(marked);
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

  private static Map<String, @Nullable Object> choice(int index, @Nullable String reason) {
    var choice = new LinkedHashMap<String, @Nullable Object>();
    choice.put("index", index);
    choice.put("finish_reason", reason);
    choice.put("logprobs", null);
    return choice;
  }

  /// Why an answer ended, as OpenAI calls it.
  static String name(FinishReason reason, ReadAnswer read) {
    if (read.filtered()) {
      return "content_filter";
    }
    return switch (reason) {
      case STOP -> read.calls() ? "tool_calls" : "stop";
      case LENGTH -> "length";
      case CANCELLED -> "cancelled"; // never sent: the client has gone, or gets an error
    };
  }

  private static Map<String, @Nullable Object> message(Answer answer, ReadAnswer read) {
    var message = new LinkedHashMap<String, @Nullable Object>();
    message.put("role", "assistant");
    message.put("content", answer.text().isEmpty() && read.calls() ? null : answer.text());
    message.put("refusal", null);
    if (!answer.reasoning().isEmpty()) {
      message.put("reasoning_content", answer.reasoning());
    }
    if (read.calls()) {
      var calls = new ArrayList<Map<String, Object>>();
      for (Answer.Call call : answer.calls()) {
        calls.add(call(read.callId(calls.size()), call.name(), call.arguments()));
      }
      message.put("tool_calls", calls);
    }
    return message;
  }

  private static String data(Object json) {
    return "data: " + JSON.writeValueAsString(json) + "\n\n";
  }
}
