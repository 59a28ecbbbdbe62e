package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.Routing;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedModel;
import java.io.ByteArrayOutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Which model answers: by name, by alias, by share, and what stands in for it.
class RoutingTest {
  @TempDir Path folder;

  private static ServedModel model(String name) {
    var backend = new ScriptedBackend(100, name);
    return new ServedModel(
        name, name, backend.card(), backend, new ServedModel.Defaults(10, 0, 1, 1));
  }

  private static Routing routing(
      Map<String, List<Routing.Share>> aliases, Map<String, List<String>> fallbacks) {
    return new Routing(aliases, fallbacks);
  }

  @Test
  void anAliasIsSharedByWeight() {
    var shares = List.of(new Routing.Share("new", 5), new Routing.Share("old", 95));
    var models =
        new Models(
            List.of(model("old"), model("new")),
            routing(Map.of("best", shares), Map.of("best", List.of("old"))),
            new Random(7));
    int fresh = 0;
    for (int i = 0; i < 10_000; i++) {
      List<Served> asked = models.candidates(Optional.of("best"));
      fresh += asked.getFirst().name().equals("new") ? 1 : 0;
      assertEquals("old", asked.getLast().name());
    }
    assertTrue(fresh > 400 && fresh < 600, fresh + " of 10,000");
  }

  @Test
  void whatLeadsNowhereIsRefusedAtTheStart() {
    var one = List.of(model("a"));
    var nowhere = List.of(new Routing.Share("b", 1));
    for (Routing wrong :
        List.of(
            routing(Map.of("x", nowhere), Map.of()),
            routing(Map.of("a", List.of(new Routing.Share("a", 1))), Map.of()),
            routing(Map.of(), Map.of("a", List.of("b"))),
            routing(Map.of(), Map.of("b", List.of("a"))))) {
      assertThrows(ConfigException.class, () -> new Models(one, wrong, new Random(1)));
    }
    assertThrows(
        ConfigException.class,
        () -> new Models(List.of(model("a"), model("a")), Routing.NONE, new Random(1)));
    assertThrows(ConfigException.class, () -> new Routing.Share("a", 0));
  }

  private Server before(Running behind, int port, Map<String, List<String>> fallbacks) {
    var address =
        behind == null ? URI.create("http://127.0.0.1:%d/v1".formatted(port)) : behind.uri("/v1");
    var beside =
        new ServedModels(
            List.of(
                new ServedModels.Other.Elsewhere(
                    "far", List.of(address), "tiny", Optional.empty())),
            Map.of("both", Map.of("far", 1.0)),
            fallbacks);
    return Server.start(
        Running.config(folder),
        new ScriptedBackend(100, "near"),
        beside,
        Clock.fixed(Running.NOW, ZoneOffset.UTC),
        new Random(1),
        new ByteArrayOutputStream());
  }

