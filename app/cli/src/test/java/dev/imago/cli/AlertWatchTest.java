package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.imago.alerts.AlertRules;
import dev.imago.alerts.PrometheusText;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rules that are looked at while a process is at work, on a clock that the test sets.
class AlertWatchTest {
  @TempDir Path folder;

  private final List<JsonNode> heard = new CopyOnWriteArrayList<>();
  private final List<String> told = new ArrayList<>();
  private volatile int answer = 200;
  private HttpServer receiver;
  private Instant now = Instant.parse("2026-11-28T12:00:00Z");
  private double queued = 9;

  @BeforeEach
  void listen() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          try (exchange) {
            JsonNode said = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
            boolean good = exchange.getRequestURI().getPath().equals("/good");
            if (good || answer == 200) {
              heard.add(said);
            }
            exchange.sendResponseHeaders(good ? 200 : answer, -1);
          }
        });
    receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.stop(0);
  }

  private AlertWatch watch() throws IOException {
    Path rules =
        Files.writeString(
            folder.resolve("alerts.yaml"),
            """
            receivers:
              - webhook_configs: [{url: "http://127.0.0.1:%1$d/good"}, {url: "http://127.0.0.1:%1$d/other"}]
            rules:
              - {alert: QueueIsLong, threshold: {metric: queued, above: 5, over: 1m}}
            """
                .formatted(receiver.getAddress().getPort()));
    Clock clock =
        new Clock() {
          @Override
          public Instant instant() {
            return now;
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
          }
        };
    return new AlertWatch(
        new Workspace(folder.resolve("ws")),
        AlertRules.read(rules),
        "serve-1",
        Map.of("job", "serve"),
        () -> {
          if (Double.isNaN(queued)) {
            throw new IllegalStateException("no measure");
          }
          return List.of(new PrometheusText.Sample("queued", Map.of(), queued));
        },
        clock,
        told::add);
  }

  private void look(AlertWatch watch, int times) {
    for (int i = 0; i < times; i++) {
      watch.look();
      now = now.plusSeconds(15);
      queued += 0.25; // what is measured is another value each time
    }
  }

  private List<String> statuses() {
    return heard.stream().map(each -> each.path("status").asString()).toList();
  }

  @Test
  void eachReceiverHearsOnceAcrossARestartAndWhatIsAwayIsToldOnce() throws Exception {
    answer = 503;
    try (AlertWatch watch = watch()) {
      look(watch, 3);
      assertEquals(List.of("firing"), statuses());
      assertEquals(2, told.size(), told::toString);
      assertTrue(told.getFirst().contains("firing  QueueIsLong  job=serve"), told::toString);
      assertTrue(told.getLast().contains("answered 503"), told::toString);
      answer = 200;
      look(watch, 1);
      assertEquals(List.of("firing", "firing"), statuses());
    }
    now = now.plusSeconds(300); // longer than the rule's window: for a while nothing was measured
    try (AlertWatch watch = watch()) {
      look(watch, 2);
      assertEquals(2, heard.size(), "told before the restart");
      queued = -100;
      look(watch, 8);
      assertEquals(List.of("firing", "firing", "resolved", "resolved"), statuses());
      assertEquals(3, told.size(), told::toString);
    }
  }

  @Test
  void anUnwritablePlaceForTheSeriesAndAFaultOfOursEndNoLook() throws Exception {
    Files.createDirectories(folder.resolve("ws"));
    Files.writeString(folder.resolve("ws/series"), "in the way");
    try (AlertWatch watch = watch()) {
      look(watch, 3);
      assertTrue(told.getFirst().startsWith("alerts: cannot write"), told::toString);
      assertTrue(told.getLast().contains("firing  QueueIsLong"), told::toString);
      assertEquals(2, told.size(), told::toString);
      double before = queued;
      queued = Double.NaN;
      look(watch, 2);
      assertEquals(3, told.size(), told::toString);
      assertTrue(told.getLast().contains("no measure"), told::toString);
      queued = before;
    }
  }

  @Test
  void aClockThatIsSetBackMakesNobodyBlind() throws Exception {
    queued = 0;
    try (AlertWatch watch = watch()) {
      look(watch, 3);
      now = now.minusSeconds(7_200);
      queued = 100;
      look(watch, 2);
      assertEquals(List.of("firing", "firing"), statuses());
      queued = -100;
      look(watch, 6);
      assertEquals(2, statuses().stream().filter("resolved"::equals).count());
    }
  }
}
