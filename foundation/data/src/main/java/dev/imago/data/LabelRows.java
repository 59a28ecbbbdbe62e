// Past 400 lines: the forms of rows are tried one after another, and which comes first matters to
// all.
package dev.imago.data;

import dev.imago.data.Example.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Recognises labelled rows in the forms that people have them in, and reads each as a conversation
/// that ends with an answer.
///
/// Forms, in the order in which they are tried: preferences (`chosen` beside `rejected`; the chosen
/// answer is taken), turns (`messages`, ShareGPT's `conversations`), Alpaca (`instruction`,
/// `input`, `output`), and pairs under many names (`prompt` and `completion`, `question` and
/// `answer` …). Fields that are named come before all of these. Knows nothing of files.
public final class LabelRows {
  /// The names of what is asked, the plainest first.
  private static final List<String> PROMPTS =
      List.of(
          "prompt",
          "question",
          "query",
          "instruction",
          "problem",
          "input",
          "user",
          "request",
          "human",
          "source",
          "context",
          "问题",
          "提问",
          "指令",
          "输入",
          "问",
          "题目");

  private static final List<String> COMPLETIONS =
      List.of(
          "completion",
          "response",
          "answer",
          "answers",
          "output",
          "reply",
          "solution",
          "assistant",
          "target",
          "label_text",
          "gpt",
          "chosen",
          "summary",
          "答案",
          "回答",
          "回复",
          "输出",
          "答");

  /// What is given along with an instruction or a question.
  private static final List<String> GIVEN = List.of("input", "context", "输入", "背景");

  private static final List<String> SYSTEM = List.of("system", "system_prompt");

  private static final JsonNode NO_TOOLS = JsonMapper.shared().missingNode();

  private final Fields fields;

  /// Which fields hold what; an empty name is found by itself.
  ///
  /// @param prompt what is asked
  /// @param completion what is answered
  /// @param system what is told beforehand
  /// @param messages a list of turns
  public record Fields(String prompt, String completion, String system, String messages) {
    public static final Fields FOUND = new Fields("", "", "", "");
  }

  /// How a row says what it says.
  public enum Form {
    ALPACA("Alpaca"),
    SHAREGPT("ShareGPT"),
    MESSAGES("messages"),
    PAIR("prompt and completion"),
    PREFERENCE("preferences, of which the chosen answer is taken");

    private final String label;

    Form(String label) {
      this.label = label;
    }

    /// In words that go after «read as».
    public String label() {
      return label;
    }
  }

  /// What a row holds.
  public sealed interface Read {
    /// A conversation that ends with an answer.
    ///
    /// @param tools that the row offers
    /// @param lost what of the row is in none of these, in words
    /// @param rejected an answer that is liked less than the last turn; empty where there is none
    record Labelled(
        Form form,
        List<Message> messages,
        List<Map<String, Object>> tools,
        List<String> lost,
        String rejected)
        implements Read {
      public Labelled {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        lost = List.copyOf(lost);
      }
    }

    /// A row of a known form with nothing to learn from.
    record Useless(String why) implements Read {}

    /// A row of no known form.
    ///
    /// @param fields that it has
    record Unknown(Set<String> fields) implements Read {}
  }

  public LabelRows(Fields fields) {
    this.fields = fields;
  }

  /// Whether names of columns are those of a pair.
  static boolean areNames(List<String> columns) {
    List<String> plain = columns.stream().map(c -> c.strip().toLowerCase(Locale.ROOT)).toList();
    return PROMPTS.stream().anyMatch(plain::contains)
        && COMPLETIONS.stream().anyMatch(plain::contains);
  }

  /// Reads a row.
  public Read read(JsonNode value) {
    if (value.isArray()) {
      return Turns.looksLike(value)
          ? conversation(Form.MESSAGES, null, Turns.of(value), NO_TOOLS)
          : unknown(value);
    }
    if (!(value instanceof ObjectNode row)) {
      return unknown(value);
    }
    // What people who rate answers say of this one: KTO's form.
    if (row.path("label").isBoolean() && !row.path("label").booleanValue()) {
      Read read = known(row);
      return read instanceof Read.Labelled ? new Read.Useless("an answer that is rated bad") : read;
    }
    return known(row);
  }

  /// Reads a row of one answer whatever people say of it; [#good] tells what they do.
  public Read readAnswer(JsonNode value) {
    return value instanceof ObjectNode row ? known(row) : read(value);
  }

