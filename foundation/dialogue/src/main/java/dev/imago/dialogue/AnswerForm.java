package dev.imago.dialogue;

import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How a model writes its answers: what its chat template says of calls and thoughts.
///
/// @param thinking the tags around thoughts; null where there are none, or channels keep them apart
public record AnswerForm(CallSyntax calls, @Nullable Thinking thinking) {
  /// The tags around what a model thinks.
  public record Thinking(String open, String close) {}

  /// All is text.
  public static final AnswerForm PLAIN = new AnswerForm(new CallSyntax.None(), null);

  private static final List<Thinking> KNOWN =
      List.of(
          new Thinking("<think>", "</think>"),
          new Thinking("[THINK]", "[/THINK]"),
          new Thinking("<seed:think>", "</seed:think>"),
          new Thinking("<|START_THINKING|>", "<|END_THINKING|>"));

  /// The form that a template teaches, by what it writes itself.
  public static AnswerForm of(ChatTemplate template) {
    String jinja =
        template.names().stream()
            .map(name -> template.named(name).source())
            .collect(Collectors.joining("\n"));
    CallSyntax calls = calls(jinja);
    return new AnswerForm(
        calls,
        calls instanceof CallSyntax.Channels
            ? null
            : KNOWN.stream().filter(t -> jinja.contains(t.close)).findFirst().orElse(null));
  }

  private static CallSyntax calls(String jinja) {
    if (jinja.contains("<|channel|>") && jinja.contains("<|message|>")) {
      return new CallSyntax.Channels();
    }
    if (jinja.contains("<｜tool▁calls▁begin｜>")) {
      return CallSyntax.Sections.deepSeek(jinja.contains("```json"));
    }
    if (jinja.contains(CallSyntax.Sections.KIMI.open())) {
      return CallSyntax.Sections.KIMI;
    }
    if (jinja.contains(CallSyntax.Elements.MINIMAX.open())) {
      return CallSyntax.Elements.MINIMAX;
    }
    if (jinja.contains(CallSyntax.Elements.DSML)) {
      return CallSyntax.Elements.deepSeek(
          jinja.contains("function_calls") ? "function_calls" : "tool_calls");
    }
    if (jinja.contains(CallSyntax.Elements.SEED.open())) {
      return CallSyntax.Elements.SEED;
    }
    if (jinja.contains("<function=") && jinja.contains("<parameter=")) {
      return CallSyntax.Elements.QWEN;
    }
    // MiniMax M3's elements within elements, and others that are not read.
    if (jinja.contains("]<]minimax[>[") || jinja.contains("<atem:function_calls>")) {
      return new CallSyntax.None();
    }
    if (jinja.contains(CallSyntax.KeysAndValues.KEY)) {
      return new CallSyntax.KeysAndValues();
    }
    if (jinja.contains(CallSyntax.Listed.OPEN)) {
      return new CallSyntax.Listed(jinja.contains(CallSyntax.Listed.ARGUMENTS));
    }
    return tagged(jinja);
  }

  private static CallSyntax tagged(String jinja) {
    if (jinja.contains("<tool_calls>")) {
      return new CallSyntax.TaggedJson(
          "<tool_calls>", "</tool_calls>", jinja.contains("<tool_calls>["));
    }
    if (jinja.contains("<TOOLCALL>")) {
      return new CallSyntax.TaggedJson("<TOOLCALL>", "</TOOLCALL>", true);
    }
    if (jinja.contains(CallSyntax.TaggedJson.COHERE.open())) {
      return CallSyntax.TaggedJson.COHERE;
    }
    if (jinja.contains("<tool_call>")) {
      return CallSyntax.TaggedJson.HERMES;
    }
    // LFM2's template shows how tools are listed, and leaves calls to what the model learned.
    if (jinja.contains("<|tool_call_start|>") || jinja.contains("<|tool_list_start|>")) {
      return new CallSyntax.Pythonic("<|tool_call_start|>", "<|tool_call_end|>");
    }
    if (jinja.contains("<|tool_call|>")) {
      return CallSyntax.TaggedJson.GRANITE;
    }
    if (jinja.contains("func_name1(") || jinja.contains("<|python_start|>")) {
      return jinja.contains("<|python_start|>")
          ? new CallSyntax.Pythonic("<|python_start|>", "<|python_end|>")
          : new CallSyntax.Pythonic("", "");
    }
    return jinja.contains("\"parameters\": ") && jinja.contains("{\"name\": ")
        ? new CallSyntax.BareJson()
        : new CallSyntax.None();
  }

  /// The same, with calls left as text: what nobody has offered is not called.
  public AnswerForm withoutCalls() {
    return calls instanceof CallSyntax.Channels
        ? this
        : new AnswerForm(new CallSyntax.None(), thinking);
  }

  /// Whether all is text.
  public boolean isPlain() {
    return thinking == null && calls instanceof CallSyntax.None;
  }

  /// Those of its marks that are control tokens of a vocabulary, by id. A model cannot write them
  /// by other tokens, so they are told apart from a text that only spells them.
  public Map<Integer, String> controls(Tokenizer tokenizer) {
    var controls = new LinkedHashMap<Integer, String>();
    for (String mark : marks()) {
      tokenizer
          .id(mark)
          .ifPresent(
              id -> {
                if (tokenizer.special(id)) {
                  controls.put(id, mark);
                }
              });
    }
    return controls;
  }

  /// All spellings that mean something in it.
  List<String> marks() {
    var marks = new ArrayList<>(calls.marks());
    Optional.ofNullable(thinking).ifPresent(t -> marks.addAll(List.of(t.open, t.close)));
    return marks;
  }

  /// Whether a prompt has begun the thoughts that the answer goes on with.
  ///
  /// @param prompt the end of it, control tokens spelled out
  public boolean thinksAfter(String prompt) {
    return thinking != null && prompt.stripTrailing().endsWith(thinking.open);
  }
}
