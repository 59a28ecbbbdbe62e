package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.ModelCard;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What the API answers, and the routes beside it.
class ApiTest {
  @TempDir Path folder;
  private Running running;

  @BeforeEach
  void start() {
    running = Running.scripted(folder);
  }

  @AfterEach
  void stop() {
    running.close();
  }

  @Test
  void listsItsOneModel() throws Exception {
    JsonNode list = Running.json(running.get("/v1/models"));
    assertEquals("list", list.get("object").stringValue());
    assertEquals(1, list.get("data").size());
    JsonNode model = list.get("data").get(0);
    assertEquals("tiny", model.get("id").stringValue());
    assertEquals("model", model.get("object").stringValue());
    assertEquals(Running.NOW.getEpochSecond(), model.get("created").longValue());
    assertEquals(model, Running.json(running.get("/v1/models/tiny")));
  }

  @Test
  void tellsWhatItsModelIs() throws Exception {
    var reading =
        new ModelCard.Reading(
            12, 3_400, 900, 2_000, 42, Map.of("zh", 3_400L), Map.of("prose", 12L));
    var backend = new ScriptedBackend(100, "Hi.");
    backend.card = ModelCard.of(reading, 260, "床前").tuned(new ModelCard.Tuning(500, 1000), "续写：床前");
    try (var described = new Running(Running.config(folder.resolve("other")), backend)) {
      JsonNode model = Running.json(described.get("/v1/models")).get("data").get(0);
      assertEquals(backend.card.description(), model.get("description").stringValue());
      assertEquals("zh", model.get("languages").get(0).stringValue());
      assertEquals(260, model.get("meta").get("n_params").intValue());
      assertEquals(12, model.get("meta").get("documents").intValue());
      assertEquals(500, model.get("meta").get("pairs").intValue());
      assertEquals("续写：床前", model.get("meta").get("hint").stringValue());
      JsonNode page = Running.json(described.get("/chat.json"));
      assertEquals("", page.get("about").stringValue());
      assertEquals(3_400, page.get("card").get("reading").get("bytes").intValue());
      assertFalse(page.get("continues").booleanValue());
    }
  }

  @Test
  void whatTheOperatorSaysOfAModelComesFirst() throws Exception {
    var page = new ServerConfig.Page("Poems.", "明月", false);
    ServerConfig set = Running.config(folder.resolve("set"), page, Running.NO_HEARTBEAT);
    try (var described = new Running(set, new ScriptedBackend(100, "Hi."))) {
      JsonNode model = Running.json(described.get("/v1/models/tiny"));
      assertEquals("Poems.", model.get("description").stringValue());
      assertEquals("明月", model.get("meta").get("hint").stringValue());
      assertEquals("Poems.", Running.json(described.get("/chat.json")).get("about").stringValue());
    }
  }

  @Test
  void answersAChatWhole() throws Exception {
    HttpResponse<String> response = running.chat(Running.hello(""));
    assertEquals(200, response.statusCode(), response.body());
    JsonNode reply = Running.json(response);
    assertEquals("chat.completion", reply.get("object").stringValue());
    assertTrue(reply.get("id").stringValue().matches("chatcmpl-\\w{24}"));
    assertEquals("tiny", reply.get("model").stringValue());
    assertEquals(Running.NOW.getEpochSecond(), reply.get("created").longValue());
    JsonNode choice = reply.get("choices").get(0);
    assertEquals(0, choice.get("index").intValue());
    assertEquals("stop", choice.get("finish_reason").stringValue());
    assertEquals("assistant", choice.get("message").get("role").stringValue());
    assertEquals("Grüße, 你好 👩‍👩‍👧!", choice.get("message").get("content").stringValue());
    assertEquals(
        "{\"prompt_tokens\":11,\"completion_tokens\":5,\"total_tokens\":16,\"prompt_tokens_details\":{\"cached_tokens\":0},"
            + "\"completion_tokens_details\":{\"accepted_prediction_tokens\":0,\"reasoning_tokens\":0,\"rejected_prediction_tokens\":0}}",
        reply.get("usage").toString());
  }

  @Test
  void continuesAText() throws Exception {
    JsonNode reply =
        Running.json(running.post("/v1/completions", "{\"prompt\":\"Say:\",\"max_tokens\":3}"));
    assertEquals("text_completion", reply.get("object").stringValue());
    assertTrue(reply.get("id").stringValue().startsWith("cmpl-"));
    JsonNode choice = reply.get("choices").get(0);
    assertEquals("Grüße, 你好", choice.get("text").stringValue());
    assertEquals("length", choice.get("finish_reason").stringValue());
    assertEquals("^Say:", running.backend.asked.take().prompt());
  }

