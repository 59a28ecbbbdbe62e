package dev.imago.dialogue;

import java.util.List;
import java.util.stream.Stream;

/// How a model writes that it calls a tool. Models learn it from their chat templates, and there
/// are few ways.
public sealed interface CallSyntax {
  /// The spellings by which calls are set off from text, and their parts from each other.
  List<String> marks();

  /// Those of them that part the arguments of a call: they count as text, too, where a vocabulary
  /// has control tokens for them.
  default List<String> inner() {
    return List.of();
  }

  /// Calls are not looked for: all is text.
  record None() implements CallSyntax {
    @Override
    public List<String> marks() {
      return List.of();
    }
  }

  /// JSON between tags: `<tool_call>{"name": "f", "arguments": {…}}</tool_call>`. Hermes, Qwen;
  /// Granite, Apriel, Nemotron and Command R7B with a list.
  ///
  /// @param close empty where the end of the answer closes them, too
  /// @param listed whether they stand in a list
  /// @param name the key of a call's name, as the template writes it
  /// @param arguments that of its arguments
  record TaggedJson(String open, String close, boolean listed, String name, String arguments)
      implements CallSyntax {
    static final TaggedJson HERMES = new TaggedJson("<tool_call>", "</tool_call>", false);
    static final TaggedJson GRANITE = new TaggedJson("<|tool_call|>", "<|/tool_call|>", false);

    static final TaggedJson COHERE =
        new TaggedJson("<|START_ACTION|>", "<|END_ACTION|>", true, "tool_name", "parameters");

    TaggedJson(String open, String close, boolean listed) {
      this(open, close, listed, "name", "arguments");
    }

    @Override
    public List<String> marks() {
      return List.of(open, close);
    }
  }

  /// The whole answer is JSON: `{"name": "f", "parameters": {…}}`, several with `;` between them.
  /// Llama 3.
  record BareJson() implements CallSyntax {
    static final String TAG = "<|python_tag|>";

    @Override
    public List<String> marks() {
      return List.of(TAG);
    }
  }

  /// `[TOOL_CALLS][{"name": "f", "arguments": {…}}]`, in later versions `[TOOL_CALLS]f[ARGS]{…}`.
  /// Mistral.
  ///
  /// @param named whether it is the later one
  record Listed(boolean named) implements CallSyntax {
    static final String OPEN = "[TOOL_CALLS]";
    static final String ID = "[CALL_ID]";
    static final String ARGUMENTS = "[ARGS]";

    @Override
    public List<String> marks() {
      return List.of(OPEN, ID, ARGUMENTS);
    }
  }

  /// `[f(a=1, b="x"), g()]`, between tags where a model has some. Llama 4, LFM2, OLMo.
  ///
  /// @param open empty where the whole answer is the list
  record Pythonic(String open, String close) implements CallSyntax {
    @Override
    public List<String> marks() {
      return open.isEmpty() ? List.of() : List.of(open, close);
    }
  }

