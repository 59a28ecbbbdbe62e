package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Ollama's routes.
class OllamaApiTest {
  private static final String TOOLS =
      "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"rain\"}}]";

  @TempDir Path folder;

  private static String hello(String more) {
    return "{\"model\":\"tiny:latest\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]%s}"
        .formatted(more.isEmpty() ? "" : "," + more);
  }

  @Test
  void aChatIsAStreamOfLinesUnlessItIsAskedForWhole() throws Exception {
    try (var running = Talker.running(folder)) {
      HttpResponse<String> streamed = running.post("/api/chat", hello(TOOLS));
      assertEquals(
          "application/x-ndjson", streamed.headers().firstValue("Content-Type").orElse(""));
      List<JsonNode> lines = streamed.body().lines().map(Running.JSON::readTree).toList();
      var text = new StringBuilder();
      var thoughts = new StringBuilder();
      for (JsonNode line : lines) {
        assertEquals(line.equals(lines.getLast()), line.path("done").asBoolean());
        text.append(line.path("message").path("content").asString(""));
        thoughts.append(line.path("message").path("thinking").asString(""));
      }
      assertEquals("I look.", text.toString());
      assertEquals("Hm.", thoughts.toString());
      assertEquals("stop", lines.getLast().path("done_reason").asString());
      assertEquals(10, lines.getLast().path("eval_count").asInt());
      JsonNode whole = Running.json(running.post("/api/chat", hello("\"stream\":false," + TOOLS)));
      assertEquals("I look.", whole.path("message").path("content").asString());
      assertEquals(
          "[{\"function\":{\"name\":\"rain\",\"arguments\":{\"in\":\"Paris\"}}}]",
          whole.path("message").path("tool_calls").toString());
    }
  }

  @Test
  void whatDoesNotSleepStaysAndIsNotLetGo() throws Exception {
    try (var running = Running.scripted(folder)) {
      for (String time : List.of("\"1h30.5m\"", "-1", "\"-1s\"", "300", "1e999")) {
        assertEquals(
            200, running.post("/api/chat", hello("\"keep_alive\":" + time)).statusCode(), time);
      }
      for (String time : List.of("0", "\"0\"", "\"0s\"", "\"soon\"", "\"5\"", "[]", "true")) {
        for (String path : List.of("/api/chat", "/v1/chat/completions")) {
          HttpResponse<String> refused =
              running.post(path, hello("\"keep_alive\":" + time).replace(":latest", ""));
          assertEquals(400, refused.statusCode(), time);
          assertTrue(refused.body().contains("keep_alive = "), refused.body());
        }
      }
      assertEquals(
          400, running.post("/api/chat", "{\"model\":\"tiny\",\"keep_alive\":0}").statusCode());
    }
  }

  @Test
  void aTextIsGeneratedRawOrThroughTheTemplate() throws Exception {
    try (var running = Running.scripted(folder)) {
      JsonNode whole =
          Running.json(
              running.post(
                  "/api/generate",
                  "{\"model\":\"tiny\",\"prompt\":\"Say\",\"system\":\"S\",\"stream\":false,"
                      + "\"options\":{\"num_predict\":2,\"temperature\":0,\"num_gpu\":1}}"));
      assertEquals("Grüße, ", whole.path("response").asString());
      assertEquals("length", whole.path("done_reason").asString());
      assertEquals("system:S\nuser:Say\n", running.backend.asked.take().prompt());
      running.post("/api/generate", "{\"model\":\"tiny\",\"prompt\":\"Say\",\"raw\":true}");
      assertEquals("Say", running.backend.asked.take().prompt());
      JsonNode loaded = Running.json(running.post("/api/generate", "{\"model\":\"tiny\"}"));
      assertEquals("load", loaded.path("done_reason").asString());
    }
  }

  @Test
  void whatAToolGaveBelongsToTheCallBeforeIt() throws Exception {
    try (var running = new Running(Running.config(folder), new ScriptedBackend(1000, "Hi."))) {
      String talk =
          "{\"model\":\"tiny\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"a\"},"
              + "{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"now\",\"arguments\":{}}}]},"
              + "{\"role\":\"tool\",\"tool_name\":\"now\",\"content\":\"noon\"}]}";
      assertEquals(200, running.post("/api/chat", talk).statusCode());
      String prompt = running.backend.asked.take().prompt();
      assertTrue(prompt.contains("tool:noon tool_call_id=call00000 name=now"), prompt);
    }
  }

  @Test
  void modelsAreListedAndShown() throws Exception {
    try (var running = Talker.running(folder)) {
      JsonNode tags = Running.json(running.get("/api/tags")).path("models");
      assertEquals("tiny", tags.path(0).path("name").asString());
      assertEquals(64, tags.path(0).path("digest").asString().length());
      JsonNode shown = Running.json(running.post("/api/show", "{\"model\":\"tiny\"}"));
      assertEquals(
          "[\"completion\",\"tools\",\"thinking\"]", shown.path("capabilities").toString());
      assertTrue(Running.json(running.get("/api/version")).has("version"));
    }
  }

  @Test
  void errorsAreInOllamasFormAndNameItsFields() throws Exception {
    try (var running = Running.scripted(folder)) {
      for (String[] wrong :
          new String[][] {
            {hello("\"options\":{\"num_predict\":1000000}"), "options.num_predict"},
            {hello("\"options\":{\"temperature\":\"warm\"}"), "options.temperature"},
            {hello("\"options\":{\"num_ctx\":9999}"), "options.num_ctx"},
            {hello("\"format\":7"), "format"},
            {hello("\"template\":\"x\""), "template"},
          }) {
        HttpResponse<String> response = running.post("/api/chat", wrong[0]);
        assertEquals(400, response.statusCode(), response.body());
        JsonNode body = Running.json(response);
        assertEquals(List.of("error"), List.copyOf(body.propertyNames()));
        assertTrue(body.path("error").asString().contains(wrong[1]), response.body());
      }
      HttpResponse<String> none = running.post("/api/chat", "{\"model\":\"x\"}");
      assertEquals(404, none.statusCode(), none.body());
    }
  }
}
