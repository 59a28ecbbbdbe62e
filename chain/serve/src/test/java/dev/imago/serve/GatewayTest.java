// Past 400 lines: one gateway with its accounts, which all of its tests share.
package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.Limits;
import dev.imago.accounts.Metering;
import dev.imago.accounts.Role;
import dev.imago.accounts.UsageReports;
import dev.imago.serve.metering.AccountMeter;
import dev.imago.state.StateAddress;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Keys, budgets and the ledger of a server whose callers have accounts.
class GatewayTest {
  /// What the prompt of [Running#hello] is to the scripted model: `user:Hello`, and a line break.
  private static final int PROMPT = 11;

  /// Signs of life by which a client that has gone is found out soon.
  private static final ServerConfig.Times OFTEN =
      new ServerConfig.Times(Duration.ofSeconds(10), Duration.ofMillis(20));

  @TempDir Path folder;
  private Accounts accounts;
  private Metering metering;

  @BeforeEach
  void open() {
    accounts = Accounts.open(StateAddress.in(folder), folder.resolve("state"));
    metering = accounts.serve();
  }

  @AfterEach
  void close() {
    metering.close();
    accounts.close();
  }

  private Running running(ScriptedBackend backend) {
    return new Running(
        Running.config(folder, Running.limits(64, 128, 4096, 10), OFTEN)
            .withMetering(Optional.of(metering)),
        backend);
  }

