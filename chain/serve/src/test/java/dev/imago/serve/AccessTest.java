package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.serve.ServerConfig.Listening;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may reach a server, and what is written of it.
class AccessTest {
  private static final List<String> KEYS = List.of("sk-first", "sk-second");

  @TempDir Path folder;

  private Running withKeys(String accessLog) {
    var listening = new Listening("127.0.0.1", 0, KEYS, false, Optional.empty());
    return new Running(
        Running.config(folder, listening, accessLog), new ScriptedBackend(100, "Hi"));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request, Running running)
      throws Exception {
    return running.client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void asksForAKeyWhereAModelAnswersOrTells() throws Exception {
    try (var running = withKeys("")) {
      for (String path : List.of("/v1/models", "/v1/models/tiny", "/metrics", "/chat.json")) {
        HttpResponse<String> refused = running.get(path);
        assertEquals(401, refused.statusCode(), path);
        assertEquals("Bearer realm=\"imago\"", header(refused, "WWW-Authenticate"));
        var error = Running.json(refused).get("error");
        assertEquals("invalid_api_key", error.get("code").stringValue());
        assertTrue(error.get("message").stringValue().contains("Authorization: Bearer KEY"));
        for (String key : KEYS) {
          var request = running.request(path).header("Authorization", "Bearer " + key);
          assertEquals(200, send(request, running).statusCode(), path);
        }
      }
      for (String path : List.of("/v1/chat/completions", "/v1/completions", "/v1/feedback")) {
        assertEquals(401, running.post(path, Running.hello("")).statusCode(), path);
      }
      assertTrue(running.backend.asked.isEmpty());
    }
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void letsAnyoneSeeThatItIsThereAndLoadThePageThatAsksForTheKey() throws Exception {
    try (var running = withKeys("")) {
      for (String path :
          List.of("/health", "/healthz", "/", "/chat.js", "/chat.css", "/icon.svg")) {
        assertEquals(200, running.get(path).statusCode(), path);
      }
      assertEquals(404, running.get("/elsewhere").statusCode());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer sk-firs",
        "Bearer sk-firstx",
        "Bearer SK-FIRST",
        "Bearer ",
        "Bearer",
        "sk-first",
        "Basic sk-first",
        "Bearer sk-first,sk-second",
        "Bearer sk-first sk-second",
      })
  void takesNoOtherKey(String authorization) throws Exception {
    try (var running = withKeys("")) {
      var request = running.request("/v1/models").header("Authorization", authorization);
      assertEquals(401, send(request, running).statusCode());
    }
  }

  @Test
  void takesTheSchemeInAnyCaseAndGoesOnAfterARefusalOnTheSameConnection() throws Exception {
    try (var running = withKeys("")) {
      assertEquals(401, running.chat(Running.hello("")).statusCode());
      var request =
          HttpRequest.newBuilder(
                  running.posting("/v1/chat/completions", Running.hello("")), (n, v) -> true)
              .header("Authorization", "bearer sk-second");
      assertEquals(200, send(request, running).statusCode());
    }
  }

  @Test
  void withoutKeysAnyHeaderWillDo() throws Exception {
    try (var running = new Running(Running.config(folder), new ScriptedBackend(100, "Hi"))) {
      var request = running.request("/v1/models").header("Authorization", "Bearer none");
      assertEquals(200, send(request, running).statusCode());
    }
  }

  private static ConfigException refused(String host, List<String> keys) {
    return assertThrows(
        ConfigException.class, () -> new Listening(host, 8080, keys, false, Optional.empty()));
  }

  @Test
  void letsNoOtherMachineInWithoutAKeyUnlessToldTo() {
    for (String host :
        List.of("0.0.0.0", "::", "192.0.2.1", "example.org", "127.0.0.1.example.org")) {
      String message = String.valueOf(refused(host, List.of()).getMessage());
      assertTrue(message.contains(host) && message.contains("--api-key"), message);
      assertTrue(message.contains("--no-api-key"), message);
      assertEquals(host, new Listening(host, 1, KEYS, false, Optional.empty()).host());
      assertEquals(host, new Listening(host, 1, List.of(), true, Optional.empty()).host());
    }
    for (String host : List.of("127.0.0.1", "localhost", "::1", "127.1.2.3")) {
      assertTrue(Listening.on(host, 1).onLoopback(), host);
    }
  }

  @Test
  void refusesKeysThatNoClientCanSend() {
    for (String key : List.of("", "two words", "schlüssel", "line\nbreak")) {
      assertTrue(refused("0.0.0.0", List.of("good", key)).toString().contains("API key"), key);
    }
  }

  @Test
  void writesALineForEachRequest() throws Exception {
    Path file = folder.resolve("access.log");
    try (var running = withKeys(file.toString())) {
      running.get("/health");
      send(
          running
              .request("/v1/models")
              .header("Authorization", "Bearer sk-second")
              .header("Referer", "http://x/\"quoted\"")
              .header("User-Agent", "test/1"),
          running);
      running.get("/v1/models/a%0Ab?key=secret");
      running.chat(Running.hello(""));
    }
    List<String> lines = Files.readAllLines(file);
    String begin = "127\\.0\\.0\\.1 - ";
    String time = " \\[02/Jan/2026:03:04:05 \\+0000] ";
    assertEquals(4, lines.size(), lines.toString());
    assertMatches(
        begin + "-" + time + "\"GET /health HTTP/1.1\" 200 15 \"-\" \"Java-http-client/.*\" \\d+",
        lines.get(0));
    assertMatches(
        begin
            + "key2"
            + time
            + "\"GET /v1/models HTTP/1.1\" 200 \\d+ \"http://x/\\\\\"quoted\\\\\"\" \"test/1\""
            + " \\d+",
        lines.get(1));
    assertMatches(
        begin + "-" + time + "\"GET /v1/models/a\\\\x0ab HTTP/1.1\" 404 .*", lines.get(2));
    assertMatches(
        begin + "-" + time + "\"POST /v1/chat/completions HTTP/1.1\" 401 .*", lines.get(3));
    assertTrue(lines.stream().noneMatch(l -> l.contains("sk-") || l.contains("secret")));
  }

  private static void assertMatches(String pattern, String line) {
    assertTrue(line.matches(pattern), line + " is not " + pattern);
  }

  @Test
  void writesToStandardErrorWhereAskedAndNamesAFileThatCannotBeWritten() throws Exception {
    try (var running = withKeys("-")) {
      running.get("/health");
      while (!running.log.toString(StandardCharsets.UTF_8).contains("GET /health")) {
        Thread.onSpinWait(); // the line comes after the answer
      }
    }
    var backend = new ScriptedBackend(100);
    ServerConfig config =
        Running.config(
            folder, Listening.on("127.0.0.1", 0), folder.resolve("no/such/folder.log").toString());
    EnvironmentException e =
        assertThrows(EnvironmentException.class, () -> new Running(config, backend).close());
    assertTrue(e.toString().contains("folder.log"), e.toString());
    assertTrue(backend.closed);
  }
}