  private static HttpResponse<String> ask(Server server, String path, String body)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(server.address().resolve(path))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static String body(String model, String more) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]%s}"
        .formatted(model, more);
  }

  private static String said(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    JsonNode choice = Running.json(response).path("choices").path(0);
    return choice.path("message").path("content").asString();
  }

  private static final String PATH = "/v1/chat/completions";

  @Test
  void aRequestForAnotherServersModelIsPassedOnAndItsStreamThrough() throws Exception {
    try (var behind = Running.scripted(folder.resolve("behind"));
        Server server = before(behind, 0, Map.of())) {
      assertEquals("Grüße, 你好 👩‍👩‍👧!", said(ask(server, PATH, body("far", ""))));
      assertEquals("Grüße, 你好 👩‍👩‍👧!", said(ask(server, PATH, body("both", ""))));
      assertEquals("near", said(ask(server, PATH, body("tiny", ""))));
      HttpResponse<String> stream = ask(server, PATH, body("far", ",\"stream\":true"));
      assertTrue(stream.body().endsWith("data: [DONE]\n\n"), stream.body());
      assertFalse(stream.body().contains("\"choices\":[]"), "nobody asked for what was used");
      String told =
          ask(
                  server,
                  PATH,
                  body("far", ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"))
              .body();
      assertTrue(told.contains("\"choices\":[]"), told);
      assertEquals(
          "text/event-stream; charset=utf-8",
          stream.headers().firstValue("Content-Type").orElse(""));
      // What its own server refuses is told as that one told it.
      Running.assertError(ask(server, PATH, body("far", ",\"temperature\":9")), 400, "temperature");
      Running.assertError(
          ask(server, "/v1/responses", "{\"model\":\"far\",\"input\":\"a\"}"),
          400,
          "model",
          "/v1/chat/completions");
    }
  }

  @Test
  void aServerThatIsNotThereIsToldOrStoodInFor() throws Exception {
    int closed;
    try (var socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    try (Server server = before(null, closed, Map.of())) {
      for (int i = 0; i < 3; i++) { // the address is left alone after its failures
        HttpResponse<String> response = ask(server, PATH, body("far", ""));
        assertEquals(503, response.statusCode());
        assertTrue(response.body().contains("upstream_unavailable"), response.body());
      }
      assertEquals("near", said(ask(server, PATH, body("tiny", ""))));
    }
    try (Server server = before(null, closed, Map.of("both", List.of("tiny")))) {
      assertEquals("near", said(ask(server, PATH, body("both", ""))));
    }
  }

  @Test
  void thatAServerRefusesOurKeyIsNotToldAsIfItWereTheClients() throws Exception {
    var locked =
        new ServerConfig.Listening("127.0.0.1", 0, List.of("secret"), false, Optional.empty());
    try (var behind =
            new Running(
                Running.config(folder.resolve("behind"), locked, ""),
                new ScriptedBackend(100, "far"));
        Server server = before(behind, 0, Map.of("both", List.of("tiny")))) {
      Running.assertError(ask(server, PATH, body("far", "")), 502, "", "401", "IMAGO_UPSTREAM_KEY");
      assertEquals("near", said(ask(server, PATH, body("both", ""))));
    }
  }

  @Test
  void aBusyModelIsStoodInForByAnotherServers() throws Exception {
    try (var behind = Running.scripted(folder.resolve("behind"));
        Server server = before(behind, 0, Map.of("tiny", List.of("far")))) {
      JsonNode listed;
      try (HttpClient client = HttpClient.newHttpClient()) {
        listed =
            Running.json(
                client.send(
                    HttpRequest.newBuilder(server.address().resolve("/v1/models")).build(),
                    BodyHandlers.ofString()));
      }
      assertEquals(
          List.of("tiny", "far", "both"),
          listed.path("data").valueStream().map(m -> m.path("id").asString()).toList());
      assertTrue(listed.path("data").path(1).path("meta").path("healthy").asBoolean());
      assertEquals("near", said(ask(server, PATH, body("tiny", ""))));
    }
  }

  @Test
  void whoIsPickedForAutoSaysSoAndWhy() throws Exception {
    ModelChooser chooser =
        (all, wanted) ->
            wanted.task().equals("chess")
                ? new ModelChooser.Choice(
                    List.of(),
                    all.stream().map(m -> new ModelChooser.Picked(m.name(), "no chess")).toList())
                : new ModelChooser.Choice(
                    List.of(
                        new ModelChooser.Picked(
                            "tiny", "of %s s at most".formatted(wanted.seconds()))),
                    List.of());
    try (var running =
        new Running(
            Running.config(folder),
            new ScriptedBackend(100, "near"),
            ServedModels.NONE.withChooser(chooser))) {
      String bounds = ",\"auto\":{\"max_latency\":0.7,\"max_price\":{\"prompt\":1}}";
      for (String stream : List.of("", ",\"stream\":true")) {
        HttpResponse<String> answer = running.chat(body("auto", bounds + stream));
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"why\":\"of 0.7 s at most\""), answer.body());
        assertTrue(answer.body().contains("\"model\":\"tiny\""), answer.body());
        assertEquals(
            "model=\"tiny\";why=\"of 0.7 s at most\"",
            answer.headers().firstValue("x-imago-auto").orElse(""));
      }
      String max = ",\"max_tokens\":9";
      HttpResponse<String> message = running.post("/v1/messages", body("auto", max));
      assertTrue(message.body().contains("Infinity s at most"), message.body());
      Running.assertError(
          running.chat(body("auto", ",\"auto\":{\"task\":\"chess\"}")), 400, "auto", "no chess");
      Running.assertError(running.chat(body("tiny", bounds)), 400, "auto", "another is named");
      Running.assertError(
          running.chat(body("auto", ",\"auto\":{\"max_cost\":1}")), 400, "auto.max_cost", "");
      Running.assertError(
          running.chat(body("auto", ",\"auto\":{\"max_latency\":-1}")),
          400,
          "auto.max_latency",
          "-1");
    }
    try (var running = new Running(Running.config(folder), new ScriptedBackend(100, "near"))) {
      Running.assertError(running.chat(body("auto", "")), 404, "model", "tiny");
    }
  }
}