  /// Whether people found a row's answer good, KTO's `label`: true or false, 1 or 0 (or −1), or
  /// these as text; null where the row does not say.
  public static @Nullable Boolean good(JsonNode row) {
    JsonNode label = row.path("label");
    String said = label.isValueNode() ? label.asString("").strip() : "";
    return switch (said.toLowerCase(Locale.ROOT)) {
      case "true", "1", "1.0" -> Boolean.TRUE;
      case "false", "0", "0.0", "-1", "-1.0" -> Boolean.FALSE;
      default -> null;
    };
  }

  private Read known(ObjectNode row) {
    JsonNode tools = row.path("tools");
    String system = text(row, fields.system().isEmpty() ? SYSTEM : List.of(fields.system()));
    if (!fields.messages().isEmpty()) {
      return row.has(fields.messages())
          ? conversation(Form.MESSAGES, system, Turns.of(row.path(fields.messages())), tools)
          : unknown(row);
    }
    if (!fields.prompt().isEmpty() || !fields.completion().isEmpty()) {
      return named(row, system, tools);
    }
    if (row.has("chosen") && row.has("rejected")) {
      return preference(row, system, tools);
    }
    for (String name : Turns.FIELDS) {
      if (Turns.looksLike(row.path(name))) {
        Form form = Turns.shareGpt(row.path(name)) ? Form.SHAREGPT : Form.MESSAGES;
        return conversation(form, system, Turns.of(row.path(name)), tools);
      }
    }
    return pair(row, system, tools);
  }

  /// A pair by the names that the user gave; the one that was not given is found.
  private Read named(ObjectNode row, String system, JsonNode tools) {
    String prompt = fields.prompt().isEmpty() ? first(row, PROMPTS, "") : fields.prompt();
    String completion =
        fields.completion().isEmpty() ? first(row, COMPLETIONS, "") : fields.completion();
    if (!row.has(prompt) || !row.has(completion)) {
      return unknown(row);
    }
    return exchange(
        Form.PAIR,
        system,
        List.of(),
        Turns.text(row.path(prompt)),
        Turns.text(row.path(completion)),
        tools);
  }

  private static Read pair(ObjectNode row, String system, JsonNode tools) {
    boolean alpaca = row.has("instruction") && (row.has("output") || row.has("response"));
    String prompt = alpaca ? "instruction" : first(row, PROMPTS, "");
    String completion =
        alpaca ? (row.has("output") ? "output" : "response") : first(row, COMPLETIONS, prompt);
    if (prompt.isEmpty() || completion.isEmpty()) {
      return unknown(row);
    }
    if (Turns.looksLike(row.path(prompt))) { // TRL's conversational form
      var turns = new ArrayList<>(Turns.of(row.path(prompt)));
      turns.addAll(Turns.chosen(row.path(completion)));
      return conversation(Form.MESSAGES, system, turns, tools);
    }
    String asked = asked(row, prompt, completion);
    return exchange(
        alpaca ? Form.ALPACA : Form.PAIR,
        system,
        Turns.history(row.path("history")),
        asked,
        Turns.text(row.path(completion)),
        tools);
  }

  /// What is asked, with what is given along.
  private static String asked(ObjectNode row, String prompt, String completion) {
    var asked = new StringBuilder(Turns.text(row.path(prompt)));
    for (String name : GIVEN) {
      if (!name.equals(prompt) && !name.equals(completion) && row.has(name)) {
        String given = Turns.text(row.path(name));
        asked.append(asked.isEmpty() || given.isEmpty() ? "" : "\n").append(given);
      }
    }
    return asked.toString();
  }

  private static Read preference(ObjectNode row, String system, JsonNode tools) {
    JsonNode chosen = row.path("chosen");
    List<Message> answer = Turns.chosen(chosen);
    var turns = new ArrayList<Message>();
    for (String name : Turns.FIELDS) {
      if (turns.isEmpty() && Turns.looksLike(row.path(name))) {
        turns.addAll(Turns.of(row.path(name)));
      }
    }
    String prompt = first(row, PROMPTS, "chosen");
    if (turns.isEmpty() && Turns.looksLike(row.path(prompt))) {
      turns.addAll(Turns.of(row.path(prompt)));
    }
    // The chosen side may be the whole conversation, or its last turn alone.
    boolean whole = answer.stream().anyMatch(m -> m.role().equals(Example.USER));
    if (whole) {
      turns.clear();
    } else if (turns.isEmpty() && !prompt.isEmpty()) {
      turns.addAll(Turns.history(row.path("history")));
      turns.add(new Message(Example.USER, asked(row, prompt, "chosen")));
    }
    if (turns.isEmpty() && !whole && chosen.isString() && row.path("rejected").isString()) {
      return sharedBeginning(
          chosen.stringValue(), row.path("rejected").stringValue(), system, tools);
    }
    turns.addAll(answer);
    if (turns.size() == answer.size() && !whole) {
      return unknown(row);
    }
    List<Message> worse = Turns.chosen(row.path("rejected"));
    if (whole
        && worse.stream().anyMatch(m -> m.role().equals(Example.USER))
        && !given(worse).equals(given(answer))) {
      return new Read.Useless("a chosen and a rejected answer to different conversations");
    }
    String rejected = worse.isEmpty() ? "" : worse.getLast().content();
    return conversation(Form.PREFERENCE, system, turns, tools) instanceof Read.Labelled found
        ? new Read.Labelled(found.form(), found.messages(), found.tools(), found.lost(), rejected)
        : conversation(Form.PREFERENCE, system, turns, tools);
  }

