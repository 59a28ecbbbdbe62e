package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Traces and metrics by OTLP, as a collector gets them.
class TelemetryTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";
  private static final int INTERNAL = 1;
  private static final int SERVER = 2;
  private static final int CLIENT = 3;

  @TempDir Path folder;

  private ServerConfig config(String name, Collector to, boolean texts) {
    return Running.config(folder.resolve(name))
        .withOtlp(
            Optional.of(
                new OtlpSettings(
                    to.address().toString(), Map.of("x-key", "a b"), name, -1, texts)));
  }

  private static Collector.Span below(List<Collector.Span> all, String parent) {
    return all.stream().filter(span -> span.parent().equals(parent)).findFirst().orElseThrow();
  }

  @Test
  void whatIsSaidComesBeforeTheEnvironmentsOwnForASignal() {
    var said = new OtlpSettings("http://here:4318/", Map.of(), "", -1, false);
    Map<String, String> own =
        said.properties(Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://there/v1/traces"));
    assertEquals("http://here:4318/v1/traces", own.get("otel.exporter.otlp.traces.endpoint"));
    assertEquals("http://here:4318/v1/metrics", own.get("otel.exporter.otlp.metrics.endpoint"));
    assertEquals("tracecontext", own.get("otel.propagators"));
    Map<String, String> unsaid =
        OtlpSettings.USUAL.properties(
            Map.of("OTEL_PROPAGATORS", "b3", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "9"));
    assertFalse(unsaid.containsKey("otel.propagators"));
    assertFalse(unsaid.containsKey("otel.span.attribute.value.length.limit"));
  }

  @Test
  void aTraceGoesFromTheCallerThroughToTheModelOfAnotherServer() throws Exception {
    try (var collector = new Collector()) {
      String measured;
      try (var behind =
          new Running(config("back", collector, false), new ScriptedBackend(100, "Se", "cret"))) {
        var beside =
            new ServedModels(
                List.of(
                    new ServedModels.Other.Elsewhere(
                        "far", List.of(behind.uri("/v1")), "tiny", Optional.empty())),
                Map.of("both", Map.of("far", 1.0)),
                Map.of());
        try (var front =
            new Running(
                config("front", collector, false), new ScriptedBackend(100, "near"), beside)) {
          String body = Running.hello("\"stream\":true").replace("tiny", "both");
          var answer =
              front.client.send(
                  front
                      .request("/v1/chat/completions")
                      .header("traceparent", "00-%s-%s-01".formatted(TRACE, CALLER))
                      .POST(BodyPublishers.ofString(body.replace("Hello", "Whisper")))
                      .build(),
                  BodyHandlers.ofString());
          assertEquals(200, answer.statusCode(), answer.body());
          assertEquals(200, front.get("/healthz").statusCode());
          measured = front.get("/metrics").body() + behind.get("/metrics").body();
        }
      }
      List<Collector.Span> spans = collector.spans();
      assertEquals(4, spans.size(), spans::toString);
      spans.forEach(span -> assertEquals(TRACE, span.trace()));
      Collector.Span asked = below(spans, CALLER);
      assertEquals("POST /v1/chat/completions", asked.name());
      assertEquals(SERVER, asked.kind());
      assertEquals(200L, asked.told().get("http.response.status_code"));
      Collector.Span passed = below(spans, asked.id());
      assertEquals("chat both", passed.name());
      assertEquals(CLIENT, passed.kind());
      assertEquals("far", passed.told().get("gen_ai.response.model"));
      assertEquals(2L, passed.told().get("gen_ai.usage.output_tokens"));
      Collector.Span taken = below(spans, passed.id());
      assertEquals(SERVER, taken.kind());
      Collector.Span made = below(spans, taken.id());
      assertEquals("chat tiny", made.name());
      assertEquals(INTERNAL, made.kind());
      assertEquals("imago", made.told().get("gen_ai.provider.name"));
      assertEquals(List.of("stop"), made.told().get("gen_ai.response.finish_reasons"));
      assertEquals(0.7, made.told().get("gen_ai.request.temperature"));
      assertEquals(true, made.told().get("gen_ai.request.stream"));
      assertTrue((double) made.told().get("gen_ai.response.time_to_first_chunk") > 0);
      String all = collector.raw();
      for (String text : List.of("Whisper", "cret", "messages")) {
        assertFalse(all.contains(text), text);
      }
      for (String name :
          List.of(
              "gen_ai.server.request.duration",
              "gen_ai.server.time_to_first_token",
              "gen_ai.server.time_per_output_token",
              "gen_ai.client.token.usage")) {
        assertTrue(all.contains(name), name);
        assertTrue(measured.contains(name.replace('.', '_')), measured);
      }
      assertTrue(all.contains("http.server.request.duration"));
    }
  }

  @Test
  void textsAreToldWhereTheyAreAskedFor() throws Exception {
    try (var collector = new Collector()) {
      try (var running =
          new Running(config("texts", collector, true), new ScriptedBackend(100, "Hi", "!"))) {
        assertEquals(200, running.chat(Running.hello("")).statusCode());
        assertEquals(400, running.chat(Running.hello("\"n\":0")).statusCode());
      }
      List<Collector.Span> spans = collector.spans();
      assertEquals(3, spans.size(), spans::toString);
      Map<String, Object> told =
          spans.stream()
              .filter(span -> span.name().equals("chat tiny"))
              .findFirst()
              .orElseThrow()
              .told();
      assertEquals(
          "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"Hello\"}]}]",
          told.get("gen_ai.input.messages"));
      assertEquals(
          "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"Hi!\"}],"
              + "\"finish_reason\":\"stop\"}]",
          told.get("gen_ai.output.messages"));
    }
  }
}
