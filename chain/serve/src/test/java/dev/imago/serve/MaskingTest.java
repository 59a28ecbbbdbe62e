package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.masking.MaskRules;
import dev.imago.masking.Pseudonyms;
import dev.imago.masking.TenantMasking;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What leaves a request before the model sees it, and comes back in the answer.
class MaskingTest {
  @TempDir Path folder;

  private Running running(ScriptedBackend backend, String rules) {
    var masking =
        TenantMasking.read(
            JsonMapper.shared().readTree(rules),
            MaskRules.REGIONS,
            Optional.of(new Pseudonyms("0123456789abcdef".getBytes(StandardCharsets.UTF_8))));
    return new Running(Running.config(folder).withMasking(masking), backend);
  }

  private static String chat(String content, boolean stream) {
    return "{\"model\":\"tiny\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(stream, content);
  }

  private static String content(HttpResponse<String> reply) {
    assertEquals(200, reply.statusCode(), reply.body());
    return Running.json(reply).at("/choices/0/message/content").stringValue();
  }

  private static String streamed(HttpResponse<String> reply) {
    return reply
        .body()
        .lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> JsonMapper.shared().readTree(line.substring(6)))
        .map(chunk -> chunk.at("/choices/0/delta/content"))
        .filter(JsonNode::isString)
        .map(JsonNode::stringValue)
        .collect(Collectors.joining());
  }

  @Test
  void theModelSeesPlaceholdersAndTheClientItsOwnWords() throws Exception {
    var backend = new ScriptedBackend(1000, "Write to <EM", "AIL_1>, not to bo", "b@mit.edu", ".");
    try (var running = running(backend, "{\"all\":{\"email\":\"number\"}}")) {
      String wanted = "Write to ann@mit.edu, not to <EMAIL_2>.";
      assertEquals(
          wanted, content(running.post("/v1/chat/completions", chat("I am ann@mit.edu", false))));
      String asked = backend.asked.take().prompt();
      assertTrue(asked.contains("<EMAIL_1>") && !asked.contains("ann@"), asked);
      assertEquals(
          wanted, streamed(running.post("/v1/chat/completions", chat("I am ann@mit.edu", true))));
    }
  }

  @Test
  void whatIsKeptForRatingsIsMasked() throws Exception {
    var backend = new ScriptedBackend(1000, "Dear <EMAIL_1>, I am bo", "b@mit.edu");
    try (var running = running(backend, "{\"all\":{\"email\":\"number\"}}")) {
      JsonNode reply =
          Running.json(running.post("/v1/chat/completions", chat("I am ann@mit.edu", false)));
      HttpResponse<String> rated =
          running.post(
              "/v1/feedback",
              "{\"completion_id\":\"%s\",\"rating\":\"up\"}"
                  .formatted(reply.get("id").stringValue()));
      assertEquals(200, rated.statusCode(), rated.body());
    }
    String log = Files.readString(folder.resolve("ratings.jsonl"));
    assertTrue(log.contains("<EMAIL_1>") && log.contains("<EMAIL_2>"), log);
    assertFalse(log.contains("mit.edu"), log);
  }

  @Test
  void whatMustNotPassEndsTheRequestOrTheAnswer() throws Exception {
    var backend = new ScriptedBackend(1000, "It is 4111 1111 ", "1111 1111", " there");
    try (var running = running(backend, "{\"all\":{\"card\":\"block\"}}")) {
      HttpResponse<String> refused =
          running.post("/v1/chat/completions", chat("pay 4111 1111 1111 1111", false));
      assertEquals(400, refused.statusCode());
      assertTrue(refused.body().contains("the request holds a card number"), refused.body());
      assertFalse(refused.body().contains("4111"), refused.body());
      HttpResponse<String> cut = running.post("/v1/chat/completions", chat("hello", true));
      assertTrue(cut.body().contains("the answer holds a card number"), cut.body());
      assertFalse(cut.body().contains("4111"), cut.body());
    }
  }

  @Test
  void tenantsHaveTheirOwnRulesAndNobodySeesTokens() throws Exception {
    var backend = new ScriptedBackend(1000, "ok ann@mit.edu");
    try (var running = running(backend, "{\"tenants\":{\"other\":{\"email\":\"pseudonym\"}}}")) {
      assertEquals(
          "ok ann@mit.edu", content(running.post("/v1/chat/completions", chat("hello", false))));
    }
    try (var running = running(backend, "{\"all\":{\"email\":\"pseudonym\"}}")) {
      assertEquals(
          400,
          running.post("/v1/completions", "{\"model\":\"tiny\",\"prompt\":[65,66]}").statusCode());
      String answer = content(running.post("/v1/chat/completions", chat("ann@mit.edu", false)));
      assertTrue(answer.matches("ok ann@mit.edu"), answer);
    }
  }
}
