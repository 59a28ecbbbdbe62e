package dev.imago.data;

import dev.imago.data.Example.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads lists of turns, whatever their speakers and fields are called.
final class Turns {
  static final String SYSTEM = "system";

  /// Where rows have their turns.
  static final List<String> FIELDS =
      List.of("messages", "conversations", "conversation", "dialog", "dialogue", "turns");

  private static final List<String> SPEAKERS = List.of("role", "from", "speaker", "author");
  private static final List<String> CONTENTS = List.of("content", "value", "text", "message");

  /// Speakers who call tools, in what they say.
  private static final List<String> CALLERS = List.of("function_call", "tool_call");

  /// Anthropic's way to write a conversation as one text.
  private static final Pattern TRANSCRIPT = Pattern.compile("\\n\\n(Human|Assistant): ?");

  private Turns() {}

  /// Whether a value is a list of turns.
  static boolean looksLike(JsonNode value) {
    JsonNode list = unwrapped(value);
    return list.isArray()
        && !list.isEmpty()
        && list.valueStream()
            .allMatch(t -> t instanceof ObjectNode turn && (spoken(turn) || exchanged(turn)));
  }

  /// A cell of a table may hold the JSON of a list.
  static JsonNode unwrapped(JsonNode value) {
    if (value.isString() && value.stringValue().stripLeading().startsWith("[")) {
      try {
        return JsonMapper.shared().readTree(value.stringValue());
      } catch (JacksonException e) {
        return value; // A text that begins with a bracket.
      }
    }
    return value;
  }

  /// Whether a value offers tools: a list, or the JSON of one.
  static boolean offered(JsonNode tools) {
    JsonNode value = unwrapped(tools);
    return value.isContainer() ? !value.isEmpty() : !text(value).isEmpty();
  }

  /// Whether turns are told by `from` and `value`.
  static boolean shareGpt(JsonNode value) {
    JsonNode first = unwrapped(value).path(0);
    return first.has("from") && first.has("value");
  }

  private static boolean spoken(ObjectNode turn) {
    return SPEAKERS.stream().anyMatch(turn::has)
        && (CONTENTS.stream().anyMatch(turn::has) || turn.has("tool_calls"));
  }

  /// One object for a question and its answer: `{"human": …, "assistant": …}`.
  private static boolean exchanged(ObjectNode turn) {
    return turn.has("human") && turn.has("assistant");
  }

  static List<Message> of(JsonNode value) {
    var turns = new ArrayList<Message>();
    for (JsonNode each : unwrapped(value)) {
      if (!(each instanceof ObjectNode turn)) {
        continue;
      }
      if (spoken(turn)) {
        turns.add(turn(turn));
      } else if (exchanged(turn)) {
        turns.add(new Message(Example.USER, text(turn.path("human"))));
        turns.add(new Message(Example.ASSISTANT, text(turn.path("assistant"))));
      }
    }
    return turns;
  }

  private static Message turn(ObjectNode turn) {
    String speaker =
        SPEAKERS.stream().filter(turn::has).map(n -> text(turn.path(n))).findFirst().orElse("");
    String content =
        CONTENTS.stream()
            .filter(turn::has)
            .map(n -> text(turn.path(n)))
            .filter(t -> !t.isEmpty())
            .findFirst()
            .orElse("");
    List<Map<String, Object>> calls = ToolFunctions.called(turn.path("tool_calls"));
    if (calls.isEmpty() && CALLERS.contains(speaker.toLowerCase(Locale.ROOT))) {
      calls = ToolFunctions.called(content);
      content = calls.isEmpty() ? content : "";
    }
    if (calls.isEmpty() && content.isEmpty()) {
      content = calls(turn.path("tool_calls"));
    }
    String name = role(speaker).equals("tool") ? text(turn.path("name")) : "";
    return new Message(role(speaker), content, calls, text(turn.path("tool_call_id")), name);
  }

  /// Calls in a form that we do not know, as they stand: an object a line.
  private static String calls(JsonNode calls) {
    return calls
        .valueStream()
        .map(c -> c.has("function") ? c.path("function") : c)
        .map(JsonNode::toString)
        .collect(Collectors.joining("\n"));
  }

  private static String role(String speaker) {
    return switch (speaker.toLowerCase(Locale.ROOT)) {
      case "human", "user", "prompter", "question", "用户" -> Example.USER;
      case "gpt",
          "assistant",
          "bot",
          "chatgpt",
          "model",
          "ai",
          "function_call",
          "tool_call",
          "助手" ->
          Example.ASSISTANT;
      case "system", "developer" -> SYSTEM;
      case "tool", "function", "observation", "ipython", "tool_response" -> "tool";
      default -> speaker;
    };
  }

  /// Earlier exchanges, each a list of a question and its answer.
  static List<Message> history(JsonNode history) {
    var turns = new ArrayList<Message>();
    for (JsonNode exchange : unwrapped(history)) {
      if (exchange.isArray() && exchange.size() == 2) {
        turns.add(new Message(Example.USER, text(exchange.path(0))));
        turns.add(new Message(Example.ASSISTANT, text(exchange.path(1))));
      }
    }
    return turns;
  }

  /// The preferred answer: a text, a turn, or turns; a transcript is turns, too.
  static List<Message> chosen(JsonNode chosen) {
    JsonNode value = unwrapped(chosen);
    if (value instanceof ObjectNode turn && spoken(turn)) {
      return List.of(turn(turn));
    }
    if (looksLike(value)) {
      return of(value);
    }
    String text = text(value);
    Matcher marks = TRANSCRIPT.matcher("\n\n" + text);
    if (!text.startsWith("Human:") || !text.contains("Assistant:")) {
      return List.of(new Message(Example.ASSISTANT, text));
    }
    var turns = new ArrayList<Message>();
    String whole = "\n\n" + text;
    String role = "";
    int from = 0;
    while (marks.find()) {
      if (!role.isEmpty()) {
        turns.add(new Message(role, whole.substring(from, marks.start()).strip()));
      }
      role = marks.group(1).equals("Human") ? Example.USER : Example.ASSISTANT;
      from = marks.end();
    }
    turns.add(new Message(role, whole.substring(from).strip()));
    return turns;
  }

  /// The text of a value, without white space around it: of a list of texts the first, of a list of
  /// parts all that are texts, of an object its text.
  static String text(JsonNode value) {
    if (value.isValueNode()) {
      return value.isNull() ? "" : trimmed(value.asString());
    }
    if (value.isArray()) {
      boolean parts = value.valueStream().anyMatch(p -> p.path("type").isString());
      return parts
          ? value
              .valueStream()
              .map(p -> p.path("text").asString(""))
              .filter(t -> !t.isEmpty())
              .collect(Collectors.joining("\n"))
          : value.isEmpty() ? "" : text(value.get(0));
    }
    for (String name : CONTENTS) {
      if (value.has(name)) {
        return text(value.path(name));
      }
    }
    return "";
  }

  /// A first line keeps its indentation where it is code of several lines.
  private static String trimmed(String text) {
    String plain = text.replace("\r\n", "\n").replace('\r', '\n').stripTrailing();
    int blank = 0;
    for (int i = 0; i < plain.length() && Character.isWhitespace(plain.charAt(i)); i++) {
      blank = plain.charAt(i) == '\n' ? i + 1 : blank;
    }
    String rest = plain.substring(blank);
    return rest.indexOf('\n') < 0 ? rest.strip() : rest;
  }
}
