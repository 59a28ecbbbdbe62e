package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// OpenAI's responses.
class ResponsesApiTest {
  private static final String PATH = "/v1/responses";
  private static final String TOOLS =
      "\"tools\":[{\"type\":\"function\",\"name\":\"rain\",\"parameters\":{\"type\":\"object\"},\"strict\":true}]";

  @TempDir Path folder;

  private static String hello(String more) {
    return "{\"model\":\"tiny\",\"input\":\"Hello\"%s}".formatted(more.isEmpty() ? "" : "," + more);
  }

  private static JsonNode made(Running running, String body) throws Exception {
    HttpResponse<String> response = running.post(PATH, body);
    assertEquals(200, response.statusCode(), response.body());
    return Running.json(response);
  }

  @Test
  void thoughtsWordsAndCallsAreItems() throws Exception {
    try (var running = Talker.running(folder)) {
      JsonNode response = made(running, hello(TOOLS));
      assertEquals("completed", response.path("status").asString());
      JsonNode output = response.path("output");
      assertEquals(3, output.size());
      assertEquals("Hm.", output.path(0).path("content").path(0).path("text").asString());
      assertEquals("I look.", output.path(1).path("content").path(0).path("text").asString());
      assertEquals("{\"in\": \"Paris\"}", output.path(2).path("arguments").asString());
      assertEquals(9, output.path(2).path("call_id").asString().length());
      JsonNode usage = response.path("usage");
      assertEquals(10, usage.path("output_tokens").asInt());
      assertEquals(2, usage.path("output_tokens_details").path("reasoning_tokens").asInt());
    }
  }

  @Test
  void aStreamsEventsAreNumberedAndMakeTheSameResponse() throws Exception {
    try (var running = Talker.running(folder)) {
      List<JsonNode> events =
          Talker.events(running.post(PATH, hello("\"stream\":true," + TOOLS)).body());
      for (int i = 0; i < events.size(); i++) {
        assertEquals(i, events.get(i).path("sequence_number").asInt());
      }
      assertEquals("response.created", events.getFirst().path("type").asString());
      assertEquals("response.completed", events.getLast().path("type").asString());
      assertEquals("Hm.", Talker.joined(events, "response.reasoning_text.delta", "delta"));
      assertEquals("I look.", Talker.joined(events, "response.output_text.delta", "delta"));
      assertEquals("I look.", Talker.joined(events, "response.output_text.done", "text"));
      assertEquals(
          "{\"in\": \"Paris\"}",
          Talker.joined(events, "response.function_call_arguments.delta", "delta"));
      JsonNode response = events.getLast().path("response");
      assertEquals(3, response.path("output").size());
      JsonNode fetched = Running.json(running.get(PATH + "/" + response.path("id").asString()));
      assertEquals(response, fetched);
    }
  }

  @Test
  void aResponseFollowsAnother() throws Exception {
    try (var running = Running.scripted(folder)) {
      JsonNode first = made(running, hello("\"instructions\":\"Be brief.\""));
      assertEquals("system:Be brief.\nuser:Hello\n", running.backend.asked.take().prompt());
      String id = first.path("id").asString();
      JsonNode second =
          made(running, "{\"input\":\"More\",\"previous_response_id\":\"%s\"}".formatted(id));
      assertEquals(
          "user:Hello\nassistant:Grüße, 你好 👩‍👩‍👧!\nuser:More\n",
          running.backend.asked.take().prompt());
      assertEquals(id, second.path("previous_response_id").asString());
      JsonNode items =
          Running.json(
              running.get(
                  PATH + "/" + second.path("id").asString() + "/input_items?order=asc&limit=2"));
      assertEquals(2, items.path("data").size());
      assertTrue(items.path("has_more").asBoolean());
      assertEquals(
          "Hello", items.path("data").path(0).path("content").path(0).path("text").asString());
      HttpRequest deleting = running.request(PATH + "/" + id).DELETE().build();
      HttpResponse<String> deleted = running.client.send(deleting, BodyHandlers.ofString());
      assertTrue(Running.json(deleted).path("deleted").asBoolean(), deleted.body());
      assertEquals(404, running.get(PATH + "/" + id).statusCode());
      assertEquals(
          404,
          running
              .post(PATH, "{\"input\":\"a\",\"previous_response_id\":\"%s\"}".formatted(id))
              .statusCode());
    }
  }

