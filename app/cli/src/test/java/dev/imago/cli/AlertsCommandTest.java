package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.imago.core.ProcessLock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `imago alerts`.
class AlertsCommandTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir Path folder;

  private Path workspace() {
    return folder.resolve("ws");
  }

  private void run(String id, String status, String... lines) throws IOException {
    Path run = Files.createDirectories(workspace().resolve("runs").resolve(id));
    Files.writeString(
        run.resolve("run.json"),
        """
        {"id": "%s", "recipe": "r", "step": "pretrain", "stage": "pretrain", "stageVersion": 1,
         "key": "k", "status": "%s", "inputs": {}, "outputs": {}, "config": {}, "seed": 1,
         "threads": 1, "codeVersion": "1", "machine": "m", "started": "2026-01-02T03:04:05Z",
         "seconds": 1, "error": ""}\
        """
            .formatted(id, status));
    Files.writeString(run.resolve("metrics.jsonl"), String.join("\n", lines) + "\n");
  }

  private void lastCheckWas(double time) throws IOException {
    Files.writeString(
        workspace().resolve("alerts.json"), "{\"alerts\": [], \"evaluated\": %s}".formatted(time));
  }

  private Path rules() throws IOException {
    return Files.writeString(
        folder.resolve("alerts.yaml"),
        """
        rules:
          - alert: LossIsNaN
            nan: {metric: loss}
          - alert: NoProgress
            stall: {metric: step, over: 10m}
        """);
  }

  private Said check(Object... more) throws IOException {
    var words = new java.util.ArrayList<Object>(List.of("--workspace", workspace(), "alerts"));
    words.addAll(List.of("check", rules()));
    words.addAll(List.of(more));
    return imago(words.toArray());
  }

  @Test
  void aWebhookHearsEachAlertOnceAndAgainWhereItDidNotArrive() throws Exception {
    double now = Clock.systemUTC().millis() / 1000.0;
    run(
        "a",
        "FAILED",
        "{\"step\": 1, \"loss\": 3, \"time\": %.3f}".formatted(now - 3500),
        "{\"step\": 2, \"loss\": \"NaN\", \"time\": %.3f}".formatted(now - 3400));
    run("old", "FAILED", "{\"step\": 1, \"loss\": \"NaN\", \"time\": %.3f}".formatted(now - 9000));
    Files.setLastModifiedTime(
        workspace().resolve("runs/old/metrics.jsonl"),
        FileTime.fromMillis((long) ((now - 9000) * 1000)));
    lastCheckWas(now - 3600);
    var heard = new CopyOnWriteArrayList<JsonNode>();
    var answer = new AtomicInteger(503);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/secret",
        exchange -> {
          try (exchange) {
            heard.add(JSON.readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(answer.get(), -1);
          }
        });
    server.start();
    try {
      String hook = "http://127.0.0.1:" + server.getAddress().getPort() + "/secret";
      Said refused = check("--webhook", hook);
      assertEquals(4, refused.exit(), refused.err());
      assertTrue(refused.err().contains("answered 503"), refused.err());
      assertFalse(refused.err().contains("secret"), refused.err());
      assertEquals("", refused.out());
      answer.set(200);
      Said told = check("--webhook", hook);
      assertEquals(0, told.exit(), told.err());
      // The run ended long before the check: it has not stalled since, but it was NaN.
      assertEquals(1, told.out().lines().count(), told.out());
      assertTrue(told.out().contains("resolved  LossIsNaN  run=a"), told.out());
      assertEquals("", check("--webhook", hook).out());
      assertEquals(2, heard.size());
      assertEquals(heard.get(0), heard.get(1));
      assertEquals("resolved", heard.get(1).path("status").asString());
      assertEquals("a", heard.get(1).at("/alerts/0/labels/run").asString());
    } finally {
      server.stop(0);
    }
    run("b", "DONE", "{\"loss\": \"NaN\", \"time\": %.3f}".formatted(now - 10));
    lastCheckWas(now - 60);
    Said gone = check("--webhook", "http://127.0.0.1:" + server.getAddress().getPort() + "/secret");
    assertEquals(4, gone.exit(), gone.err());
    assertTrue(gone.err().contains("cannot be reached"), gone.err());
  }

  @Test
  void twoChecksAtOnceTellNothingTwice() throws Exception {
    Path lock = workspace().resolve("alerts.lock");
    try (ProcessLock _ = ProcessLock.take(lock, "")) {
      Said said = check();
      assertEquals(4, said.exit(), said.err());
      assertTrue(said.err().contains("another process looks at the alerts of"), said.err());
    }
    assertEquals(0, check().exit());
  }

  @Test
  void whatCannotBeCheckedIsRefused() throws Exception {
    assertEquals(2, check("--webhook", "mailto:a@example.org").exit());
    Said user = check("--webhook", "http://me:hidden@127.0.0.1/");
    assertEquals(2, user.exit());
    assertFalse(user.err().contains("hidden"), user.err());
    assertTrue(check("--silence", "None").err().contains("LossIsNaN, NoProgress"));
    Files.createDirectories(workspace());
    for (String text : List.of("null", "{}", "{\"alerts\": [{}]}", "no")) {
      Files.writeString(workspace().resolve("alerts.json"), text);
      Said said = check();
      assertEquals(3, said.exit(), said.err());
      assertTrue(said.err().contains("holds no alerts; delete it"), said.err());
    }
  }

  @Test
  void driftIsOfFieldsOfTwoFiles() throws Exception {
    Path before = folder.resolve("before.jsonl");
    Path now = folder.resolve("now.jsonl");
    var reference = new StringBuilder();
    var current = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      var row = Map.of("language", i % 3 == 0 ? "de" : "en", "length", i % 50, "id", "i" + i);
      reference.append(JSON.writeValueAsString(row)).append('\n');
      row = Map.of("language", i % 3 == 0 ? "fi" : "en", "length", i % 50, "id", "j" + i);
      current.append(JSON.writeValueAsString(row)).append('\n');
    }
    Files.writeString(before, reference);
    Files.writeString(now, current.append("\n{\"language\": null}\n"));
    Said said = imago("alerts", "drift", before, now, "--field", "language", "--field", "length");
    assertEquals(0, said.exit(), said.err());
    List<String> rows =
        said.out().lines().map(String::strip).filter(each -> each.startsWith("l")).toList();
    assertTrue(rows.get(0).endsWith("drifted"), said.out());
    assertTrue(rows.get(1).matches("length +0\\.0000 +1\\.0000 +300 +300 +–"), said.out());

    Said none = imago("alerts", "drift", before, now, "--field", "langage");
    assertEquals(3, none.exit());
    assertTrue(none.err().contains("no value of the field langage"), none.err());
    Files.writeString(now, "{\"language\": \"en\"}\n{");
    assertTrue(
        imago("alerts", "drift", before, now, "--field", "language")
            .err()
            .contains(":2 is no JSON"));
  }
}
