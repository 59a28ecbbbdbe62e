package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.dialogue.AnswerForm;
import dev.imago.dialogue.AnswerReading;
import dev.imago.templates.ChatTemplate;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Calls and thoughts on their way to a client.
class ToolCallsTest {
  private static final String TOOLS =
      "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"rain\"}},{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]";
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
    "is\"}}\n</tool_call>\n<tool_call>\n{\"name\": \"now\", ",
    "\"arguments\": {}}\n</tool_call>"
  };

  @TempDir Path folder;

  private Running running(String... pieces) {
    var backend = new ScriptedBackend(1000, pieces);
    backend.reading =
        new AnswerReading(
            AnswerForm.of(
                ChatTemplate.of(
                    "<tool_call></tool_call><think></think>", Map.of(), Clock.systemUTC())),
            Map.of());
    return new Running(Running.config(folder), backend);
  }

  private static JsonNode choice(Running running, String more) throws Exception {
    return Running.json(running.chat(Running.hello(more))).get("choices").get(0);
  }

  @Test
  void callsAndThoughtsHaveFieldsOfTheirOwn() throws Exception {
    try (var running = running(ANSWER)) {
      JsonNode choice = choice(running, TOOLS);
      assertEquals("tool_calls", choice.get("finish_reason").stringValue());
      JsonNode message = choice.get("message");
      assertEquals("I look.", message.get("content").stringValue());
      assertEquals("Hm.", message.get("reasoning_content").stringValue());
      JsonNode first = message.get("tool_calls").get(0);
      assertEquals(9, first.get("id").stringValue().length());
      assertEquals("function", first.get("type").stringValue());
      assertEquals(
          "{\"name\":\"rain\",\"arguments\":\"{\\\"in\\\": \\\"Paris\\\"}\"}",
          first.get("function").toString());
      JsonNode second = message.get("tool_calls").get(1);
      assertEquals("now", second.get("function").get("name").stringValue());
      assertFalse(first.get("id").equals(second.get("id")));
      assertFalse(choice.has("tool_call_errors"));
    }
  }

  /// Puts a stream's chunks together as OpenAI's clients do.
  private static ObjectNode assembled(List<JsonNode> choices) {
    ObjectNode message = Running.JSON.createObjectNode();
    message.put("content", "").put("reasoning_content", "");
    var calls = message.putArray("tool_calls");
    for (JsonNode choice : choices) {
      JsonNode delta = choice.get("delta");
      for (String field : List.of("content", "reasoning_content")) {
        message.put(field, message.get(field).asString() + delta.path(field).asString(""));
      }
      for (JsonNode call : delta.path("tool_calls")) {
        int index = call.get("index").intValue();
        if (index == calls.size()) {
          assertTrue(call.has("id"), "a call begins with its id and name");
          calls
              .addObject()
              .put("id", call.get("id").asString())
              .put("name", call.get("function").get("name").asString())
              .put("arguments", "");
        }
        var known = (ObjectNode) calls.get(index);
        known.put(
            "arguments",
            known.get("arguments").asString() + call.get("function").get("arguments").asString());
      }
    }
    return message;
  }

  private static List<JsonNode> stream(Running running, String more) throws Exception {
    return running
        .chat(Running.hello("\"stream\":true," + more))
        .body()
        .lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> Running.JSON.readTree(line.substring(6)).get("choices").get(0))
        .toList();
  }

  @Test
  void aStreamHasTheSamePieceByPiece() throws Exception {
    try (var running = running(ANSWER)) {
      List<JsonNode> choices = stream(running, TOOLS);
      ObjectNode message = assembled(choices);
      assertEquals("I look.", message.get("content").stringValue());
      assertEquals("Hm.", message.get("reasoning_content").stringValue());
      assertEquals("rain", message.get("tool_calls").get(0).get("name").stringValue());
      assertEquals(
          "{\"in\": \"Paris\"}", message.get("tool_calls").get(0).get("arguments").stringValue());
      assertEquals("now", message.get("tool_calls").get(1).get("name").stringValue());
      assertEquals("{}", message.get("tool_calls").get(1).get("arguments").stringValue());
      assertEquals("tool_calls", choices.getLast().get("finish_reason").stringValue());
    }
  }

  /// Its model's constraints tell that there is no form of calls to hold them to.
  @Test
  void strictIsAskedOfAModelWithoutAFormOfCallsToo() throws Exception {
    var backend = new ScriptedBackend(1000, "Hi");
    backend.mentioned = Set.of("tools");
    try (var running = new Running(Running.config(folder), backend)) {
      assertEquals(200, running.chat(Running.hello(TOOLS)).statusCode());
      assertTrue(backend.ruled.isEmpty(), "free calls are held to nothing");
      String strict = TOOLS.replace("\"rain\"", "\"rain\",\"strict\":true");
      assertEquals(200, running.chat(Running.hello(strict)).statusCode());
      assertTrue(backend.ruled.take().mayCall().names().contains("rain"));
    }
  }

  @Test
  void oneCallIsEnoughWhereNoneMayComeBesideIt() throws Exception {
    try (var running = running(ANSWER)) {
      String one = TOOLS + ",\"parallel_tool_calls\":false";
      JsonNode reply = Running.json(running.chat(Running.hello(one)));
      JsonNode choice = reply.get("choices").get(0);
      assertEquals(1, choice.get("message").get("tool_calls").size());
      assertEquals("tool_calls", choice.get("finish_reason").stringValue());
      assertEquals(10, reply.get("usage").get("completion_tokens").intValue());
      List<JsonNode> choices = stream(running, one);
      assertEquals(1, assembled(choices).get("tool_calls").size());
      assertEquals("tool_calls", choices.getLast().get("finish_reason").stringValue());
    }
  }

  @Test
  void aCallThatIsCutOffSaysSo() throws Exception {
    try (var running = running(ANSWER)) {
      JsonNode choice = choice(running, TOOLS + ",\"max_tokens\":9");
      assertEquals("length", choice.get("finish_reason").stringValue());
      assertEquals(
          "{\"in\": \"Par",
          choice
              .get("message")
              .get("tool_calls")
              .get(0)
              .get("function")
              .get("arguments")
              .stringValue());
      assertEquals(
          "[{\"index\":0,\"message\":\"the call of «rain» was cut off\"}]",
          choice.get("tool_call_errors").toString());
    }
  }

  @Test
  void argumentsThatAreNoJsonAreTold() throws Exception {
    try (var running =
        running("<tool_call>{\"name\": \"rain\", \"arguments\": {in: 1}}</tool_call>")) {
      assertTrue(
          choice(running, TOOLS)
              .get("tool_call_errors")
              .get(0)
              .get("message")
              .stringValue()
              .startsWith("the arguments of «rain» are no JSON"));
      assertTrue(stream(running, TOOLS).getLast().has("tool_call_errors"));
    }
  }

  @Test
  void thoughtsAreAskedForInEveryonesSpelling() throws Exception {
    try (var running = running("<think>Hm.</think>Yes.")) {
      running.backend.mentioned = Set.of("enable_thinking");
      JsonNode hidden = choice(running, "\"include_reasoning\":false").get("message");
      assertEquals("Yes.", hidden.get("content").stringValue());
      assertFalse(hidden.has("reasoning_content"));
      assertEquals(
          "<think>Hm.</think>Yes.",
          choice(running, "\"reasoning_format\":\"none\"")
              .get("message")
              .get("content")
              .stringValue());
      // A call among thoughts in the text would be read, and nothing holds it.
      Running.assertError(
          running.chat(
              Running.hello(
                  "\"reasoning_format\":\"none\","
                      + TOOLS.replaceFirst("\"rain\"", "\"rain\",\"strict\":true"))),
          400,
          "reasoning_format",
          "strict out of the tools");
      running.backend.ruled.clear();
      for (String budget :
          List.of("reasoning_budget", "thinking_budget_tokens", "thinking_token_budget")) {
        running.chat(Running.hello("\"%s\":5".formatted(budget)));
        assertEquals(5, running.backend.ruled.take().mostThoughts());
      }
      running.chat(Running.hello("\"reasoning_effort\":\"low\",\"max_tokens\":50"));
      assertEquals(10, running.backend.ruled.take().mostThoughts());
      running.chat(Running.hello("\"chat_template_kwargs\":{\"enable_thinking\":false}"));
      assertEquals(-1, running.backend.ruled.take().mostThoughts());
      Running.assertError(
          running.chat(Running.hello("\"chat_template_kwargs\":{\"enable_thinkin\":false}")),
          400,
          "chat_template_kwargs.enable_thinkin",
          "no variable");
      Running.assertError(
          running.chat(Running.hello("\"reasoning_budget\":5,\"thinking_token_budget\":6")),
          400,
          "thinking_token_budget",
          "another name");
    }
  }

  @Test
  void whatMustBeCalledIsTheRuleOfTheAnswer() throws Exception {
    try (var running = running(ANSWER)) {
      running.chat(Running.hello(TOOLS + ",\"tool_choice\":\"required\""));
      assertEquals(Set.of("rain", "now"), running.backend.ruled.take().mustCall().names());
      running.chat(
          Running.hello(
              TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"now\"}}"));
      assertEquals(Set.of("now"), running.backend.ruled.take().mustCall().names());
      Running.assertError(
          running.chat(
              Running.hello(
                  TOOLS
                      + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"snow\"}}")),
          400,
          "tool_choice",
          "snow",
          "rain");
    }
  }

  @Test
  void nothingIsCalledWhereNoToolIsOffered() throws Exception {
    try (var running = running("<tool_call>{\"name\": \"rain\"}</tool_call>")) {
      for (String more : List.of("", TOOLS + ",\"tool_choice\":\"none\"")) {
        JsonNode choice = choice(running, more);
        assertEquals("stop", choice.get("finish_reason").stringValue());
        assertEquals(
            "<tool_call>{\"name\": \"rain\"}</tool_call>",
            choice.get("message").get("content").stringValue());
      }
    }
  }
}