  @Test
  void callsAndWhatTheyGaveAreReadAsAChat() throws Exception {
    try (var running = new Running(Running.config(folder), new ScriptedBackend(1000, "Hi."))) {
      made(
          running,
          "{\"input\":[{\"role\":\"user\",\"content\":\"a\"},{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"now\",\"arguments\":\"{}\"},"
              + "{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"noon\"}]}");
      String prompt = running.backend.asked.take().prompt();
      assertTrue(prompt.startsWith("user:a\nassistant: tool_calls=[{id=c1"), prompt);
      assertTrue(prompt.endsWith("tool:noon tool_call_id=c1\n"), prompt);
    }
  }

  @Test
  void oneInTheBackgroundIsFetchedAndCancelled() throws Exception {
    var backend = new ScriptedBackend(100, 0, "one", "two");
    try (var running = new Running(Running.config(folder), backend)) {
      JsonNode queued = made(running, hello("\"background\":true"));
      assertEquals("queued", queued.path("status").asString());
      String path = PATH + "/" + queued.path("id").asString();
      backend.asked.take();
      backend.gate.release(3);
      assertEquals("completed", until(running, path, "completed"));
      JsonNode other = made(running, hello("\"background\":true"));
      backend.asked.take();
      HttpResponse<String> cancelled =
          running.post(PATH + "/" + other.path("id").asString() + "/cancel", "");
      assertEquals("cancelled", Running.json(cancelled).path("status").asString());
      backend.cancelled.await();
      assertEquals(
          "cancelled", until(running, PATH + "/" + other.path("id").asString(), "cancelled"));
      backend.gate.release(3);
      JsonNode direct = made(running, hello("\"store\":false,\"background\":false"));
      assertEquals(404, running.get(PATH + "/" + direct.path("id").asString()).statusCode());
    }
  }

  @Test
  void oneInTheBackgroundThatFailsSaysSo() throws Exception {
    var backend = new ScriptedBackend(100, "one");
    backend.failing = true;
    try (var running = new Running(Running.config(folder), backend)) {
      JsonNode queued = made(running, hello("\"background\":true"));
      String path = PATH + "/" + queued.path("id").asString();
      assertEquals("failed", until(running, path, "failed"));
      String told = Running.json(running.get(path)).path("error").toString();
      assertTrue(told.contains("its log says why") && !told.contains("secret"), told);
    }
  }

  /// Asks until the status is there, which the patience of the client bounds.
  private static String until(Running running, String path, String status) throws Exception {
    String now;
    do {
      now = Running.json(running.get(path)).path("status").asString();
    } while (now.equals("queued") || now.equals("in_progress") && !now.equals(status));
    return now;
  }

  @Test
  void whatCannotBeIsRefusedByTheNameThatTheClientSent() throws Exception {
    try (var running = Running.scripted(folder)) {
      for (String[] wrong :
          new String[][] {
            {hello("\"max_output_tokens\":100000"), "max_output_tokens"},
            {hello("\"text\":{\"format\":{\"type\":\"xml\"}}"), "text.format.type"},
            {hello("\"tools\":[{\"type\":\"web_search\"}]"), "tools[0].type"},
            {hello("\"truncation\":\"auto\""), "truncation"},
            {hello("\"include\":[\"reasoning.encrypted_content\"]"), "include"},
            {hello("\"conversation\":\"conv_1\""), "conversation"},
            {hello("\"reasoning\":{\"effort\":\"high\"}"), "reasoning.effort"},
            {"{\"input\":[{\"type\":\"computer_call\"}]}", "input[0].type"},
            {
              "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\"}]}]}",
              "input[0].content[0].type"
            },
            {"{}", "input"},
          }) {
        Running.assertError(running.post(PATH, wrong[0]), 400, wrong[1]);
      }
      JsonNode cut = made(running, hello("\"max_output_tokens\":2"));
      assertEquals("incomplete", cut.path("status").asString());
      assertEquals("max_output_tokens", cut.path("incomplete_details").path("reason").asString());
      JsonNode count = Running.json(running.post(PATH + "/input_tokens", "{\"input\":\"Hello\"}"));
      assertEquals(11, count.path("input_tokens").asInt());
    }
  }
}
