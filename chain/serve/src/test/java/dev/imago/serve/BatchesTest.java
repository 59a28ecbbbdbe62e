package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Files, and batches of what they ask.
class BatchesTest {
  @TempDir Path folder;

  static HttpResponse<String> send(Running running, String purpose, String content)
      throws Exception {
    HttpRequest request =
        running
            .request("/v1/files")
            .header("Content-Type", "multipart/form-data; boundary=XX")
            .POST(BodyPublishers.ofString(form(purpose, content)))
            .build();
    return running.client.send(request, BodyHandlers.ofString());
  }

  /// With the boundary `XX`.
  static String form(String purpose, String content) {
    return "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n%s\r\n--XX\r\n"
            .formatted(purpose)
        + "Content-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n"
        + "Content-Type: application/jsonl\r\n\r\n%s\r\n--XX--\r\n".formatted(content);
  }

  private static String line(int number, String more) {
    return "{\"custom_id\":\"r%d\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":%s}"
        .formatted(number, Running.hello(more));
  }

  private static JsonNode begun(Running running, String file) throws Exception {
    HttpResponse<String> response =
        running.post(
            "/v1/batches",
            "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}"
                .formatted(file));
    assertEquals(200, response.statusCode(), response.body());
    return Running.json(response);
  }

  /// Asks until the batch is over, which the patience of the client bounds.
  private static JsonNode over(Running running, String id) throws Exception {
    while (true) {
      JsonNode batch = Running.json(running.get("/v1/batches/" + id));
      if (Set.of("completed", "failed", "cancelled").contains(batch.path("status").asString())) {
        return batch;
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void aFileIsKeptByteByByte() throws Exception {
    try (var running = Running.scripted(folder)) {
      String content = "one\r\n--X\r\n--XY\r\n\r\r\n--\r\nGrüße";
      JsonNode file = Running.json(send(running, "user_data", content));
      assertEquals(content.getBytes("UTF-8").length, file.path("bytes").asInt());
      assertEquals("a.jsonl", file.path("filename").asString());
      String path = "/v1/files/" + file.path("id").asString();
      assertEquals(content, running.get(path + "/content").body());
      assertEquals(file, Running.json(running.get(path)));
      assertEquals(1, Running.json(running.get("/v1/files?purpose=user_data")).path("data").size());
      Running.assertError(send(running, "nothing", content), 400, "purpose");
      running.client.send(running.request(path).DELETE().build(), BodyHandlers.ofString());
      assertEquals(404, running.get(path).statusCode());
      assertEquals(404, running.get("/v1/files/..%2Fratings").statusCode());
      try (var left = Files.list(folder.resolve("files"))) {
        assertEquals(List.of(), left.toList(), "no draft stays");
      }
    }
  }

  @Test
  void aLongNameIsAName() throws Exception {
    try (var running = Running.scripted(folder)) {
      HttpRequest request =
          running
              .request("/v1/files")
              .header("Content-Type", "multipart/form-data; boundary=XX")
              .POST(
                  BodyPublishers.ofString(
                      form("batch", "{}").replace("a.jsonl", "a\\\"".repeat(2_600))))
              .build();
      JsonNode file = Running.json(running.client.send(request, BodyHandlers.ofString()));
      assertEquals("a\"".repeat(2_600), file.path("filename").asString());
    }
  }

  @Test
  void everyRequestHasItsAnswerAndErrorsAreApart() throws Exception {
    try (var running = Running.scripted(folder)) {
      String lines = line(0, "") + "\n" + line(1, "\"temperature\":9") + "\n" + line(2, "");
      String file = Running.json(send(running, "batch", lines)).path("id").asString();
      JsonNode batch = over(running, begun(running, file).path("id").asString());
      assertEquals("completed", batch.path("status").asString(), batch.toString());
      assertEquals(
          "{\"total\":3,\"completed\":2,\"failed\":1}", batch.path("request_counts").toString());
      String output = content(running, batch.path("output_file_id").asString());
      assertEquals(2, output.lines().count());
      for (String each : output.lines().toList()) {
        JsonNode told = Running.JSON.readTree(each);
        assertEquals(200, told.path("response").path("status_code").asInt());
        assertEquals(
            "Grüße, 你好 👩‍👩‍👧!",
            told.path("response")
                .path("body")
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .asString());
      }
      JsonNode error =
          Running.JSON.readTree(content(running, batch.path("error_file_id").asString()).strip());
      assertEquals("r1", error.path("custom_id").asString());
      assertEquals(400, error.path("response").path("status_code").asInt());
    }
  }

  private static String content(Running running, String id) throws Exception {
    return running.get("/v1/files/" + id + "/content").body();
  }

  @Test
  void aFileThatIsWrongFailsLineByLine() throws Exception {
    try (var running = Running.scripted(folder)) {
      String lines =
          line(0, "") + "\n" + line(0, "") + "\n{\n" + line(3, "").replace("POST", "GET");
      String file = Running.json(send(running, "batch", lines)).path("id").asString();
      JsonNode batch = over(running, begun(running, file).path("id").asString());
      assertEquals("failed", batch.path("status").asString());
      JsonNode errors = batch.path("errors").path("data");
      assertEquals(3, errors.size(), errors.toString());
      assertEquals(2, errors.path(0).path("line").asInt());
      assertTrue(errors.path(0).path("message").asString().contains("stands twice"));
    }
  }

  @Test
  void whatAStoppedServerLeftIsAnsweredOnceByTheNext() throws Exception {
    String id;
    var first = new ScriptedBackend(100, 2, "Hi.");
    try (var running =
        new Running(
            Running.config(
                folder,
                Running.limits(1, 4, 4096, 10),
                new ServerConfig.Times(Duration.ofMillis(50), Duration.ofHours(1))),
            first)) {
      var lines = new StringBuilder();
      for (int i = 0; i < 4; i++) {
        lines.append(line(i, "")).append('\n');
      }
      String file = Running.json(send(running, "batch", lines.toString())).path("id").asString();
      id = begun(running, file).path("id").asString();
      first.asked.take();
      first.asked.take(); // the second waits for what the test never gives it
      // Somebody's answer is under way while the server stops.
      var _ =
          running.client.sendAsync(
              running.posting("/v1/chat/completions", Running.hello("")), BodyHandlers.ofString());
      first.asked.take();
    }
    Path output = folder.resolve("batches").resolve(id).resolve("output.jsonl");
    assertEquals(1, Files.readString(output).lines().count());
    assertEquals("", Files.readString(output.resolveSibling("errors.jsonl")));
    Files.writeString(
        output, Files.readString(output) + "{\"custom_id\":\"r3\",\"resp"); // a crash's half line
    try (var running = Running.scripted(folder)) {
      JsonNode batch = over(running, id);
      assertEquals("completed", batch.path("status").asString(), batch.toString());
      var ids = new HashSet<String>();
      String answers = content(running, batch.path("output_file_id").asString());
      answers.lines().forEach(l -> ids.add(Running.JSON.readTree(l).path("custom_id").asString()));
      assertEquals(Set.of("r0", "r1", "r2", "r3"), ids);
      assertEquals(4, answers.lines().count());
    }
  }

  @Test
  void aBatchIsCancelledWithWhatItHas() throws Exception {
    var backend = new ScriptedBackend(100, 0, "Hi.");
    try (var running = new Running(Running.config(folder), backend)) {
      String file = Running.json(send(running, "batch", line(0, ""))).path("id").asString();
      String id = begun(running, file).path("id").asString();
      backend.asked.take();
      HttpResponse<String> cancelled = running.post("/v1/batches/" + id + "/cancel", "");
      String status = Running.json(cancelled).path("status").asString();
      assertTrue(Set.of("cancelling", "cancelled").contains(status), status);
      assertEquals("cancelled", over(running, id).path("status").asString());
      assertEquals(409, running.post("/v1/batches/" + id + "/cancel", "").statusCode());
      assertEquals(1, Running.json(running.get("/v1/batches")).path("data").size());
    }
  }
}
