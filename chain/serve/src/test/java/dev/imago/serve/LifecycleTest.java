package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnvironmentException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifecycleTest {
  @TempDir Path folder;

  @Test
  void namesABusyPortAndTheMend() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      var backend = new ScriptedBackend(100);
      ServerConfig config =
          Running.config(folder, ServerConfig.Listening.on("127.0.0.1", taken.getLocalPort()), "");
      EnvironmentException e =
          assertThrows(EnvironmentException.class, () -> new Running(config, backend).close());
      assertTrue(e.toString().contains("port " + taken.getLocalPort()), e.toString());
      assertTrue(e.toString().contains("--port"), e.toString());
      assertTrue(backend.closed, "what was opened is closed");
      new Running(Running.config(folder), new ScriptedBackend(100)).close(); // the log is free
    }
  }

  @Test
  void namesAHostThatIsNotOfThisMachine() {
    ServerConfig config =
        Running.config(
            folder,
            new ServerConfig.Listening("192.0.2.1", 0, List.of(), true, Optional.empty()),
            "");
    EnvironmentException e =
        assertThrows(
            EnvironmentException.class,
            () -> new Running(config, new ScriptedBackend(100)).close());
    assertTrue(e.toString().contains("192.0.2.1"), e.toString());
  }

  @Test
  void namesAHostThatIsNoAddress() {
    ServerConfig config =
        Running.config(
            folder,
            new ServerConfig.Listening(
                "no.such.machine.invalid", 0, List.of(), true, Optional.empty()),
            "");
    EnvironmentException e =
        assertThrows(
            EnvironmentException.class,
            () -> new Running(config, new ScriptedBackend(100)).close());
    assertTrue(e.toString().contains("host = no.such.machine.invalid is no address"), e.toString());
  }

  @Test
  void letsARunningAnswerEndWhenItStops() throws Exception {
    var backend = new ScriptedBackend(100, 1, "one ", "two");
    var running = new Running(Running.config(folder), backend);
    var answer =
        running.client.sendAsync(
            running.posting("/v1/chat/completions", Running.hello("")), BodyHandlers.ofString());
    backend.asked.take();
    var closing = CompletableFuture.runAsync(running.server::close);
    backend.gate.release(10);
    HttpResponse<String> response = answer.get(Running.PATIENCE, TimeUnit.SECONDS);
    assertEquals(200, response.statusCode());
    assertTrue(response.body().contains("one two"));
    closing.get(Running.PATIENCE, TimeUnit.SECONDS);
    assertTrue(backend.closed);
    running.close();
  }

  @Test
  void cancelsAnAnswerThatTakesLongerThanTheGraceAndSaysSo() throws Exception {
    var backend = new ScriptedBackend(100, 1, "one ", "two");
    ServerConfig config =
        Running.config(folder, new ServerConfig.Times(Duration.ofMillis(50), Duration.ofHours(1)));
    var running = new Running(config, backend);
    var whole =
        running.client.sendAsync(
            running.posting("/v1/chat/completions", Running.hello("")), BodyHandlers.ofString());
    backend.asked.take();
    running.server.close();
    assertEquals(0, backend.cancelled.getCount());
    HttpResponse<String> response = whole.get(Running.PATIENCE, TimeUnit.SECONDS);
    assertEquals(503, response.statusCode(), response.body());
    assertTrue(response.body().contains("stopping"), response.body());
    running.close();
  }

  @Test
  void endsAStreamThatIsCutOffWithAnError() throws Exception {
    var backend = new ScriptedBackend(100, 1, "one ", "two");
    ServerConfig config =
        Running.config(folder, new ServerConfig.Times(Duration.ofMillis(50), Duration.ofHours(1)));
    var running = new Running(config, backend);
    var stream =
        running.client.sendAsync(
            running.posting("/v1/chat/completions", Running.hello("\"stream\":true")),
            BodyHandlers.ofString());
    backend.asked.take();
    running.server.close();
    String body = stream.get(Running.PATIENCE, TimeUnit.SECONDS).body();
    assertTrue(body.contains("data: {\"error\":"), body);
    running.close();
  }

  @Test
  void isReadyOnceAModelMadeATokenAndUntilItDrains() throws Exception {
    var backend = new ScriptedBackend(100, 0, "a", "b");
    try (var running = new Running(Running.config(folder), backend)) {
      HttpResponse<String> early = running.get("/readyz");
      assertEquals("503 {\"status\":\"starting\"}", early.statusCode() + " " + early.body());
      assertEquals(200, running.get("/healthz").statusCode());
      backend.gate.release(100);
      HttpResponse<String> ready = running.get("/readyz");
      assertEquals("200 {\"status\":\"ok\"}", ready.statusCode() + " " + ready.body());
      assertEquals(1, backend.asked.size(), "one token was asked for, once");
      running.server.drain();
      assertEquals(503, running.get("/readyz").statusCode());
      assertEquals(
          200, running.chat(Running.hello("")).statusCode(), "what still comes is answered");
    }
  }

  @Test
  void acceptsNothingOnceStoppedAndStopsTwiceInPeace() throws Exception {
    var running = new Running(Running.config(folder), new ScriptedBackend(100, "a"));
    assertEquals(200, running.get("/healthz").statusCode(), "a connection stays open, at rest");
    running.server.close();
    running.server.close();
    assertThrows(
        ConnectException.class, () -> new Socket("127.0.0.1", running.server.port()).close());
    running.close();
  }

  @Test
  void keepsOtherSitesPagesAway() throws Exception {
    try (var running = new Running(Running.config(folder), new ScriptedBackend(100, "a"))) {
      String own = "localhost:" + running.server.port();
      assertEquals(200, status(running, own, ""));
      assertEquals(200, status(running, own, "Origin: http://" + own + "\r\n"));
      assertEquals(403, status(running, own, "Origin: https://elsewhere.example\r\n"));
      assertEquals(403, status(running, own, "Origin: null\r\n"));
      assertEquals(403, status(running, "rebound.example:" + running.server.port(), ""));
    }
  }

  private static int status(Running running, String host, String header) throws Exception {
    try (var socket = new Socket("127.0.0.1", running.server.port())) {
      String request =
          "GET /healthz HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n"
              .formatted(host, header);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(response.substring(9, 12));
    }
  }
}
