package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.http.Route;
import dev.imago.serve.fields.FieldUse;
import dev.imago.serve.fields.RouteFields;
import io.helidon.http.Method;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Every route of the routing itself, with what no client should send: a 4xx in its own API's form,
/// never a 5xx.
class BadInputTest {
  @TempDir Path folder;

  private static List<byte[]> bodies(Route route) {
    var bodies = new ArrayList<byte[]>();
    for (String text :
        List.of(
            "",
            "{",
            "[]",
            "null",
            "5",
            "\"a\"",
            "{\"model\":",
            "{\"model\":5}",
            "{\"model\":\"no such\"}",
            "{\"model\":\"tiny\",\"model\":\"tiny\"}",
            "{\"nobody_knows\":1}",
            "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000),
            "[".repeat(5_000),
            "{\"n\":1e999999999}",
            "{\"n\":" + "9".repeat(5_000) + "}",
            "{\"a\":\"" + "z".repeat(2_000_000) + "\"}")) {
      bodies.add(text.getBytes(StandardCharsets.UTF_8));
    }
    bodies.add(new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'});
    bodies.add(new byte[] {(byte) 0xff, (byte) 0xfe, '{', 0});
    bodies.add(new byte[100]);
    for (RouteFields fields : ServedFields.all()) {
      if (fields.path().equals(route.path())) {
        fields
            .uses()
            .forEach(
                (name, use) -> {
                  if (!(use instanceof FieldUse.Accepted)) {
                    bodies.add(
                        "{\"%s\":%s}"
                            .formatted(name, name.equals("format") ? "5" : "{\"x\":[[]]}")
                            .getBytes(StandardCharsets.UTF_8));
                  }
                });
      }
    }
    return bodies;
  }

  private static String path(Route route) {
    return route.path().replaceAll("\\{[^}]*}", "none");
  }

  @Test
  void everyRouteRefusesItInItsOwnForm() throws Exception {
    try (var running = new Running(Running.config(folder), new ScriptedBackend(100, "Hi."))) {
      int asked = 0;
      for (Route route : running.server.routes()) {
        if (route.method() != Method.POST) {
          continue;
        }
        for (byte[] body : bodies(route)) {
          var request =
              running
                  .request(path(route))
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofByteArray(body))
                  .build();
          HttpResponse<String> response = running.client.send(request, BodyHandlers.ofString());
          String what =
              route.path()
                  + " "
                  + new String(body, 0, Math.min(body.length, 80), StandardCharsets.UTF_8)
                  + " → "
                  + response.body();
          assertTrue(response.statusCode() >= 400 && response.statusCode() < 500, what);
          checkForm(route.path(), response);
          asked++;
        }
      }
      assertTrue(asked > 300, asked + " requests");
      assertTrue(running.backend.asked.isEmpty(), "none of them reached the model");
    }
  }

  private static void checkForm(String path, HttpResponse<String> response) {
    JsonNode body = Running.json(response);
    if (path.startsWith("/api/")) {
      assertTrue(body.path("error").isString(), response.body());
    } else if (path.startsWith("/v1/messages")) {
      assertEquals("error", body.path("type").asString(), response.body());
      assertTrue(body.path("error").path("type").isString(), response.body());
    } else {
      assertEquals(
          List.of("message", "type", "param", "code"),
          List.copyOf(body.path("error").propertyNames()));
    }
    assertTrue(response.headers().firstValue("x-request-id").isPresent());
  }

  @Test
  void everyOtherMethodIsToldWhatThePathTakes() throws Exception {
    try (var running = new Running(Running.config(folder), new ScriptedBackend(100, "Hi."))) {
      for (Route route : running.server.routes()) {
        var request = running.request(path(route)).method("PATCH", BodyPublishers.noBody()).build();
        HttpResponse<String> response = running.client.send(request, BodyHandlers.ofString());
        assertEquals(405, response.statusCode(), route.path() + response.body());
        assertTrue(
            response.headers().firstValue("Allow").orElse("").contains(route.method().text()),
            route.path());
        checkForm(route.path(), response);
      }
    }
  }

  @Test
  void aBodyThatIsCutOffHarmsNobody() throws Exception {
    try (var running = new Running(Running.config(folder), new ScriptedBackend(100, "Hi."))) {
      for (String path : List.of("/v1/chat/completions", "/v1/messages", "/api/chat")) {
        try (var socket = new Socket("127.0.0.1", running.server.port())) {
          OutputStream out = socket.getOutputStream();
          out.write(
              "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{\"model\""
                  .formatted(path)
                  .getBytes(StandardCharsets.UTF_8));
          out.flush();
          socket.shutdownOutput();
          InputStream in = socket.getInputStream();
          String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
          assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
        }
      }
      assertEquals(200, running.chat(Running.hello("")).statusCode());
    }
  }
}
