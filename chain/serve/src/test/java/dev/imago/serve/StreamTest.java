package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class StreamTest {
  @TempDir Path folder;

  private static List<String> data(String body) {
    return body.lines().filter(l -> l.startsWith("data: ")).map(l -> l.substring(6)).toList();
  }

  @Test
  void streamsAChatInTheFormOfOpenAi() throws Exception {
    try (var running =
        new Running(Running.config(folder), new ScriptedBackend(100, "Grüße ", "👩‍👩‍👧", "."))) {
      HttpResponse<String> response =
          running.chat(
              Running.hello("\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
      assertEquals(200, response.statusCode());
      assertEquals(
          "text/event-stream; charset=utf-8",
          response.headers().firstValue("Content-Type").orElse(""));
      List<String> data = data(response.body());
      assertEquals("[DONE]", data.getLast());
      List<JsonNode> chunks =
          data.subList(0, data.size() - 1).stream().map(Running.JSON::readTree).toList();
      assertEquals(1, chunks.stream().map(c -> c.get("id")).distinct().count());
      assertTrue(
          chunks.stream()
              .allMatch(c -> c.get("object").stringValue().equals("chat.completion.chunk")));
      assertEquals(
          "assistant",
          chunks.getFirst().get("choices").get(0).get("delta").get("role").stringValue());
      var text = new StringBuilder();
      for (JsonNode chunk : chunks.subList(0, chunks.size() - 1)) {
        assertTrue(chunk.get("usage").isNull());
        JsonNode content = chunk.get("choices").get(0).get("delta").get("content");
        text.append(content == null ? "" : content.stringValue());
      }
      assertEquals("Grüße 👩‍👩‍👧.", text.toString());
      JsonNode end = chunks.get(chunks.size() - 2).get("choices").get(0);
      assertEquals("stop", end.get("finish_reason").stringValue());
      assertEquals("{}", end.get("delta").toString());
      JsonNode counts = chunks.getLast();
      assertEquals("[]", counts.get("choices").toString());
      assertEquals(14, counts.get("usage").get("total_tokens").intValue());
    }
  }

  @Test
  void streamsAText() throws Exception {
    try (var running = new Running(Running.config(folder), new ScriptedBackend(100, "a", "b"))) {
      List<String> data =
          data(running.post("/v1/completions", "{\"prompt\":\"x\",\"stream\":true}").body());
      var text = new StringBuilder();
      for (String each : data.subList(0, data.size() - 1)) {
        JsonNode chunk = Running.JSON.readTree(each);
        assertEquals("text_completion", chunk.get("object").stringValue());
        assertFalse(chunk.has("usage"), "counts come only when asked for");
        text.append(chunk.get("choices").get(0).get("text").stringValue());
      }
      assertEquals("ab", text.toString());
    }
  }

  @Test
  void streamsSeveralAnswersEachUnderItsNumber() throws Exception {
    try (var running = new Running(Running.config(folder), new ScriptedBackend(100, "a", "b"))) {
      List<String> data =
          data(
              running
                  .chat(
                      Running.hello(
                          "\"n\":2,\"stream\":true,\"stream_options\":{\"include_usage\":true}"))
                  .body());
      var texts = List.of(new StringBuilder(), new StringBuilder());
      int ends = 0;
      for (String each : data.subList(0, data.size() - 2)) {
        JsonNode choice = Running.JSON.readTree(each).get("choices").get(0);
        JsonNode content = choice.get("delta").get("content");
        texts
            .get(choice.get("index").intValue())
            .append(content == null ? "" : content.stringValue());
        ends += choice.get("finish_reason").isNull() ? 0 : 1;
      }
      assertEquals(List.of("ab", "ab"), texts.stream().map(StringBuilder::toString).toList());
      assertEquals(2, ends);
      JsonNode usage = Running.JSON.readTree(data.get(data.size() - 2)).get("usage");
      assertEquals(
          "[11,4]",
          "[%s,%s]".formatted(usage.get("prompt_tokens"), usage.get("completion_tokens")));
      assertEquals("[DONE]", data.getLast());
    }
  }

  @Test
  void sendsEachTokenWhenItIsThere() throws Exception {
    var backend = new ScriptedBackend(100, 0, "one", "two");
    try (var running = new Running(Running.config(folder), backend);
        BufferedReader lines = open(running, "\"stream\":true")) {
      assertTrue(nextData(lines).contains("\"role\":\"assistant\""), "before any token is there");
      backend.gate.release();
      assertTrue(nextData(lines).contains("\"content\":\"one\""));
      backend.gate.release();
      assertTrue(nextData(lines).contains("\"content\":\"two\""));
      backend.gate.release();
      assertTrue(nextData(lines).contains("\"finish_reason\":\"stop\""));
      assertEquals("[DONE]", nextData(lines));
    }
  }

  private static BufferedReader open(Running running, String more) throws Exception {
    InputStream in =
        running
            .client
            .send(
                running.posting("/v1/chat/completions", Running.hello(more)),
                BodyHandlers.ofInputStream())
            .body();
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  private static String nextData(BufferedReader lines) throws Exception {
    while (true) {
      String line = lines.readLine();
      if (line == null) {
        throw new AssertionError("the stream ended");
      }
      if (line.startsWith("data: ")) {
        return line.substring(6);
      }
    }
  }

  @Test
  void givesUpAStreamWhoseClientHasGone() throws Exception {
    var backend = new ScriptedBackend(100, 1, "one", "two");
    ServerConfig config =
        Running.config(
            folder, new ServerConfig.Times(Duration.ofSeconds(5), Duration.ofMillis(20)));
    try (var running = new Running(config, backend)) {
      try (BufferedReader lines = open(running, "\"stream\":true")) {
        nextData(lines);
        assertTrue(nextData(lines).contains("one"));
      }
      assertTrue(
          backend.cancelled.await(Running.PATIENCE, TimeUnit.SECONDS),
          "cancelled without a further token");
    }
  }

  @Test
  void givesUpAWholeAnswerWhoseClientHasGone() throws Exception {
    var backend = new ScriptedBackend(100, 1, "one", "two");
    ServerConfig config =
        Running.config(
            folder, new ServerConfig.Times(Duration.ofSeconds(5), Duration.ofMillis(20)));
    try (var running = new Running(config, backend)) {
      try (var _ = posted(running)) {
        backend.asked.take();
      }
      assertTrue(backend.cancelled.await(Running.PATIENCE, TimeUnit.SECONDS));
    }
  }

  private static Socket posted(Running running) throws IOException {
    var socket = new Socket("127.0.0.1", running.server.port());
    byte[] body = Running.hello("").getBytes(StandardCharsets.UTF_8);
    socket
        .getOutputStream()
        .write(
            ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + body.length
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
    return socket;
  }

  @Test
  void seesWithoutASignOfLifeThatAClientHungUp() throws Exception {
    var backend = new ScriptedBackend(100, 0, "one");
    try (var running = new Running(Running.config(folder), backend)) {
      try (var _ = posted(running)) {
        backend.asked.take();
      }
      assertTrue(backend.cancelled.await(Running.PATIENCE, TimeUnit.SECONDS));
    }
  }

  @Test
  void seesThatAClientHungUpWhileTokensOfAWholeAnswerCome() throws Exception {
    String[] pieces = Collections.nCopies(4000, "a").toArray(String[]::new);
    var backend = new ScriptedBackend(10_000, 0, pieces);
    try (var running = new Running(Running.config(folder), backend)) {
      try (var _ = posted(running)) {
        backend.asked.take();
      }
      for (int i = 0; i < 3000 && backend.cancelled.getCount() > 0; i++) {
        backend.gate.release();
        Thread.sleep(10);
      }
      assertEquals(0, backend.cancelled.getCount());
    }
  }

  @Test
  void whatComesWhileAnAnswerIsWaitedForIsTheNextRequest() throws Exception {
    var backend = new ScriptedBackend(100, 0, "late");
    ServerConfig config =
        Running.config(
            folder, new ServerConfig.Times(Duration.ofSeconds(5), Duration.ofMillis(10)));
    try (var running = new Running(config, backend);
        var socket = posted(running)) {
      InputStream in = socket.getInputStream();
      var seen = new StringBuilder();
      while (seen.indexOf("1\r\n \r\n1\r\n \r\n") < 0) { // two signs of life: it has looked
        seen.append((char) in.read());
      }
      socket
          .getOutputStream()
          .write(
              "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 12; i++) { // two more
        seen.append((char) in.read());
      }
      backend.gate.release(9);
      while (seen.indexOf("\"object\":\"list\"") < 0) {
        int c = in.read();
        assertTrue(c >= 0, seen.toString());
        seen.append((char) c);
      }
      assertTrue(seen.indexOf("late") > 0, seen.toString());
    }
  }

  @Test
  void keepsAWaitingClientWithSpacesThatJsonAllows() throws Exception {
    var backend = new ScriptedBackend(100, 0, "late");
    ServerConfig config =
        Running.config(
            folder, new ServerConfig.Times(Duration.ofSeconds(5), Duration.ofMillis(10)));
    try (var running = new Running(config, backend)) {
      HttpResponse<InputStream> response =
          running.client.send(
              running.posting("/v1/chat/completions", Running.hello("")),
              BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        assertEquals(' ', in.read());
        assertEquals(' ', in.read());
        backend.gate.release(10);
        JsonNode reply = Running.JSON.readTree(in.readAllBytes());
        assertEquals(
            "late", reply.get("choices").get(0).get("message").get("content").stringValue());
      }
    }
  }

  @Test
  void tellsHowManyMayWait() throws Exception {
    var backend = new ScriptedBackend(100, 0, "one");
    try (var running =
        new Running(Running.config(folder, Running.limits(1, 1, 4096, 10)), backend)) {
      var first =
          running.client.sendAsync(
              running.posting("/v1/chat/completions", Running.hello("")), BodyHandlers.ofString());
      backend.asked.take();
      var second =
          running.client.sendAsync(
              running.posting("/v1/chat/completions", Running.hello("")), BodyHandlers.ofString());
      backend.asked.take();
      HttpResponse<String> third = running.chat(Running.hello(""));
      assertEquals(429, third.statusCode());
      assertEquals("1", third.headers().firstValue("Retry-After").orElse(""));
      assertTrue(third.body().contains("2 answers"), third.body());
      backend.gate.release(10);
      assertEquals(200, first.get(Running.PATIENCE, TimeUnit.SECONDS).statusCode());
      assertEquals(200, second.get(Running.PATIENCE, TimeUnit.SECONDS).statusCode());
      HttpResponse<String> again = running.chat(Running.hello(""));
      while (again.statusCode() == 429) { // an answer has come a moment before its place is free
        again = running.chat(Running.hello(""));
      }
      assertEquals(200, again.statusCode(), "there is room again");
    }
  }
}
