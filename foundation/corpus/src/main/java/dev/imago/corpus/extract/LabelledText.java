package dev.imago.corpus.extract;

import dev.imago.data.TextField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Rows that are labels rather than texts, written as text that reads well: conversations
/// (`messages`, ShareGPT's `conversations`), instructions (Alpaca), prompts with completions, and
/// preferences, of which the chosen answer is taken.
///
/// [dev.imago.data.LabelRows] reads the same rows to learn answers from, and so passes over more of
/// them and drops what nobody answered; here all that was said is text.
final class LabelledText {
  private static final List<String> TURNS = List.of("messages", "conversations", "conversation");
  private static final List<String> SPEAKERS = List.of("role", "from", "speaker");
  private static final List<String> WORDS = List.of("content", "value", "text");
  private static final List<String> PROMPTS =
      List.of("instruction", "prompt", "question", "query", "problem", "input", "source");
  private static final List<String> ANSWERS =
      List.of(
          "output", "completion", "response", "answer", "chosen", "solution", "target", "answers");

  private LabelledText() {}

  /// The fields that make a row one with labels; null where it is none.
  static @Nullable String fields(ObjectNode row) {
    String turns = turns(row);
    if (turns != null) {
      return row.has("chosen") ? turns + ", chosen" : turns;
    } else if (isTurns(row.path("chosen"))) {
      return "chosen";
    }
    String prompt = first(row, PROMPTS);
    String answer = first(row, ANSWERS);
    // A row with a text of its own has these beside it.
    boolean text = row.path("text").isString() || row.path("context").isString();
    return prompt == null || answer == null || text ? null : prompt + ", " + answer;
  }

  private static @Nullable String turns(ObjectNode row) {
    return TURNS.stream().filter(name -> isTurns(row.path(name))).findFirst().orElse(null);
  }

  private static boolean isTurns(JsonNode value) {
    return value.isArray()
        && !value.isEmpty()
        && value.valueStream().allMatch(LabelledText::isTurn);
  }

  private static boolean isTurn(JsonNode turn) {
    return turn instanceof ObjectNode object
        && first(object, SPEAKERS) != null
        && WORDS.stream().anyMatch(object::has);
  }

  private static @Nullable String first(ObjectNode row, List<String> names) {
    return names.stream()
        .filter(name -> row.path(name).isString() || row.path(name).isContainer())
        .findFirst()
        .orElse(null);
  }

  /// A row's text: what is asked and what is answered, a paragraph each; null where it has none.
  static @Nullable String text(ObjectNode row) {
    var parts = new ArrayList<String>();
    String turns = turns(row);
    if (turns != null) {
      row.path(turns).forEach(turn -> add(parts, turn));
      // An answer that was rated bad is no text to learn from.
      if (row.path("label").isBoolean() && !row.path("label").booleanValue()) {
        parts.removeLast();
      }
      add(parts, row.path("chosen"));
    } else if (isTurns(row.path("chosen"))) {
      row.path("chosen").forEach(turn -> add(parts, turn));
    } else {
      add(parts, row.path("system"));
      for (JsonNode pair : row.path("history")) {
        pair.forEach(each -> add(parts, each));
      }
      String prompt = first(row, PROMPTS);
      add(parts, row.path(String.valueOf(prompt)));
      if ("instruction".equals(prompt)) {
        add(parts, row.path("input"));
      }
      add(parts, row.path(String.valueOf(first(row, ANSWERS))));
    }
    return parts.isEmpty() ? null : String.join("\n\n", parts);
  }

  private static void add(List<String> parts, JsonNode value) {
    if (value instanceof ObjectNode turn && isTurn(turn)) {
      String words = WORDS.stream().filter(turn::has).findFirst().orElse("");
      String text = words(turn.path(words));
      if (text != null) {
        String speaker = turn.path(String.valueOf(first(turn, SPEAKERS))).asString();
        parts.add(name(speaker) + text.strip());
      }
      return;
    }
    String text = words(value);
    if (text != null) {
      parts.add(text.strip());
    }
  }

  /// OpenAI's `content` may be a list of parts, of which the texts are text.
  private static @Nullable String words(JsonNode value) {
    return TextField.text(value);
  }

  private static String name(String speaker) {
    return switch (speaker.toLowerCase(Locale.ROOT)) {
      case "human", "user", "prompter" -> "User: ";
      case "gpt", "assistant", "model", "bot", "chatgpt" -> "Assistant: ";
      case "function_call", "tool_call" -> "Call: ";
      case "observation", "tool", "function" -> "Result: ";
      case "system", "developer" -> "";
      default -> speaker + ": ";
    };
  }
}
