package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.CacheBudget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server on loopback for a test, and a client of it.
final class Running implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  static final JsonMapper JSON = JsonMapper.shared();

  /// How long a test waits for what must come, in seconds: on a busy machine a moment is long.
  static final long PATIENCE = 300;

  /// Of a server that never sends a heartbeat into an answer, however long the machine pauses.
  static final ServerConfig.Times NO_HEARTBEAT =
      new ServerConfig.Times(Duration.ofSeconds(10), Duration.ofHours(1));

  final ScriptedBackend backend;
  final Server server;

  /// What the server writes for an access log on standard error.
  final ByteArrayOutputStream log = new ByteArrayOutputStream();

  final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(PATIENCE))
          .build();

  Running(ServerConfig config, ScriptedBackend backend) {
    this(config, backend, ServedModels.NONE);
  }

  Running(ServerConfig config, ScriptedBackend backend, ServedModels beside) {
    this.backend = backend;
    this.server =
        Server.start(config, backend, beside, Clock.fixed(NOW, ZoneOffset.UTC), new Random(1), log);
  }

  /// One of small bounds, whose model always says the same.
  static Running scripted(Path folder) {
    return new Running(
        config(folder, limits(4, 64, 4096, 10)),
        new ScriptedBackend(100, "Grüße", ", ", "你好", " 👩‍👩‍👧", "!"));
  }

  /// Usual settings on any free port.
  static ServerConfig config(Path folder) {
    return config(folder, ServerConfig.Limits.USUAL);
  }

  static ServerConfig config(Path folder, ServerConfig.Limits limits) {
    return config(folder, limits, NO_HEARTBEAT);
  }

  static ServerConfig config(Path folder, ServerConfig.Times times) {
    return config(folder, ServerConfig.Limits.USUAL, times);
  }

  static ServerConfig config(Path folder, ServerConfig.Limits limits, ServerConfig.Times times) {
    return new ServerConfig(
        ServerConfig.Listening.on("127.0.0.1", 0),
        model(ServerConfig.Page.PLAIN),
        folder.resolve("ratings.jsonl"),
        limits,
        times,
        "");
  }

  static ServerConfig config(Path folder, ServerConfig.Listening listening, String accessLog) {
    return new ServerConfig(
        listening,
        model(ServerConfig.Page.PLAIN),
        folder.resolve("ratings.jsonl"),
        ServerConfig.Limits.USUAL,
        NO_HEARTBEAT,
        accessLog);
  }

  static ServerConfig config(Path folder, ServerConfig.Page page, ServerConfig.Times times) {
    return new ServerConfig(
        ServerConfig.Listening.on("127.0.0.1", 0),
        model(page),
        folder.resolve("ratings.jsonl"),
        ServerConfig.Limits.USUAL,
        times,
        "");
  }

  private static ServerConfig.Model model(ServerConfig.Page page) {
    return new ServerConfig.Model("tiny", "weights/0123", ServerConfig.Defaults.USUAL, page);
  }

  static ServerConfig.Limits limits(int sequences, int waiting, int bodyBytes, int kept) {
    return new ServerConfig.Limits(
        sequences, waiting, 0, bodyBytes, kept, 1 << 20, CacheBudget.UNBOUNDED);
  }

  URI uri(String path) {
    return server.address().resolve(path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(PATIENCE));
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return client.send(posting(path, body), BodyHandlers.ofString());
  }

  HttpRequest posting(String path, String body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  HttpResponse<String> chat(String body) throws IOException, InterruptedException {
    return post("/v1/chat/completions", body);
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  /// An error as OpenAI's description has it.
  static void assertError(
      HttpResponse<String> response, int status, String param, String... words) {
    assertEquals(status, response.statusCode(), response.body());
    assertTrue(
        response.headers().firstValue("Content-Type").orElse("").startsWith("application/json"));
    JsonNode error = json(response).get("error");
    assertEquals(List.of("message", "type", "param", "code"), List.copyOf(error.propertyNames()));
    assertEquals(param, error.get("param").isNull() ? "" : error.get("param").stringValue());
    for (String word : words) {
      assertTrue(error.get("message").stringValue().contains(word), error.toString());
    }
  }

  /// A request body with one message of a user; `more` is further fields.
  static String hello(String more) {
    return "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]%s}"
        .formatted(more.isEmpty() ? "" : "," + more);
  }

  @Override
  public void close() {
    server.close();
    client.shutdownNow();
  }
}