  @Test
  void isHealthy() throws Exception {
    assertEquals("{\"status\":\"ok\"}", running.get("/healthz").body());
    assertEquals("{\"status\":\"ok\"}", running.get("/health").body());
  }

  @Test
  void metersWhatItDoes() throws Exception {
    running.chat(Running.hello(""));
    running.chat("{}");
    running.get("/wp-admin.php");
    HttpResponse<String> response = running.get("/metrics");
    assertTrue(
        response
            .headers()
            .firstValue("Content-Type")
            .orElse("")
            .startsWith("text/plain; version="));
    List<String> lines = response.body().lines().toList();
    for (String line :
        List.of(
            "imago_requests_total{route=\"/v1/chat/completions\",status=\"200\"} 1.0",
            "imago_requests_total{route=\"/v1/chat/completions\",status=\"400\"} 1.0",
            "imago_requests_total{route=\"other\",status=\"404\"} 1.0",
            "imago_request_duration_seconds_count{route=\"/v1/chat/completions\"} 2",
            "imago_time_to_first_token_seconds_count 1",
            "imago_tokens_total{kind=\"prompt\"} 11.0",
            "imago_tokens_total{kind=\"completion\"} 5.0",
            "imago_answer_queue_time_seconds_sum 1.0",
            "imago_answer_prefill_time_seconds_sum 0.5",
            "imago_answer_decode_time_seconds_sum 0.4",
            "imago_answer_tokens_per_second_count 1",
            // Four tokens after the first in 0.4 seconds, whatever the queue and this test took.
            "imago_answer_tokens_per_second_sum 10.0",
            "imago_answers_running 0.0",
            "imago_answers_waiting 0.0")) {
      assertTrue(lines.contains(line), line + " is not in\n" + response.body());
    }
  }

  @Test
  void servesItsPageAndNothingElse() throws Exception {
    HttpResponse<String> page = running.get("/");
    assertEquals("text/html; charset=utf-8", page.headers().firstValue("Content-Type").orElse(""));
    assertTrue(
        page.headers()
            .firstValue("Content-Security-Policy")
            .orElse("")
            .contains("script-src 'self'"));
    assertTrue(page.body().contains("<title>Imago</title>"));
    for (String path :
        List.of("/chat.css", "/chat.js", "/exchange.js", "/api.js", "/words.js", "/icon.svg")) {
      assertEquals(200, running.get(path).statusCode());
    }
    assertEquals("tiny", Running.json(running.get("/chat.json")).get("model").stringValue());
    assertEquals(404, running.get("/page/chat.html").statusCode());
    assertEquals(404, running.get("/../Server.class").statusCode());
  }

  @Test
  void givesSeveralAnswersToAPromptEachWithASeedOfItsOwn() throws Exception {
    JsonNode reply = Running.json(running.chat(Running.hello("\"n\":3,\"seed\":7")));
    assertEquals(3, reply.get("choices").size());
    for (int i = 0; i < 3; i++) {
      JsonNode choice = reply.get("choices").get(i);
      assertEquals(i, choice.get("index").intValue());
      assertEquals("Grüße, 你好 👩‍👩‍👧!", choice.get("message").get("content").stringValue());
      assertEquals(7 + i, running.backend.asked.take().sampling().seed());
    }
    assertEquals(
        "{\"prompt_tokens\":11,\"completion_tokens\":15,\"total_tokens\":26,\"prompt_tokens_details\":{\"cached_tokens\":0},"
            + "\"completion_tokens_details\":{\"accepted_prediction_tokens\":0,\"reasoning_tokens\":0,\"rejected_prediction_tokens\":0}}",
        reply.get("usage").toString(),
        "a prompt counts once");
  }

  @Test
  void continuesSeveralTexts() throws Exception {
    JsonNode reply =
        Running.json(
            running.post("/v1/completions", "{\"prompt\":[\"a\",\"b\"],\"n\":2,\"best_of\":2}"));
    assertEquals(4, reply.get("choices").size());
    assertEquals(3, reply.get("choices").get(3).get("index").intValue());
    var prompts = new java.util.ArrayList<String>();
    for (int i = 0; i < 4; i++) {
      prompts.add(running.backend.asked.take().prompt());
    }
    assertEquals(List.of("^a", "^a", "^b", "^b"), prompts);
    assertEquals(4, reply.get("usage").get("prompt_tokens").intValue());
  }
}
