package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.AnswerKeeping;
import dev.imago.data.KeptAnswer;
import dev.imago.data.KeptAnswers;
import dev.imago.data.Rating;
import dev.imago.data.Rating.Message;
import dev.imago.data.Rating.Vote;
import dev.imago.data.RatingLog;
import dev.imago.moderation.ModerationAction;
import dev.imago.moderation.ModerationRules;
import dev.imago.moderation.TenantModeration;
import dev.imago.moderation.WordListModerator;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedbackTest {
  @TempDir Path folder;
  private Running running;

  @BeforeEach
  void start() {
    running =
        new Running(
            Running.config(folder, Running.limits(4, 64, 1 << 16, 3))
                .withKeeping(
                    AnswerKeeping.parse(List.of("thumbs-down", "long=2"), Duration.ofDays(30))),
            new ScriptedBackend(100, "Hi ", "there 🦋"));
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private HttpResponse<String> rate(String id, String more) throws Exception {
    return running.post("/v1/feedback", "{\"completion_id\":\"%s\",%s}".formatted(id, more));
  }

  private String ask() throws Exception {
    return Running.json(running.chat(Running.hello(""))).get("id").stringValue();
  }

  private List<Rating> log() {
    try (Stream<Rating> ratings = RatingLog.read(folder.resolve("ratings.jsonl"))) {
      return ratings.toList();
    }
  }

  @Test
  void logsWhatWasAskedServedAndSaidWhileItRuns() throws Exception {
    String id = ask();
    HttpResponse<String> response = rate(id, "\"rating\":\"up\",\"comment\":\" Très bien \"");
    assertEquals(200, response.statusCode(), response.body());
    assertTrue(Running.json(response).get("saved").booleanValue());
    assertEquals(
        List.of(
            new Rating(
                Running.NOW,
                id,
                Vote.UP,
                "Très bien",
                List.of(new Message("user", "Hello")),
                "Hi there 🦋",
                "weights/0123")),
        log());
  }

  @Test
  void takesACorrectionAndAChoiceWithWhoSaidThemAndKeepsWhatIsAskedFor() throws Exception {
    String hello = Running.hello("\"user\":\"ann\"").replace("Hello", "Write to bob@acme-mail.com");
    String first = Running.json(running.chat(hello)).get("id").stringValue();
    running.backend.pieces = List.of("Other");
    String second = Running.json(running.chat(hello)).get("id").stringValue();
    String elsewhere = ask();
    assertEquals(200, rate(first, "\"correction\":\"Hi Bob\"").statusCode());
    assertEquals(
        200,
        rate(second, "\"preferred_over\":\"%s\",\"user\":\"bea\"".formatted(first)).statusCode());
    assertEquals(Vote.DOWN, log().getFirst().vote());
    assertEquals("Hi Bob", log().getFirst().correction());
    assertEquals("ann", log().getFirst().user());
    assertEquals(second + ">" + first, log().getLast().completionId());
    assertEquals("Hi there 🦋", log().getLast().rejected());
    assertEquals("bea", log().getLast().user());
    assertTrue(log().getLast().isOf("ann"), "her words stand there");
    for (String wrong :
        List.of(
            "\"preferred_over\":\"" + elsewhere + "\"",
            "\"preferred_over\":\"" + second + "\",\"rating\":\"down\"",
            "\"preferred_over\":\"" + second + "\",\"correction\":\"x\"",
            "\"rating\":\"up\",\"preferred_over_index\":1",
            "\"correction\":\"Hi there 🦋\"",
            "\"comment\":\"nothing else\"")) {
      assertEquals(400, rate(first, wrong).statusCode(), wrong);
    }
    assertEquals(2, log().size());
    running.close();
    List<KeptAnswer> kept = KeptAnswers.all(folder.resolve(KeptAnswers.FILE));
    assertEquals(1, kept.size(), kept.toString());
    assertEquals(List.of("long", "thumbs-down"), kept.getFirst().reasons());
    assertEquals("Write to <EMAIL_1>", kept.getFirst().messages().getFirst().content());
    assertEquals(first, kept.getFirst().completionId());
    try (KeptAnswers open = KeptAnswers.open(folder.resolve(KeptAnswers.FILE))) {
      assertEquals(0, open.removeBefore(Running.NOW));
      assertEquals(2, open.removeBefore(Running.NOW.plusSeconds(1)), "a line for each reason");
    }
  }

  @Test
  void whoAskedStandsBesideAnAnswerOfEveryForm() throws Exception {
    String responses = "{\"input\":\"Hello\",\"user\":\" ann\"}";
    assertEquals(200, running.post("/v1/responses", responses).statusCode());
    String messages = Running.hello("\"max_tokens\":9,\"metadata\":{\"user_id\":\"ann\"}");
    assertEquals(200, running.post("/v1/messages", messages).statusCode());
    running.close();
    assertEquals(
        List.of("ann", "ann"),
        KeptAnswers.all(folder.resolve(KeptAnswers.FILE)).stream().map(KeptAnswer::user).toList());
  }

  @Test
  void keepsWhatModerationFlagsInTheLastWordsOfAnAnswer() throws Exception {
    var lists = new WordListModerator(Map.of("insult", List.of("fubar")));
    var rules = new ModerationRules(ModerationAction.OFF, ModerationAction.NOTE, Map.of());
    var config =
        Running.config(folder.resolve("flagged"))
            .withKeeping(AnswerKeeping.parse(List.of("flagged"), Duration.ofDays(30)))
            .withSafeguards(
                Safeguards.NONE.withModeration(
                    new TenantModeration(
                        Optional.of(lists), Optional.empty(), rules, Map.of(), false)));
    var backend = new ScriptedBackend(100, "You ", "fubar");
    try (var judged = new Running(config, backend)) {
      assertEquals(200, judged.chat(Running.hello("")).statusCode());
      assertEquals(200, judged.chat(Running.hello("\"stream\":true")).statusCode());
      backend.pieces = List.of("You ", "friend");
      assertEquals(200, judged.chat(Running.hello("")).statusCode());
    }
    List<KeptAnswer> kept = KeptAnswers.all(folder.resolve("flagged").resolve(KeptAnswers.FILE));
    assertEquals(List.of("You fubar", "You fubar"), kept.stream().map(KeptAnswer::answer).toList());
  }

  @Test
  void logsAChangedMindToo() throws Exception {
    String id = ask();
    rate(id, "\"rating\":\"up\"");
    rate(id, "\"rating\":\"down\"");
    assertEquals(List.of(Vote.UP, Vote.DOWN), log().stream().map(Rating::vote).toList());
  }

  @Test
  void takesRatingsOfStreamsAndOfTexts() throws Exception {
    String stream = running.chat(Running.hello("\"stream\":true")).body();
    String id = stream.replaceFirst("(?s).*?\"id\":\"([^\"]+)\".*", "$1");
    assertEquals(200, rate(id, "\"rating\":\"down\"").statusCode());
    String textId =
        Running.json(running.post("/v1/completions", "{\"prompt\":\"Say\"}"))
            .get("id")
            .stringValue();
    assertEquals(200, rate(textId, "\"rating\":\"up\"").statusCode());
    assertEquals("Hi there 🦋", log().getFirst().answer());
    assertEquals(List.of(new Message(Rating.TEXT, "Say")), log().getLast().messages());
    assertTrue(log().getLast().bareText());
  }

  @Test
  void takesARatingOfEachOfSeveralAnswers() throws Exception {
    String id = Running.json(running.chat(Running.hello("\"n\":2"))).get("id").stringValue();
    assertEquals(200, rate(id, "\"rating\":\"up\"").statusCode());
    assertEquals(200, rate(id, "\"rating\":\"down\",\"index\":1").statusCode());
    HttpResponse<String> none = rate(id, "\"rating\":\"down\",\"index\":2");
    assertEquals(404, none.statusCode());
    assertTrue(none.body().contains("index = 2"), none.body());
    assertEquals(400, rate(id, "\"rating\":\"up\",\"coment\":\"x\"").statusCode());
    assertEquals(List.of(Vote.UP, Vote.DOWN), log().stream().map(Rating::vote).toList());
    assertEquals(2, log().stream().map(Rating::completionId).distinct().count());
  }

  @Test
  void aSecondServerOfTheSameWorkspaceKeepsItsRatingsInTheSameLog() throws Exception {
    try (var other = new Running(Running.config(folder), new ScriptedBackend(100, "Other"))) {
      String theirs = Running.json(other.chat(Running.hello(""))).get("id").stringValue();
      assertEquals(200, rate(ask(), "\"rating\":\"up\"").statusCode());
      assertEquals(
          200,
          other
              .post(
                  "/v1/feedback",
                  "{\"completion_id\":\"%s\",\"rating\":\"down\"}".formatted(theirs))
              .statusCode());
    }
    assertEquals(List.of("Hi there 🦋", "Other"), log().stream().map(Rating::answer).toList());
  }

  @Test
  void knowsOnlyTheLatestAnswers() throws Exception {
    String first = ask();
    List<String> latest = List.of(ask(), ask(), ask());
    HttpResponse<String> forgotten = rate(first, "\"rating\":\"up\"");
    assertEquals(404, forgotten.statusCode());
    assertTrue(forgotten.body().contains("last 3 answers"), forgotten.body());
    for (String id : latest) {
      assertEquals(200, rate(id, "\"rating\":\"up\"").statusCode());
    }
  }

  @Test
  void refusesWhatIsNoRating() throws Exception {
    String id = ask();
    assertEquals(400, rate(id, "\"rating\":\"sideways\"").statusCode());
    assertEquals(400, rate(id, "\"rating\":1").statusCode());
    assertEquals(
        400, rate(id, "\"rating\":\"up\",\"comment\":\"" + "x".repeat(4001) + "\"").statusCode());
    assertEquals(400, running.post("/v1/feedback", "{\"rating\":\"up\"}").statusCode());
    assertEquals(404, rate("chatcmpl-made-up", "\"rating\":\"up\"").statusCode());
    assertEquals(List.of(), log());
    assertFalse(running.get("/metrics").body().contains("imago_ratings"));
  }
}