  private ApiKeyStore.Made key(Role role, String routes, String models) {
    ApiKeyStore.Made made =
        accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    "a", "acme", "", "", role, List.of(routes), List.of(models), null));
    await(() -> metering.byId(made.account().key()).isPresent());
    return made;
  }

  /// For what the server looks for four times a second.
  private static void await(java.util.function.BooleanSupplier seen) {
    while (!seen.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  private void limit(ApiKeyStore.Made key, String what, String per, String amount) {
    accounts
        .limits()
        .set(
            "root", new Limits.Wanted("key", "acme", key.account().key(), what, per, amount, true));
    metering.refresh();
  }

  private static HttpRequest chat(Running running, String key, String more) {
    return running
        .request("/v1/chat/completions")
        .header("Authorization", "Bearer " + key)
        .POST(BodyPublishers.ofString(Running.hello(more)))
        .build();
  }

  private static HttpResponse<String> ask(Running running, String key, String more)
      throws Exception {
    return running.client.send(chat(running, key, more), BodyHandlers.ofString());
  }

  private UsageReports.Row used() {
    var span =
        UsageReports.Span.month("", YearMonth.now(ZoneOffset.UTC).toString(), ZoneOffset.UTC);
    assertEquals(List.of(), accounts.usage().reconcile(span));
    return accounts.usage().report(UsageReports.By.ORGANISATION, span).getFirst();
  }

  @Test
  void withoutAnyKeyAllIsAsEver() throws Exception {
    try (var running = running(new ScriptedBackend(100, "Hi"))) {
      assertEquals(200, running.chat(Running.hello("")).statusCode());
    }
  }

  @Test
  void aKeyOpensWhatItSaysUntilItIsRevoked() throws Exception {
    var all = key(Role.MEMBER, "*", "*");
    var looks = key(Role.VIEWER, "*", "*");
    var labels = key(Role.REVIEWER, "*", "*");
    var other = key(Role.MEMBER, "*", "large");
    var vectors = key(Role.MEMBER, "/v1/embeddings", "*");
    try (var running = running(new ScriptedBackend(100, "Hi"))) {
      assertEquals(401, running.chat(Running.hello("")).statusCode());
      assertEquals(401, ask(running, all.key() + "x", "").statusCode());
      assertEquals(200, ask(running, all.key(), "").statusCode());
      Running.assertError(ask(running, looks.key(), ""), 403, "", "viewer");
      Running.assertError(ask(running, labels.key(), ""), 403, "", "reviewer", "a member's");
      assertEquals(200, sent(running, labels, "/v1/models", null).statusCode());
      Running.assertError(ask(running, other.key(), ""), 403, "", "tiny");
      assertFalse(sent(running, other, "/v1/models", null).body().contains("tiny"));
      Running.assertError(sent(running, other, "/v1/models/tiny", null), 404, "model", "tiny");
      for (String path : List.of("/tokenize", "/detokenize", "/apply-template")) {
        String body =
            """
            {"%s": [%s]}\
            """
                .formatted(
                    path.equals("/detokenize") ? "tokens" : "messages",
                    path.equals("/detokenize") ? "1" : "{\"role\":\"user\",\"content\":\"a\"}");
        Running.assertError(sent(running, other, path, body), 403, "", "does not open");
      }
      Running.assertError(ask(running, vectors.key(), ""), 403, "", "/v1/chat/completions");
      accounts.keys().revoke("root", all.account().key());
      await(() -> metering.byId(all.account().key()).isEmpty());
      assertEquals(401, ask(running, all.key(), "").statusCode());
    }
    assertEquals(1, used().requests());
  }

  @Test
  void aKeyOfAnAliasOpensWhatTheAliasLeadsToByThatNameAlone() throws Exception {
    var key = key(Role.MEMBER, "*", "best");
    var config =
        Running.config(folder, Running.limits(4, 8, 4096, 10), OFTEN)
            .withMetering(Optional.of(metering));
    var beside = new ServedModels(List.of(), Map.of("best", Map.of("tiny", 1.0)), Map.of());
    try (var running = new Running(config, new ScriptedBackend(100, "Hi"), beside)) {
      String said = "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]";
      for (String path :
          List.of(
              "/v1/chat/completions",
              "/v1/messages",
              "/v1/messages/count_tokens",
              "/api/chat",
              "/apply-template",
              "/tokenize")) {
        String max = path.equals("/v1/messages") ? ",\"max_tokens\":9" : "";
        String body = "{\"model\":\"%s\"," + said + max + "}";
        assertEquals(200, sent(running, key, path, body.formatted("best")).statusCode(), path);
        assertEquals(403, sent(running, key, path, body.formatted("tiny")).statusCode(), path);
      }
      for (String empty : List.of("best 200", "tiny 403")) {
        String body = "{\"model\":\"" + empty.substring(0, 4) + "\"}";
        int status = Integer.parseInt(empty.substring(5));
        assertEquals(status, sent(running, key, "/api/chat", body).statusCode());
        assertEquals(status == 200 ? 200 : 404, sent(running, key, "/api/show", body).statusCode());
      }
      for (String path : List.of("/api/tags", "/v1/models")) {
        JsonNode all = Running.json(sent(running, key, path, null));
        JsonNode listed = all.path(path.startsWith("/v1") ? "data" : "models");
        assertEquals(1, listed.size(), all::toString);
        assertEquals("best", listed.get(0).path(path.startsWith("/v1") ? "id" : "name").asString());
      }
      assertEquals(
          "best", Running.json(sent(running, key, "/v1/models/best", null)).path("id").asString());
    }
  }

  @Test
  void whoStandsInMustBeOpenToTheKeyToo() throws Exception {
    var narrow = key(Role.MEMBER, "*", "tiny");
    var config =
        Running.config(folder, Running.limits(1, 1, 4096, 10), OFTEN)
            .withMetering(Optional.of(metering));
    var nobody = List.of(URI.create("http://127.0.0.1:9/v1"));
    var beside =
        new ServedModels(
            List.of(new ServedModels.Other.Elsewhere("other", nobody, "other", Optional.empty())),
            Map.of(),
            Map.of("tiny", List.of("other")));
    try (var running = new Running(config, new ScriptedBackend(100, "Hi"), beside)) {
      limit(narrow, "tokens", "month", "5");
      Running.assertError(ask(running, narrow.key(), ""), 429, "", "5 are left");
    }
  }

  @Test
  void thatTheLastKeyIsRevokedLetsNobodyIn() throws Exception {
    var only = key(Role.MEMBER, "*", "*");
    accounts.keys().revoke("root", only.account().key());
    metering.refresh();
    try (var running = running(new ScriptedBackend(100, "Hi"))) {
      assertEquals(401, ask(running, only.key(), "").statusCode());
      assertEquals(401, running.chat(Running.hello("")).statusCode());
    }
  }

  @Test
  void whatIsMeasuredOfAllCallersIsAnOperatorsToSee() throws Exception {
    var member = key(Role.MEMBER, "*", "*");
    var operator = key(Role.OPERATOR, "*", "*");
    try (var running = running(new ScriptedBackend(100, "Hi"))) {
      Running.assertError(sent(running, member, "/metrics", null), 403, "", "operator");
      assertEquals(200, sent(running, operator, "/metrics", null).statusCode());
      String load = "{\"lora_name\":\"a\",\"lora_path\":\"a\"}";
      Running.assertError(
          sent(running, member, "/v1/load_lora_adapter", load), 403, "", "operator's");
      Running.assertError(
          sent(running, operator, "/v1/load_lora_adapter", load), 403, "", "--allow-runtime");
      assertEquals(200, sent(running, member, "/v1/models", null).statusCode());
    }
  }

  private static HttpResponse<String> sent(
      Running running, ApiKeyStore.Made key, String path, @Nullable String body) throws Exception {
    HttpRequest.Builder request =
        running.request(path).header("Authorization", "Bearer " + key.key());
    if (body != null) {
      request.POST(BodyPublishers.ofString(body));
    }
    if (body != null && body.startsWith("--XX")) {
      request.header("Content-Type", "multipart/form-data; boundary=XX");
    }
    return running.client.send(request.build(), BodyHandlers.ofString());
  }

  /// A batch of one chat, until it is over: how many were answered, and what its error says.
  private static String batched(Running running, ApiKeyStore.Made key) throws Exception {
    String line =
        "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":%s}"
            .formatted(Running.hello(""));
    String file =
        Running.json(sent(running, key, "/v1/files", BatchesTest.form("batch", line)))
            .path("id")
            .asString();
    String asked =
        "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}"
            .formatted(file);
    JsonNode batch = Running.json(sent(running, key, "/v1/batches", asked));
    String path = "/v1/batches/" + batch.path("id").asString();
    while (!batch.path("status").asString().equals("completed")) {
      batch = Running.json(sent(running, key, path, null));
    }
    String errors = batch.path("error_file_id").asString("");
    return errors.isEmpty()
        ? ""
        : sent(running, key, "/v1/files/" + errors + "/content", null).body();
  }

  @Test
  void aBatchOpensAndMayNoMoreThanItsKey() throws Exception {
    var poor = key(Role.MEMBER, "*", "*");
    limit(poor, "tokens", "month", "5");
    var narrow =
        accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    "a",
                    "acme",
                    "",
                    "",
                    Role.MEMBER,
                    List.of("/v1/files*", "/v1/batches*"),
                    List.of("*"),
                    null));
    metering.refresh();
    try (var running = running(new ScriptedBackend(100, "Hi"))) {
      // What is used up for a month is told, and not tried again each second of the day.
      assertTrue(batched(running, poor).contains("insufficient_quota"));
      assertTrue(batched(running, narrow).contains("route_not_allowed"));
    }
  }

  @Test
  void settingsMayNameAKeyOrItsOrganisation() {
    var key = key(Role.MEMBER, "*", "*");
    String id = key.account().key();
    var meter = new AccountMeter(metering, Clock.systemUTC());
    assertEquals(List.of(id, "acme"), meter.names(id));
    assertEquals(List.of("127.0.0.1"), meter.names("127.0.0.1"));
  }

  @Test
  void theLedgerHasWhatWasReadAndSaid() throws Exception {
    var key = key(Role.MEMBER, "*", "*");
    try (var running = running(new ScriptedBackend(100, "one", " two", " three"))) {
      assertEquals(200, ask(running, key.key(), "").statusCode());
      assertEquals(200, ask(running, key.key(), "\"n\":2").statusCode());
      assertTrue(ask(running, key.key(), "\"stream\":true").body().contains("[DONE]"));
      assertEquals(400, ask(running, key.key(), "\"temperature\":9").statusCode());
    }
    assertEquals(3, used().requests());
    assertEquals(3 * PROMPT, used().tokens().input());
    assertEquals(4 * 3, used().tokens().output());
  }

  @Test
  void anAnswerThatFailsOrIsGivenUpIsInTheLedgerToo() throws Exception {
    var key = key(Role.MEMBER, "*", "*");
    limit(key, "answers", "", "1");
    var backend = new ScriptedBackend(100, 2, "one", " two", " three");
    try (var running = running(backend)) {
      HttpResponse<InputStream> stream =
          running.client.send(
              chat(running, key.key(), "\"stream\":true"), BodyHandlers.ofInputStream());
      Running.assertError(ask(running, key.key(), ""), 429, "", "answers at a time");
      stream.body().close();
      assertTrue(backend.cancelled.await(Running.PATIENCE, TimeUnit.SECONDS));
      backend.gate.release(100);
      await(() -> ledgerHas(1));
      assertEquals(200, ask(running, key.key(), "").statusCode());
      backend.pieces = List.of("one", ScriptedBackend.BROKEN);
      assertEquals(500, ask(running, key.key(), "").statusCode());
    }
    assertEquals(3, used().requests());
    assertEquals(0, accounts.limits().all().getFirst().reserved());
  }

  private boolean ledgerHas(int requests) {
    var span =
        UsageReports.Span.month("", YearMonth.now(ZoneOffset.UTC).toString(), ZoneOffset.UTC);
    return accounts.usage().report(UsageReports.By.ORGANISATION, span).stream()
        .anyMatch(row -> row.requests() >= requests);
  }

  @Test
  void whatABudgetHasNoRoomForIsRefusedWithWhatIsLeft() throws Exception {
    var key = key(Role.MEMBER, "*", "*");
    limit(key, "tokens", "month", "40");
    limit(key, "requests", "minute", "1000");
    try (var running = running(new ScriptedBackend(100, "one", " two"))) {
      HttpResponse<String> first = ask(running, key.key(), "\"max_tokens\":20");
      assertEquals(200, first.statusCode());
      assertEquals("1000", first.headers().firstValue("x-ratelimit-limit-requests").orElse(""));
      assertEquals("999", first.headers().firstValue("x-ratelimit-remaining-requests").orElse(""));
      assertTrue(first.headers().firstValue("x-ratelimit-reset-requests").isPresent());
      HttpResponse<String> refused = ask(running, key.key(), "\"max_tokens\":20");
      Running.assertError(refused, 429, "", "27 are left", "may take 31", "begins anew");
      assertEquals("false", refused.headers().firstValue("x-should-retry").orElse(""));
      assertEquals(
          "insufficient_quota", Running.json(refused).get("error").get("code").stringValue());
      assertEquals(200, ask(running, key.key(), "\"max_tokens\":5").statusCode());
    }
    assertEquals(2, used().requests());
  }

  /// 64 callers at once: 200s and 429s make all, the budget is not passed, and ends within one
  /// request of it.
  @Test
  void noNumberOfCallersPassesABudget() throws Exception {
    var key = key(Role.MEMBER, "*", "*");
    int one = PROMPT + 3;
    limit(key, "tokens", "month", String.valueOf(40 * one + 5));
    int answered = 0;
    try (var running = running(new ScriptedBackend(100, "a", "b", "c"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> asked =
          IntStream.range(0, 128)
              .mapToObj(_ -> threads.submit(() -> ask(running, key.key(), "\"max_tokens\":3")))
              .toList();
      for (Future<HttpResponse<String>> each : asked) {
        int status = each.get().statusCode();
        assertTrue(status == 200 || status == 429, each.get().body());
        answered += status == 200 ? 1 : 0;
      }
    }
    assertEquals(40, answered);
    assertEquals(40L * one, used().tokens().input() + used().tokens().output());
    assertFalse(metering.lost());
  }
}
