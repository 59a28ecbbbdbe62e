package dev.imago.serve;

import dev.imago.dialogue.AnswerForm;
import dev.imago.dialogue.AnswerReading;
import dev.imago.templates.ChatTemplate;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A server whose model thinks, speaks and calls a tool, and what its streams say.
final class Talker {
  private static final String[] ANSWER = {
    "<thi",
    "nk>\nHm",
    ".\n</think>",
    "\n\nI look",
    ".\n<tool",
    "_call>\n{\"na",
    "me\": \"rain\", \"arg",
    "uments\": {\"in\": ",
    "\"Par",
    "is\"}}\n</tool_call>"
  };

  private Talker() {}

  static Running running(Path folder) {
    var backend = new ScriptedBackend(1000, ANSWER);
    backend.mentioned = Set.of("tools", "enable_thinking");
    backend.reading =
        new AnswerReading(
            AnswerForm.of(
                ChatTemplate.of(
                    "<tool_call></tool_call><think></think>", Map.of(), Clock.systemUTC())),
            Map.of());
    return new Running(Running.config(folder), backend);
  }

  /// The JSON of a stream's events.
  static List<JsonNode> events(String body) {
    return body.lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> Running.JSON.readTree(line.substring(6)))
        .toList();
  }

  /// A text that is put together from a field of events of one type.
  static String joined(List<JsonNode> events, String type, String field) {
    var text = new StringBuilder();
    for (JsonNode event : events) {
      if (event.path("type").asString("").equals(type)) {
        text.append(event.path(field).asString(""));
      }
    }
    return text.toString();
  }
}
