package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.masking.MaskRules;
import dev.imago.masking.Pseudonyms;
import dev.imago.masking.TenantMasking;
import dev.imago.moderation.TenantModeration;
import dev.imago.moderation.WordListModerator;
import dev.imago.serve.completions.RequestMasking;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    return new Running(
        Running.config(folder).withSafeguards(Safeguards.NONE.withMasking(masking)), backend);
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
              ("{\"completion_id\":\"%s\",\"comment\":\"so says cy@mit.edu\","
                      + "\"correction\":\"Dear ann@mit.edu, I am cy@mit.edu\"}")
                  .formatted(reply.get("id").stringValue()));
      assertEquals(200, rated.statusCode(), rated.body());
      HttpResponse<String> same =
          running.post(
              "/v1/feedback",
              "{\"completion_id\":\"%s\",\"correction\":\"Dear ann@mit.edu, I am bob@mit.edu\"}"
                  .formatted(reply.get("id").stringValue()));
      assertTrue(same.body().contains("correction is the answer itself"), same.body());
    }
    String log = Files.readString(folder.resolve("ratings.jsonl"));
    assertTrue(log.contains("Dear <EMAIL_1>, I am <EMAIL_2>"), log);
    assertTrue(log.contains("so says <EMAIL_3>"), log);
    assertTrue(log.contains("Dear <EMAIL_1>, I am <EMAIL_3>"), log);
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

  /// Vectors, labels and ranks: what their models read, and what is refused.
  @Test
  void textsOfOtherRoutesAreMaskedToo() {
    var tenants =
        new RequestMasking.Tenants(
            TenantMasking.read(
                JsonMapper.shared()
                    .readTree(
                        "{\"all\":{\"email\":\"mask\"},\"tenants\":{\"acme\":{\"email\":\"block\"}}}"),
                MaskRules.REGIONS,
                Optional.empty()),
            key -> key.equals("key_1") ? List.of(key, "acme") : List.of(key));
    JsonFields asked =
        JsonFields.parse(
            "{\"model\":\"a\",\"query\":\"ann@mit.edu\",\"documents\":[{\"text\":\"of bob@mit.edu\"}]}"
                .getBytes(StandardCharsets.UTF_8));
    assertEquals(
        "{\"model\":\"a\",\"query\":\"<EMAIL>\",\"documents\":[{\"text\":\"of <EMAIL>\"}]}",
        tenants.texts("key_2", asked).json().toString());
    var blocked = assertThrows(ApiException.class, () -> tenants.texts("key_1", asked));
    assertEquals("content_filter", blocked.code());
    JsonFields tokens = JsonFields.parse("{\"input\":[[1,2]]}".getBytes(StandardCharsets.UTF_8));
    assertEquals(
        "input", assertThrows(ApiException.class, () -> tenants.texts("x", tokens)).param());
  }

  @Test
  void listsOfWordsModerateWithoutAModelAndSeeMaskedTexts() throws Exception {
    var lists = new WordListModerator(Map.of("insult", List.of("fool", "笨蛋")));
    var rules =
        TenantMasking.read(
            JsonMapper.shared().readTree("{\"all\":{\"card\":\"block\"}}"),
            MaskRules.REGIONS,
            Optional.empty());
    try (var running =
        new Running(
            Running.config(folder)
                .withSafeguards(
                    Safeguards.NONE
                        .withMasking(rules)
                        .withModeration(TenantModeration.judging(lists))),
            new ScriptedBackend(100, "Hi"))) {
      String path = "/v1/moderations";
      JsonNode told =
          Running.json(running.post(path, "{\"input\":[\"You f.o.o.l!\",\"foolish\",\"你这笨蛋\"]}"));
      assertEquals("word-lists", told.path("model").asString());
      assertEquals(
          List.of(true, false, true),
          told.path("results").valueStream().map(r -> r.path("flagged").asBoolean()).toList());
      JsonNode first = told.path("results").path(0);
      assertEquals(1, first.path("category_scores").path("insult").asDouble());
      assertFalse(first.path("categories").path("violence").asBoolean(true));
      assertEquals(400, running.post(path, "{\"input\":\"4111 1111 1111 1111\"}").statusCode());
      assertEquals(404, running.post(path, "{\"model\":\"other\",\"input\":\"a\"}").statusCode());
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