  private static List<Message> given(List<Message> turns) {
    return turns.isEmpty() ? turns : turns.subList(0, turns.size() - 1);
  }

  /// Two texts without a prompt of their own: it is what both begin with, as TRL's `extract_prompt`
  /// has it, to the end of a word.
  private static Read sharedBeginning(
      String chosen, String rejected, String system, JsonNode tools) {
    int most = Math.min(chosen.length(), rejected.length());
    int n = 0;
    while (n < most && chosen.charAt(n) == rejected.charAt(n)) {
      n++;
    }
    while (n > 0
        && n < chosen.length()
        && Character.isLetterOrDigit(chosen.codePointAt(n))
        && Character.isLetterOrDigit(chosen.codePointBefore(n))
        && chosen.charAt(n) < '\u2e80') {
      n--; // Not within a word.
    }
    if (n > 0 && Character.isHighSurrogate(chosen.charAt(n - 1))) {
      n--;
    }
    String prompt = chosen.substring(0, n).stripTrailing();
    if (prompt.isEmpty()) {
      return new Read.Useless("no prompt, and two answers that begin differently");
    }
    Read read =
        exchange(Form.PREFERENCE, system, List.of(), prompt, chosen.substring(n).strip(), tools);
    return read instanceof Read.Labelled found
        ? new Read.Labelled(
            found.form(),
            found.messages(),
            found.tools(),
            found.lost(),
            rejected.substring(n).strip())
        : read;
  }

  private static Read exchange(
      Form form,
      String system,
      List<Message> history,
      String prompt,
      String completion,
      JsonNode tools) {
    if (prompt.isEmpty()) {
      return new Read.Useless("an empty prompt");
    }
    if (completion.isEmpty()) {
      return new Read.Useless("an empty answer");
    }
    var turns = new ArrayList<>(history);
    turns.add(new Message(Example.USER, prompt));
    turns.add(new Message(Example.ASSISTANT, completion));
    return conversation(form, system, turns, tools);
  }

  private static Read conversation(
      Form form, @Nullable String system, List<Message> all, JsonNode tools) {
    var turns = new ArrayList<Message>();
    boolean told = all.stream().anyMatch(m -> m.role().equals(Turns.SYSTEM));
    if (system != null && !system.isEmpty() && !told) {
      turns.add(new Message(Turns.SYSTEM, system));
    }
    all.stream().filter(m -> !m.said().isEmpty()).forEach(turns::add);
    var lost = new ArrayList<String>();
    if (all.stream().anyMatch(m -> m.said().isEmpty())) {
      lost.add("have turns without a text, which are left out");
    }
    int answered = turns.size();
    while (!turns.isEmpty() && !turns.getLast().role().equals(Example.ASSISTANT)) {
      turns.removeLast(); // Nobody answered it.
    }
    if (turns.isEmpty()) {
      return new Read.Useless("an empty answer");
    }
    if (turns.size() < 2) {
      return new Read.Useless("an empty prompt");
    }
    if (turns.size() < answered) {
      lost.add("end with turns that nobody answers, which are left out");
    }
    List<Map<String, Object>> offered = ToolFunctions.offered(tools);
    if (offered.isEmpty() && Turns.offered(tools)) {
      lost.add("offer tools that are no list of functions with a name, which are left out");
    }
    return new Read.Labelled(form, turns, offered, lost, "");
  }

  private static Read unknown(JsonNode row) {
    return new Read.Unknown(new TreeSet<>(row.propertyNames()));
  }

  private static String text(ObjectNode row, List<String> names) {
    String name = first(row, names, "");
    return name.isEmpty() ? "" : Turns.text(row.path(name));
  }

  /// The first of these names that a row has, in whatever case, or an empty one.
  private static String first(ObjectNode row, List<String> names, String besides) {
    for (String name : names) {
      for (String field : row.propertyNames()) {
        if (field.equalsIgnoreCase(name) && !field.equals(besides)) {
          return field;
        }
      }
    }
    return "";
  }
}
