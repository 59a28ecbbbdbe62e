package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.AuditLog;
import dev.imago.accounts.Metering;
import dev.imago.accounts.RequestPolicy;
import dev.imago.accounts.Role;
import dev.imago.accounts.TenantPolicies;
import dev.imago.core.ConfigException;
import dev.imago.moderation.ModerationAction;
import dev.imago.moderation.ModerationRules;
import dev.imago.moderation.TenantModeration;
import dev.imago.moderation.WordListModerator;
import dev.imago.state.StateAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What is judged and allowed between callers and models, on a server whose safeguards change.
class SafeguardsTest {
  private static final List<String> RUDE = List.of("Good. ", "You ", "fub", "ar! ", "And more.");

  @TempDir static Path folder;
  private static Accounts accounts;
  private static Metering metering;
  private static ScriptedBackend backend;
  private static Running running;
  private static ApiKeyStore.Made key;

  @BeforeAll
  static void open() {
    accounts = Accounts.open(StateAddress.in(folder), folder.resolve("state"));
    metering = accounts.serve();
    backend = new ScriptedBackend(1000, "Hi");
    key =
        accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    "a", "acme", "", "", Role.OWNER, List.of("*"), List.of("*"), null));
    metering.refresh();
    running = new Running(Running.config(folder).withMetering(Optional.of(metering)), backend);
  }

  @AfterAll
  static void close() {
    running.close();
    metering.close();
    accounts.close();
  }

  @BeforeEach
  void none() {
    backend.pieces = RUDE;
    running.server.replace(Safeguards.NONE);
  }

  private static HttpResponse<String> sent(String path, String body) throws Exception {
    return running.client.send(
        running
            .request(path)
            .header("Authorization", "Bearer " + key.key())
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> chat(String more) throws Exception {
    return sent("/v1/chat/completions", Running.hello(more));
  }

  private static Safeguards judging(
      ModerationAction prompt, ModerationAction answer, boolean text) {
    return Safeguards.NONE.withModeration(
        new TenantModeration(
            Optional.of(new WordListModerator(Map.of("insult", List.of("fubar", "笨蛋")))),
            Optional.empty(),
            ModerationRules.OFF,
            Map.of("acme", new ModerationRules(prompt, answer, Map.of())),
            text));
  }

  private static List<String> verdicts() {
    return accounts.audit().newest(100).stream()
        .filter(change -> change.action().startsWith("moderation."))
        .map(AuditLog.Change::detail)
        .toList();
  }

  @Test
  void anAnswerEndsBeforeWhatIsFlaggedInEveryForm() throws Exception {
    running.server.replace(judging(ModerationAction.OFF, ModerationAction.BLOCK, false));
    int before = verdicts().size();
    JsonNode whole = Running.json(chat("")).at("/choices/0");
    assertEquals("content_filter", whole.path("finish_reason").asString());
    assertEquals("Good. ", whole.at("/message/content").asString());
    String stream = chat("\"stream\":true").body();
    assertTrue(stream.contains("\"Good. \"") && stream.contains("\"content_filter\""), stream);
    assertFalse(stream.contains("fub") || stream.contains("You"), stream);
    String said = "\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]";
    JsonNode message = Running.json(sent("/v1/messages", "{" + said + ",\"max_tokens\":99}"));
    assertTrue(message.path("stop_sequence").isNull());
    assertEquals("refusal", message.path("stop_reason").asString());
    JsonNode response = Running.json(sent("/v1/responses", "{\"model\":\"tiny\",\"input\":\"a\"}"));
    assertEquals("incomplete", response.path("status").asString(), response::toString);
    assertEquals("content_filter", response.at("/incomplete_details/reason").asString());
    JsonNode ollama = Running.json(sent("/api/chat", "{" + said + ",\"stream\":false}"));
    assertEquals("content_filter", ollama.path("done_reason").asString());
    assertEquals("Good. ", ollama.at("/message/content").asString());
    assertEquals(400, chat("\"logprobs\":true").statusCode());
    List<String> noted = verdicts();
    assertEquals(before + 5, noted.size());
    assertEquals("the answer: insult 1.00", noted.getFirst());
    assertEquals(Optional.empty(), accounts.audit().verify().defect());
  }

  @Test
  void aFlaggedPromptIsRefusedOrNotedAndItsTextKeptOnlyWhereAsked() throws Exception {
    running.server.replace(judging(ModerationAction.BLOCK, ModerationAction.OFF, false));
    String rude = "{\"model\":\"tiny\",\"prompt\":\"some f.u.b.a.r\"}";
    HttpResponse<String> refused = sent("/v1/completions", rude);
    Running.assertError(refused, 400, "", "flagged as insult");
    assertTrue(refused.body().contains("\"content_filter\""));
    assertEquals("the prompt: insult 1.00", verdicts().getFirst());
    Running.assertError(
        sent("/v1/completions", "{\"model\":\"tiny\",\"prompt\":[65]}"),
        400,
        "prompt",
        "send text");
    assertEquals(200, chat("").statusCode());
    running.server.replace(judging(ModerationAction.NOTE, ModerationAction.NOTE, true));
    JsonNode answered = Running.json(sent("/v1/completions", rude)).at("/choices/0");
    assertEquals(String.join("", RUDE), answered.path("text").asString());
    assertEquals("stop", answered.path("finish_reason").asString());
    assertEquals("the answer: insult 1.00; Good. You fubar! ", verdicts().get(0));
    assertEquals("the prompt: insult 1.00; some f.u.b.a.r", verdicts().get(1));
  }

  @Test
  void aModelThatJudgesMustBeServed() {
    var rules = new ModerationRules(ModerationAction.BLOCK, ModerationAction.OFF, Map.of());
    for (String name : List.of("tiny", "none")) {
      var asks = new TenantModeration(Optional.empty(), Optional.of(name), rules, Map.of(), false);
      var e =
          assertThrows(
              ConfigException.class,
              () -> running.server.replace(Safeguards.NONE.withModeration(asks)));
      assertTrue(String.valueOf(e.getMessage()).contains(name), e.getMessage());
    }
  }

  private static void policy(RequestPolicy policy) {
    running.server.replace(
        Safeguards.NONE.withPolicies(
            new TenantPolicies(RequestPolicy.ANY, Map.of("acme", policy))));
  }

  @Test
  void aKeyMayWhatItsPolicySays() throws Exception {
    var always = RequestPolicy.Hours.ALWAYS;
    policy(new RequestPolicy(List.of("*"), List.of("get_*"), 30, 2, always));
    JsonNode cut = Running.json(chat("")).at("/choices/0");
    assertEquals("length", cut.path("finish_reason").asString());
    Running.assertError(chat("\"max_tokens\":3"), 403, "", "policy allows 2");
    assertEquals(200, chat("\"max_tokens\":2,\"n\":3").statusCode());
    Running.assertError(
        sent("/v1/completions", "{\"model\":\"tiny\",\"prompt\":\"" + "a".repeat(31) + "\"}"),
        403,
        "",
        "32 tokens");
    String tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"%s\"}}]";
    Running.assertError(chat(tools.formatted("drop_tables")), 403, "", "drop_tables");
    policy(new RequestPolicy(List.of("large"), List.of(), 99, 99, always));
    Running.assertError(chat(""), 403, "", "tiny");
    assertEquals(
        0,
        Running.JSON
            .readTree(
                running
                    .client
                    .send(
                        running
                            .request("/v1/models")
                            .header("Authorization", "Bearer " + key.key())
                            .build(),
                        BodyHandlers.ofString())
                    .body())
            .path("data")
            .size());
    // The server's clock stands on a Friday, at 03:04:05.
    var night =
        new RequestPolicy.Hours(
            LocalTime.of(22, 0), LocalTime.of(3, 4), Set.of(DayOfWeek.THURSDAY));
    policy(new RequestPolicy(List.of("*"), List.of("*"), 99, 99, night));
    Running.assertError(chat("\"max_tokens\":9"), 403, "", "22:00 … 03:04 on Thu", "UTC");
    var longer =
        new RequestPolicy.Hours(
            LocalTime.of(22, 0), LocalTime.of(4, 0), Set.of(DayOfWeek.THURSDAY));
    policy(new RequestPolicy(List.of("*"), List.of("*"), 99, 99, longer));
    assertEquals(200, chat("\"max_tokens\":9").statusCode());
  }

  @Test
  void anOrganisationsFilesTogetherAreBounded() throws Exception {
    var other =
        accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    "b", "acme", "", "", Role.MEMBER, List.of("*"), List.of("*"), null));
    metering.refresh();
    policy(new RequestPolicy(List.of("*"), List.of("*"), 99, 99, 10, RequestPolicy.Hours.ALWAYS));
    assertEquals(200, file(other, "{\"a\":1}").statusCode());
    Running.assertError(file(key, "{\"b\":2}"), 413, "", "7 bytes", "3 are free");
    assertEquals(200, file(key, "{}").statusCode());
    accounts.keys().revoke("root", other.account().key());
    metering.refresh();
    Running.assertError(file(key, "{}"), 413, "", "1 are free", "7 bytes of keys that have ended");
  }

  private static HttpResponse<String> file(ApiKeyStore.Made of, String content) throws Exception {
    return running.client.send(
        running
            .request("/v1/files")
            .header("Authorization", "Bearer " + of.key())
            .header("Content-Type", "multipart/form-data; boundary=XX")
            .POST(BodyPublishers.ofString(BatchesTest.form("batch", content)))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void answersSayByWhichModelTheyWereMade() throws Exception {
    assertTrue(chat("").headers().firstValue("x-imago-provenance").isEmpty());
    running.server.replace(Safeguards.NONE.withMark(true));
    HttpResponse<String> marked = chat("");
    assertEquals(
        "generated-by=model;model=\"tiny\";reference=\"weights/0123\"",
        marked.headers().firstValue("x-imago-provenance").orElse(""));
    assertEquals("weights/0123", Running.json(marked).at("/provenance/reference").asString());
    String stream = chat("\"stream\":true").body();
    assertEquals(1, stream.split("\"provenance\"", -1).length - 1, stream);
    String input = "{\"model\":\"tiny\",\"input\":\"a\"}";
    assertEquals(
        "tiny", Running.json(sent("/v1/responses", input)).at("/provenance/model").asString());
  }
}
