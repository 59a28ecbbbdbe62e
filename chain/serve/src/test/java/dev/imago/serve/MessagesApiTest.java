package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Anthropic's messages.
class MessagesApiTest {
  private static final String TOOLS =
      "\"tools\":[{\"name\":\"rain\",\"input_schema\":{\"type\":\"object\"}}]";

  @TempDir Path folder;

  private static String hello(String more) {
    return "{\"model\":\"tiny\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]%s}"
        .formatted(more.isEmpty() ? "" : "," + more);
  }

  @Test
  void thoughtsWordsAndCallsAreBlocks() throws Exception {
    try (var running = Talker.running(folder)) {
      HttpResponse<String> response = running.post("/v1/messages", hello(TOOLS));
      assertEquals(200, response.statusCode(), response.body());
      JsonNode message = Running.json(response);
      assertTrue(message.path("id").asString().startsWith("msg_"));
      assertEquals("assistant", message.path("role").asString());
      assertEquals("tool_use", message.path("stop_reason").asString());
      JsonNode content = message.path("content");
      assertEquals(
          "{\"type\":\"thinking\",\"thinking\":\"Hm.\",\"signature\":\"\"}",
          content.path(0).toString());
      assertEquals("{\"type\":\"text\",\"text\":\"I look.\"}", content.path(1).toString());
      assertEquals("{\"in\":\"Paris\"}", content.path(2).path("input").toString());
      assertEquals(10, message.path("usage").path("output_tokens").asInt());
    }
  }

  @Test
  void aStreamsEventsMakeTheSameMessage() throws Exception {
    try (var running = Talker.running(folder)) {
      String body = running.post("/v1/messages", hello("\"stream\":true," + TOOLS)).body();
      List<JsonNode> events = Talker.events(body);
      assertEquals("message_start", events.getFirst().path("type").asString());
      assertEquals("message_stop", events.getLast().path("type").asString());
      JsonNode end = events.get(events.size() - 2);
      assertEquals("tool_use", end.path("delta").path("stop_reason").asString());
      var text = new StringBuilder();
      var json = new StringBuilder();
      var thoughts = new StringBuilder();
      int open = -1;
      for (JsonNode event : events) {
        switch (event.path("type").asString()) {
          case "content_block_start" -> assertEquals(++open, event.path("index").asInt());
          case "content_block_delta" -> {
            assertEquals(open, event.path("index").asInt());
            text.append(event.path("delta").path("text").asString(""));
            json.append(event.path("delta").path("partial_json").asString(""));
            thoughts.append(event.path("delta").path("thinking").asString(""));
          }
          default -> {}
        }
      }
      assertEquals(2, open);
      assertEquals("Hm.", thoughts.toString());
      assertEquals("I look.", text.toString());
      assertEquals("{\"in\": \"Paris\"}", json.toString());
      assertTrue(body.contains("event: content_block_stop\n"), body);
    }
  }

  @Test
  void whatToolsGaveAndTheSystemReachTheModel() throws Exception {
    try (var running = new Running(Running.config(folder), new ScriptedBackend(1000, "Hi."))) {
      String body =
          "{\"model\":\"tiny\",\"max_tokens\":5,\"system\":[{\"type\":\"text\",\"text\":\"Be"
              + " brief.\"}],\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"now\",\"input\":{\"x\":1}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\"content\":\"noon\"},{\"type\":\"text\",\"text\":\"so?\"}]}]}";
      HttpResponse<String> response = running.post("/v1/messages", body);
      assertEquals(200, response.statusCode(), response.body());
      String prompt = running.backend.asked.take().prompt();
      assertTrue(prompt.startsWith("system:Be brief.\nuser:a\nassistant: tool_calls="), prompt);
      assertTrue(prompt.endsWith("tool:noon tool_call_id=t1\nuser:so?\n"), prompt);
      JsonNode count =
          Running.json(
              running.post("/v1/messages/count_tokens", body.replace("\"max_tokens\":5,", "")));
      assertEquals(prompt.codePointCount(0, prompt.length()), count.path("input_tokens").asInt());
    }
  }

  @Test
  void errorsAreInAnthropicsFormAndNameItsFields() throws Exception {
    try (var running = Running.scripted(folder)) {
      for (String[] wrong :
          new String[][] {
            {hello("\"max_tokens\":0").replace("\"max_tokens\":50,", ""), "max_tokens"},
            {hello("").replace("\"max_tokens\":50,", ""), "max_tokens is missing"},
            {hello("\"stop_sequences\":5"), "stop_sequences"},
            {hello("\"thinking\":{\"type\":\"enabled\"}"), "thinking.type"},
            {hello("\"mcp_servers\":[{}]"), "mcp_servers"},
            {hello("\"top_k\":\"x\""), "top_k"},
            {hello("\"tools\":[{\"type\":\"bash_20250124\",\"name\":\"bash\"}]"), "tools[0].type"},
            {"{", "no JSON"},
          }) {
        HttpResponse<String> response = running.post("/v1/messages", wrong[0]);
        assertEquals(400, response.statusCode(), response.body());
        JsonNode body = Running.json(response);
        assertEquals("error", body.path("type").asString());
        assertEquals("invalid_request_error", body.path("error").path("type").asString());
        assertTrue(
            body.path("error").path("message").asString().contains(wrong[1]),
            wrong[1] + response.body());
        assertEquals(
            response.headers().firstValue("x-request-id").orElse(""),
            body.path("request_id").asString());
      }
      assertEquals(404, running.post("/v1/messages/none", "{}").statusCode());
      assertEquals(
          "not_found_error",
          Running.json(running.post("/v1/messages/none", "{}"))
              .path("error")
              .path("type")
              .asString());
    }
  }

  @Test
  void aStopTextThatEndsTheAnswerIsTold() throws Exception {
    var backend = new ScriptedBackend(100, "Hi");
    backend.stop = "END";
    try (var running = new Running(Running.config(folder), backend)) {
      JsonNode whole = Running.json(running.post("/v1/messages", hello("")));
      assertEquals("stop_sequence", whole.path("stop_reason").asString(), whole::toString);
      assertEquals("END", whole.path("stop_sequence").asString());
      String stream = running.post("/v1/messages", hello("\"stream\":true")).body();
      assertTrue(stream.contains("\"stop_sequence\":\"END\""), stream);
    }
  }
}
