package dev.imago.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnergyUse;
import dev.imago.core.Ref;
import dev.imago.data.Document;
import dev.imago.data.MeasuredModel;
import dev.imago.http.Route;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleRoutesTest {
  private static final String CORPUS = "1".repeat(64);

  @TempDir private Path root;
  private WrittenWorkspace files;
  private RunningConsole console;

  @BeforeEach
  void open() {
    files = new WrittenWorkspace(root);
    files.record("run-a", Map.of()).curve("run-a", 50);
    files.record("run-b", Map.of("config", Map.of("depth", 8))).curve("run-b", 60);
    files.corpus(
        '1',
        "rejects",
        List.of(
            new Document(
                "d1", "text", "file.txt", Map.of("rule", "gopher-words", "measured", "12"))),
        List.of());
    files.artifact("weights", '2', Map.of("config.json", "{}"), List.of("corpus/" + CORPUS));
    files.artifact(
        "scores",
        '3',
        Map.of(
            "scores.json",
            "{\"scores\":[{\"name\":\"accuracy\",\"value\":0.5,\"low\":0.4,\"high\":0.6,\"n\":10,\"unit\":\"share\"}]}"),
        List.of("weights/" + "2".repeat(64)));
    console = new RunningConsole(root);
    console.server.look();
  }

  @AfterEach
  void close() {
    console.close();
  }

  private static String filled(String pattern) {
    return pattern
        .replace("{key}", "run-a")
        .replace("{kind}", "corpus")
        .replace("{hash}", CORPUS)
        .replace("{name}", "console.css")
        .replace("{id}", "none")
        .replace("{+rest}", "nothing/here");
  }

  @Test
  void everyRouteAnswersItsMethodAndRefusesTheOthersEachWithAPolicy() {
    for (Route route : console.routes()) {
      String path = filled(route.path());
      boolean rest = route.path().contains("rest") || route.path().contains("{id}");
      for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")) {
        HttpResponse<String> answer =
            console.send(console.request(path).method(method, HttpRequest.BodyPublishers.noBody()));
        boolean own =
            console.routes().stream()
                .anyMatch(
                    r ->
                        r.path().equals(route.path())
                            && r.method().text().equals(method.equals("HEAD") ? "GET" : method));
        String what = method + " " + path + " → " + answer.statusCode();
        assertTrue(
            answer
                .headers()
                .firstValue("Content-Security-Policy")
                .orElse("")
                .startsWith("default-src 'none'; script-src 'self'"),
            what);
        assertEquals(
            "nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""), what);
        if (!own) {
          assertTrue(List.of(404, 405).contains(answer.statusCode()), what);
        } else if (method.equals("POST")) {
          assertEquals(403, answer.statusCode(), what); // without a token
        } else {
          assertEquals(rest ? 404 : 200, answer.statusCode(), what);
        }
      }
    }
  }

  @Test
  void aHeadHasTheLengthOfTheBodyAndNoByteOfIt() throws Exception {
    int port = console.server.address().getPort();
    String request = "HEAD /runs HTTP/1.1\r\nHost: localhost:%d\r\n".formatted(port);
    try (var socket = new java.net.Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write(
              (request + "Connection: close\r\n\r\n")
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      String answer =
          new String(
              socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      assertTrue(answer.endsWith("\r\n\r\n"), answer);
      assertTrue(
          answer.toLowerCase(java.util.Locale.ROOT).matches("(?s).*content-length: [1-9][0-9]+.*"),
          answer);
    }
  }

  @Test
  void aFormOfAnotherSiteOrWithoutATokenChangesNothing() {
    assertEquals(
        403,
        console
            .post("/runs/run-a/pin", Map.of("pinned", "1", "token", "0".repeat(64)))
            .statusCode());
    String token = console.token();
    HttpResponse<String> foreign =
        console.send(
            console
                .request("/runs/run-a/pin")
                .header("Origin", "http://evil.example")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("pinned=1&token=" + token)));
    assertEquals(403, foreign.statusCode());
    assertFalse(Files.exists(root.resolve("marks.jsonl")));
  }

  @Test
  void marksAreKeptAndShown() {
    Map<String, String> form =
        Map.of(
            "token",
            console.token(),
            "tags",
            "good, 中文，third",
            "note",
            "remember",
            "group",
            "g",
            "back",
            "/runs/run-a");
    HttpResponse<String> kept = console.post("/runs/run-a/mark", form);
    assertEquals(303, kept.statusCode());
    assertEquals("/runs/run-a", kept.headers().firstValue("Location").orElse(""));
    assertTrue(console.get("/runs?q=tag%3D%E4%B8%AD%E6%96%87").body().contains("run-a"));
    assertFalse(console.get("/runs?q=tag%3D%E4%B8%AD%E6%96%87").body().contains("run-b"));
  }

  @Test
  void noFormLeadsToAnotherSite() {
    for (String back :
        List.of("//evil.example/", "https://evil.example", "/\\evil.example", "/a\r\nX: y", "")) {
      HttpResponse<String> answer =
          console.post(
              "/preferences", Map.of("token", console.token(), "lang", "zh", "back", back));
      assertEquals("/", answer.headers().firstValue("Location").orElse("none"), back);
    }
    assertTrue(console.get("/").body().contains("lang=\"zh-Hans\""));
  }

  @Test
  void aHostThatIsNotThisMachineIsRefused() throws Exception {
    int port = console.server.address().getPort();
    try (var socket = new java.net.Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      String answer =
          new String(
              socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 403"), answer);
    }
  }

  @Test
  void noPathFromARequestReachesTheDisk() {
    for (String path :
        List.of(
            "/runs/..%2F..%2Fetc",
            "/runs/%2e%2e",
            "/artifacts/corpus/..",
            "/artifacts/..%2Fruns/run-a",
            "/assets/..%2Fconsole.css",
            "/assets/%2e%2e%2fphrases_en.properties")) {
      assertEquals(404, console.get(path).statusCode(), path);
    }
  }

  @Test
  void comparesOnlyWhatDiffers() {
    String page = console.get("/compare?run=run-a&run=run-b").body();
    assertTrue(page.contains(">depth<"), page);
    assertFalse(page.contains(">shape.heads<") && page.contains(">seed<"), page);
  }

  @Test
  void tablesAndCurvesLeaveAsCsvJsonAndSvg() {
    assertTrue(console.get("/runs.csv?col=run&col=m:loss").body().startsWith("run,m:loss\r\n"));
    assertTrue(console.get("/runs.json?col=run").body().contains("{\"run\":\"run-a\"}"));
    assertTrue(
        console
            .get("/curves.csv?run=run-a&m=loss")
            .body()
            .startsWith("run,step,loss\r\nrun-a,0.0,8.0\r\n"));
    assertTrue(
        console
            .get("/curves.json?run=run-a&run=run-b&m=loss")
            .body()
            .contains("\"label\":\"run-b\""));
    String svg = console.get("/curves.svg?run=run-a&m=loss").body();
    assertTrue(svg.startsWith("<?xml") && svg.contains("<path"), svg);
  }

  @Test
  void showsRejectsWithRuleAndValueAndScoresWithIntervals() {
    String documents =
        console
            .get("/artifacts/corpus/" + CORPUS + "/documents?part=rejects&rule=gopher-words")
            .body();
    assertTrue(documents.contains("gopher-words: measured 12"), documents);
    assertFalse(
        console
            .get("/artifacts/corpus/" + CORPUS + "/documents?part=rejects&rule=other")
            .body()
            .contains("file.txt</a>"));
    assertTrue(console.get("/models").body().contains("0.4000 – 0.6000"));
    assertTrue(
        console.get("/artifacts/weights/" + "2".repeat(64)).body().contains("class=\"lineage\""));
  }

  @Test
  void aWorkspaceThatGoesAwayLeavesThePagesStanding() throws Exception {
    try (var all = Files.walk(root)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        if (!path.equals(root)) {
          Files.delete(path);
        }
      }
    }
    console.server.look();
    for (String path : List.of("/", "/runs", "/artifacts", "/models")) {
      assertEquals(200, console.get(path).statusCode(), path);
    }
    assertEquals(404, console.get("/runs/run-a").statusCode());
  }

  @Test
  void showsAnotherTrainersEventFiles(@TempDir Path logs) throws Exception {
    Path file = logs.resolve("version_0/events.out.tfevents.1.host");
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13});
    try (var other = new RunningConsole(root, Optional.of(logs), List.of())) {
      other.server.look();
      assertTrue(other.get("/runs?state=logged").body().contains("version_0"));
      assertTrue(other.get("/").body().contains("it is no event file, or damaged there"));
    }
  }

  @Test
  void aWorkspaceThatIsDeletedLeavesPagesThatStand() throws Exception {
    try (var all = Files.walk(root)) {
      for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
    console.server.look();
    for (String path :
        List.of("/", "/runs", "/artifacts", "/models", "/requests", "/alerts", "/compare")) {
      assertEquals(200, console.get(path).statusCode(), path);
    }
    assertEquals(404, console.get("/runs/run-a").statusCode());
    assertEquals(404, console.get("/artifacts/corpus/" + CORPUS + "/documents").statusCode());
  }

  private static MeasuredModel measured(
      char digit, double score, double rate, @Nullable EnergyUse token) {
    return new MeasuredModel(
        new Ref("weights", String.valueOf(digit).repeat(64)),
        "text-generation",
        List.of("en"),
        1 << 20,
        Map.of("t/acc", new MeasuredModel.Score(score, score - 0.02, score + 0.02, 50, true, "x")),
        rate == 0 ? null : new MeasuredModel.Speed(rate, 1e5 / rate, 64, 2, 1 << 20, token, null));
  }

  @Test
  void whatCannotBeReadOfTheCatalogueIsToldBesideTheRest() throws IOException {
    console.measured = List.of(measured('a', 0.8, 100, null));
    console.broken = List.of("a bench is broken");
    files.write(root.resolve("energy.yaml"), "wats: 5");
    String page = console.get("/models").body();
    assertTrue(page.contains("weights/aaaaaaaaaaaa") && page.contains("a bench is broken"), page);
    assertTrue(page.contains("did you mean «watts»?"), page);
    assertFalse(page.contains("more cannot be read"), page);
    console.measured = List.of(); // it is not asked again before something has changed
    assertTrue(console.get("/models").body().contains("weights/aaaaaaaaaaaa"));
    Files.createDirectories(root.resolve("measured"));
    console.broken = IntStream.range(0, 6).mapToObj(i -> "bench " + i + " is broken").toList();
    Files.createDirectories(root.resolve("evaluations"));
    page = console.get("/models").body(); // those and the declaration
    assertFalse(page.contains("weights/aaaaaaaaaaaa"));
    assertTrue(page.contains("bench 4") && page.contains("2 more cannot be read."), page);
    assertEquals(200, console.get("/runs/run-a").statusCode());
  }

  @Test
  void theAddressAsksWhichModelAndEachIsToldWhy() {
    console.measured =
        List.of(
            measured('a', 0.8, 100, new EnergyUse(2, 4, false, "a data sheet")),
            measured('b', 0.5, 200, new EnergyUse(1, 1.5, false, "a data sheet")),
            measured('c', 0.5, 90, null),
            measured('d', 0.81, 400, null),
            measured('e', 0.9, 0, null));
    List<String> lines =
        console.get("/models?for=text-generation&hourly=0.36&table=1").body().lines().toList();
    assertEquals(6, lines.size());
    assertTrue(lines.get(1).startsWith("weights/eeeeeeeeeeee,\"Yes: the best score"), lines.get(1));
    assertTrue(lines.get(2).startsWith("weights/dddddddddddd,\"Yes: the soonest"), lines.get(2));
    assertTrue(lines.get(2).endsWith(",not known,0.25"), lines.get(2));
    String beaten =
        lines.stream().filter(line -> line.startsWith("weights/aaaa")).findFirst().orElseThrow();
    assertTrue(beaten.contains("No, nowhere better than one that is sooner, faster"), beaten);
    assertTrue(beaten.contains("As good, in 75 % less time: weights/dddddddddddd"), beaten);
    assertTrue(beaten.contains("≈ 2000 – 4000"), beaten);
    String page = console.get("/models").body();
    assertTrue(page.contains("a data sheet") && page.contains("not measured here"), page);
    lines = console.get("/models?latency=600&hourly=0.36&cost=0.6&table=1").body().lines().toList();
    assertTrue(lines.get(1).startsWith("weights/dddd"), lines.get(1));
    assertTrue(lines.stream().anyMatch(l -> l.contains("No: its first token comes too late")));
    assertTrue(lines.stream().anyMatch(l -> l.contains("No: its speed was not measured here")));
    assertTrue(console.get("/models?cost=1").body().contains("needs what this machine costs"));
  }
}
