package dev.imago.data;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

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
/// @param tools that the model may call, as OpenAI's API has them; none where it is told of none
/// @param label whether people found the completion good; null where nobody said
public record Example(
    String id,
    String prompt,
    String completion,
    String source,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Message> messages,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String rejected,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Map<String, Object>> tools,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean label) {
  public static final String USER = "user";
  public static final String ASSISTANT = "assistant";

  /// One turn of a conversation.
  ///
  /// @param role who speaks: `system`, `user`, `assistant`, `tool`
  /// @param content what is said; may be empty where tools are called
  /// @param toolCalls what an assistant calls, as OpenAI's API has it, but with arguments that are
  ///   an object, as chat templates want them
  /// @param toolCallId which call a tool's turn answers; empty where that is not said
  /// @param name of the tool, or of who speaks; empty where that is not said
  public record Message(
      String role,
      String content,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("tool_calls")
          List<Map<String, Object>> toolCalls,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("tool_call_id") String toolCallId,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String name) {
    @JsonCreator
    public Message(
        String role,
        @Nullable String content,
        @JsonProperty("tool_calls") @Nullable List<Map<String, Object>> toolCalls,
        @JsonProperty("tool_call_id") @Nullable String toolCallId,
        @Nullable String name) {
      this.role = role;
      this.content = content == null ? "" : content;
      this.toolCalls = toolCalls == null ? List.of() : List.copyOf(toolCalls);
      this.toolCallId = toolCallId == null ? "" : toolCallId;
      this.name = name == null ? "" : name;
    }

    /// A turn that calls nothing.
    public Message(String role, String content) {
      this(role, content, List.of(), "", "");
    }

    /// What is said and called, as one text: a call a line, as JSON, behind the text.
    @JsonIgnore
    public String said() {
      String calls =
          toolCalls.stream()
              .map(call -> call.getOrDefault("function", call))
              .map(JsonMapper.shared()::writeValueAsString)
              .collect(Collectors.joining("\n"));
      return content.isEmpty() || calls.isEmpty() ? content + calls : content + "\n" + calls;
    }
  }

  @JsonCreator
  public Example(
      String id,
      String prompt,
      String completion,
      String source,
      @Nullable List<Message> messages,
      @Nullable String rejected,
      @Nullable List<Map<String, Object>> tools,
      @Nullable Boolean label) {
    this.id = id;
    this.prompt = prompt;
    this.completion = completion;
    this.source = source;
    this.messages = messages == null ? List.of() : List.copyOf(messages);
    this.rejected = rejected == null ? "" : rejected;
    this.tools = tools == null ? List.of() : List.copyOf(tools);
    this.label = label;
  }

  /// On which nobody has said what they think.
  public Example(
      String id,
      String prompt,
      String completion,
      String source,
      List<Message> messages,
      String rejected,
      List<Map<String, Object>> tools) {
    this(id, prompt, completion, source, messages, rejected, tools, null);
  }

  /// Without tools.
  public Example(
      String id,
      String prompt,
      String completion,
      String source,
      List<Message> messages,
      String rejected) {
    this(id, prompt, completion, source, messages, rejected, List.of());
  }

  /// Without an answer that is liked less.
  public Example(
      String id, String prompt, String completion, String source, List<Message> messages) {
    this(id, prompt, completion, source, messages, "");
  }

  /// The same with an answer that is liked less.
  public Example rejecting(String answer) {
    return new Example(id, prompt, completion, source, messages, answer, tools, label);
  }

  /// The same with tools that the model is told of.
  public Example offering(List<Map<String, Object>> offered) {
    return offered.isEmpty()
        ? this
        : new Example(id, prompt, completion, source, turns(), rejected, offered, label);
  }

  /// The same, of which people say whether they find it good.
  public Example judged(boolean good) {
    return new Example(id, prompt, completion, source, messages, rejected, tools, good);
  }

  /// The same with the answer that is liked less in the place of the better one.
  public Example worse() {
    if (messages.isEmpty()) {
      return new Example(id, prompt, rejected, source);
    }
    var turns = new ArrayList<>(messages.subList(0, messages.size() - 1));
    turns.add(new Message(ASSISTANT, rejected));
    return new Example(id, prompt, rejected, source, turns, "", tools);
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
    String prompt = messages.get(last - 1).said();
    String completion = messages.get(last).said();
    boolean pair =
        messages.equals(List.of(new Message(USER, prompt), new Message(ASSISTANT, completion)));
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