  /// An element for a call, in it one for each argument, which is named in its tag. Qwen3-Coder,
  /// Seed-OSS, MiniMax, DeepSeek from V3.2 on.
  ///
  /// @param call begins one; a name and `nameEnd` follow
  /// @param parameter begins an argument; a name and `nameEnd` follow
  /// @param typed whether between them `string="true"` tells a text from JSON, and values stand
  ///   close to their tags
  record Elements(
      String open,
      String close,
      String call,
      String callEnd,
      String parameter,
      String parameterEnd,
      String nameEnd,
      boolean typed)
      implements CallSyntax {
    static final Elements QWEN = named("<tool_call>", "</tool_call>");
    static final Elements SEED = named("<seed:tool_call>", "</seed:tool_call>");
    static final Elements MINIMAX =
        new Elements(
            "<minimax:tool_call>",
            "</minimax:tool_call>",
            "<invoke name=\"",
            "</invoke>",
            "<parameter name=\"",
            "</parameter>",
            "\">",
            false);

    /// What DeepSeek sets its elements off by.
    static final String DSML = "｜DSML｜";

    private static Elements named(String open, String close) {
      return new Elements(
          open, close, "<function=", "</function>", "<parameter=", "</parameter>", ">", false);
    }

    /// @param section the word for all calls, which V3.2 and V4 have each of its own
    static Elements deepSeek(String section) {
      String end = "</" + DSML;
      return new Elements(
          "<" + DSML + section + ">",
          end + section + ">",
          "<" + DSML + "invoke name=\"",
          end + "invoke>",
          "<" + DSML + "parameter name=\"",
          end + "parameter>",
          "\">",
          true);
    }

    /// What stands before the value of an argument.
    String before(String key, boolean text) {
      return parameter + key + (typed ? "\" string=\"" + text : "") + nameEnd + gap();
    }

    /// What stands after it.
    String after() {
      return gap() + parameterEnd + "\n";
    }

    private String gap() {
      return typed ? "" : "\n";
    }

    @Override
    public List<String> marks() {
      return List.of(open, close, call, callEnd, parameter, parameterEnd);
    }

    @Override
    public List<String> inner() {
      return List.of(call, callEnd, parameter, parameterEnd);
    }
  }

  /// `<tool_call>f`, then `<arg_key>a</arg_key><arg_value>1</arg_value>` for each argument. GLM.
  record KeysAndValues() implements CallSyntax {
    static final String OPEN = "<tool_call>";
    static final String CLOSE = "</tool_call>";
    static final String KEY = "<arg_key>";
    static final String KEY_END = "</arg_key>";
    static final String VALUE = "<arg_value>";
    static final String VALUE_END = "</arg_value>";

    @Override
    public List<String> marks() {
      return List.of(OPEN, CLOSE, KEY, KEY_END, VALUE, VALUE_END);
    }

    @Override
    public List<String> inner() {
      return List.of(KEY, KEY_END, VALUE, VALUE_END);
    }
  }

  /// A section of calls, each a name, a separator and JSON. DeepSeek, Kimi.
  ///
  /// @param typed whether the word `function` and the separator come before the name, and the JSON
  ///   stands in a fence: DeepSeek's V3 and R1
  /// @param prefix before a name: Kimi has `functions.`
  record Sections(
      String open,
      String call,
      String separator,
      String callEnd,
      String close,
      boolean typed,
      String prefix)
      implements CallSyntax {
    static Sections deepSeek(boolean typed) {
      return new Sections(
          "<｜tool▁calls▁begin｜>",
          "<｜tool▁call▁begin｜>",
          "<｜tool▁sep｜>",
          "<｜tool▁call▁end｜>",
          "<｜tool▁calls▁end｜>",
          typed,
          "");
    }

    static final Sections KIMI =
        new Sections(
            "<|tool_calls_section_begin|>",
            "<|tool_call_begin|>",
            "<|tool_call_argument_begin|>",
            "<|tool_call_end|>",
            "<|tool_calls_section_end|>",
            false,
            "functions.");

    @Override
    public List<String> marks() {
      return List.of(open, call, separator, callEnd, close);
    }
  }

  /// Every message names its channel: thoughts in `analysis`, calls in `commentary`, the answer in
  /// `final`. OpenAI's harmony, gpt-oss.
  record Channels() implements CallSyntax {
    static final String START = "<|start|>";
    static final String CHANNEL = "<|channel|>";
    static final String CONSTRAIN = "<|constrain|>";
    static final String MESSAGE = "<|message|>";

    /// What ends a message.
    static final List<String> ENDS = List.of("<|end|>", "<|call|>", "<|return|>");

    @Override
    public List<String> marks() {
      return Stream.concat(Stream.of(START, CHANNEL, CONSTRAIN, MESSAGE), ENDS.stream()).toList();
    }
  }
}
