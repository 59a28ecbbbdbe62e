package dev.imago.data;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One labelled pair, in the field's prompt–completion form, or a conversation, whose last exchange
/// is its pair.
///
/// @param id stable and unique in its labels
/// @param prompt what the model is given; of a conversation, what was said last before its answer
/// @param completion what it should answer
/// @param source the document that it came from
/// @param messages the whole conversation, the completion last, where there is more to it than
///   prompt and completion: a system message, earlier turns, tools; else empty
/// @param rejected an answer that people like less than the completion; empty where there is none
public record Example(
    String id,
    String prompt,
    String completion,
    String source,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Message> messages,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String rejected) {
  public static final String USER = "user";
  public static final String ASSISTANT = "assistant";

  /// One turn of a conversation.
  ///
  /// @param role who speaks: `system`, `user`, `assistant`, `tool`
  public record Message(String role, String content) {}

  public Example(
      String id,
      String prompt,
      String completion,
      String source,
      @Nullable List<Message> messages,
      @Nullable String rejected) {
    this.id = id;
    this.prompt = prompt;
    this.completion = completion;
    this.source = source;
    this.messages = messages == null ? List.of() : List.copyOf(messages);
    this.rejected = rejected == null ? "" : rejected;
  }

  /// Without an answer that is liked less.
  public Example(
      String id, String prompt, String completion, String source, List<Message> messages) {
    this(id, prompt, completion, source, messages, "");
  }

  /// The same with an answer that is liked less.
  public Example rejecting(String answer) {
    return new Example(id, prompt, completion, source, messages, answer);
  }

  /// The same with the answer that is liked less in the place of the better one.
  public Example worse() {
    if (messages.isEmpty()) {
      return new Example(id, prompt, rejected, source);
    }
    var turns = new ArrayList<>(messages.subList(0, messages.size() - 1));
    turns.add(new Message(ASSISTANT, rejected));
    return new Example(id, prompt, rejected, source, turns);
  }

  /// A pair and nothing else.
  public Example(String id, String prompt, String completion, String source) {
    this(id, prompt, completion, source, List.of());
  }

  /// A conversation, which ends with an answer.
  public static Example of(String id, List<Message> messages, String source) {
    int last = messages.size() - 1;
    if (last < 1 || !messages.get(last).role().equals(ASSISTANT)) {
      throw new IllegalArgumentException("a conversation ends with an answer to something");
    }
    String prompt = messages.get(last - 1).content();
    String completion = messages.get(last).content();
    boolean pair = messages.size() == 2 && messages.getFirst().role().equals(USER);
    return new Example(id, prompt, completion, source, pair ? List.of() : messages);
  }

  /// All turns, the completion last.
  public List<Message> turns() {
    return messages.isEmpty()
        ? List.of(new Message(USER, prompt), new Message(ASSISTANT, completion))
        : messages;
  }

  /// What the model is given before it answers.
  @JsonIgnore
  public List<Message> given() {
    List<Message> turns = turns();
    return turns.subList(0, turns.size() - 1);
  }
}
