package dev.imago.serve;

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
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server on loopback for a test, and a client of it.
final class Running implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  static final JsonMapper JSON = JsonMapper.shared();

  final ScriptedBackend backend;
  final Server server;
  final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  Running(ServerConfig config, ScriptedBackend backend) {
    this.backend = backend;
    this.server = Server.start(config, backend, Clock.fixed(NOW, ZoneOffset.UTC), new Random(1));
  }

  /// Usual settings on any free port.
  static ServerConfig config(Path folder) {
    return ServerConfig.of("tiny", "weights/0123", folder.resolve("ratings.jsonl"))
        .withAddress("127.0.0.1", 0);
  }

  URI uri(String path) {
    return server.address().resolve(path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30));
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
