package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.Ending;
import dev.imago.generate.Penalties;
import dev.imago.generate.Sampling;
import dev.imago.generate.SamplingTruncation;
import dev.imago.model.ModelCard;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ApiTest {
  @TempDir Path folder;
  private Running running;

  @BeforeEach
  void start() {
    running =
        new Running(
            Running.config(folder, Running.limits(4, 64, 4096, 10)),
            new ScriptedBackend(100, "Grüße", ", ", "你好", " 👩‍👩‍👧", "!"));
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private static void assertError(
      HttpResponse<String> response, int status, String param, String... words) {
    assertEquals(status, response.statusCode(), response.body());
    assertTrue(
        response.headers().firstValue("Content-Type").orElse("").startsWith("application/json"));
    JsonNode error = Running.json(response).get("error");
    assertEquals(List.of("message", "type", "param", "code"), List.copyOf(error.propertyNames()));
    assertEquals(param, error.get("param").isNull() ? "" : error.get("param").stringValue());
    for (String word : words) {
      assertTrue(error.get("message").stringValue().contains(word), error.toString());
    }
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
    ServerConfig set = Running.config(folder.resolve("set"), page, ServerConfig.Times.USUAL);
    try (var described = new Running(set, new ScriptedBackend(100, "Hi."))) {
      JsonNode model = Running.json(described.get("/v1/models/tiny"));
      assertEquals("Poems.", model.get("description").stringValue());
      assertEquals("明月", model.get("meta").get("hint").stringValue());
      assertEquals("Poems.", Running.json(described.get("/chat.json")).get("about").stringValue());
    }
  }

  @Test
  void knowsNoOtherModel() throws Exception {
    assertError(running.get("/v1/models/gpt-4"), 404, "model", "gpt-4", "tiny");
    assertError(running.get("/v1/models/org/gpt-4"), 404, "model", "org/gpt-4");
    assertError(
        running.chat("{\"model\":\"gpt-4\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}"),
        404,
        "model",
        "gpt-4",
        "tiny");
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
        "{\"prompt_tokens\":11,\"completion_tokens\":5,\"total_tokens\":16}",
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
  void continuesATextWithTheBlankThatBelongsToItAndAnswersAChatWithout() throws Exception {
    running.post("/v1/completions", "{\"prompt\":\"Say\"}");
    assertTrue(running.backend.asked.take().continued());
    running.chat(Running.hello(""));
    assertFalse(running.backend.asked.take().continued());
  }

  @Test
  void beginsATextAsTheVocabularyAsksUnlessToldNotTo() throws Exception {
    for (List<String> each :
        List.of(
            List.of("\"Say\"", "^Say"),
            List.of("\"Say\",\"add_special_tokens\":false", "Say"),
            List.of("[\"Say\"]", "^Say"),
            List.of("\"\"", "^"),
            List.of("[83,97]", "Sa"),
            List.of("[[83,97]]", "Sa"))) {
      HttpResponse<String> response =
          running.post("/v1/completions", "{\"prompt\":" + each.getFirst() + "}");
      assertEquals(200, response.statusCode(), response.body());
      assertEquals(each.getLast(), running.backend.asked.take().prompt());
    }
    running.post("/v1/completions", "{}");
    assertEquals("^", running.backend.asked.take().prompt(), "no prompt begins a document");
  }

  @Test
  void passesSettingsOn() throws Exception {
    running.chat(
        Running.hello(
            "\"temperature\":0.25,\"top_p\":0.5,\"top_k\":7,\"min_p\":0.1,\"typical_p\":0.9,"
                + "\"repetition_penalty\":1.5,\"presence_penalty\":-0.5,\"frequency_penalty\":2,"
                + "\"logit_bias\":{\"65\":-100},\"seed\":42,\"stop\":[\"a\",\"b\"],"
                + "\"stop_token_ids\":[66,67],\"ignore_eos\":true,\"min_tokens\":2,\"max_completion_tokens\":9"));
    assertEquals(
        new Sampling(
            0.25f,
            new SamplingTruncation(7, 0.5f, 0.1f, 0.9f),
            new Penalties(1.5f, -0.5f, 2f, Map.of(65, -100f)),
            42,
            new Ending(9, 2, true, Set.of(66, 67), List.of("a", "b"))),
        running.backend.asked.take().sampling());
    running.chat(Running.hello("\"repeat_penalty\":1.25,\"top_k\":-1"));
    Sampling other = running.backend.asked.take().sampling();
    assertEquals(1.25f, other.penalties().repetition(), "llama.cpp's name for it");
    assertEquals(0, other.truncation().topK(), "vLLM's word for all");
  }

  @Test
  void takesDefaultsForWhatIsLeftOutOrNull() throws Exception {
    running.chat(Running.hello("\"temperature\":null,\"stop\":\"\\n\\n\",\"n\":1,\"user\":\"me\""));
    running.chat(Running.hello(""));
    var first = running.backend.asked.take().sampling();
    var second = running.backend.asked.take().sampling();
    assertEquals(0.7f, first.temperature());
    assertEquals(0.95f, first.truncation().topP());
    assertEquals(1, first.penalties().repetition());
    assertEquals(List.of("\n\n"), first.ending().stop());
    assertEquals(100 - 11, first.ending().maxTokens(), "what the context leaves");
    assertNotEquals(first.seed(), second.seed());
  }

  @Test
  void readsPartsAndRoles() throws Exception {
    running.chat(
        "{\"messages\":[{\"role\":\"developer\",\"content\":\"Be brief.\"},"
            + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hel\"},{\"type\":\"text\",\"text\":\"lo\"}]}]}");
    assertEquals("system:Be brief.\nuser:Hello\n", running.backend.asked.take().prompt());
  }

  private static final String TOOLS =
      "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"rain\",\"parameters\":{\"type\":\"object\"}}}]";
  private static final String CALLED =
      """
      "messages":[{"role":"user","content":"hi"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
          "function":{"name":"rain","arguments":"{\\"in\\":\\"Paris\\",\\"days\\":2}"}}]},
        {"role":"tool","tool_call_id":"c1","name":"rain","content":"none"}]\
      """;

  @Test
  void readsToolsCallsAndWhatTheyGave() throws Exception {
    try (var wide =
        new Running(Running.config(folder.resolve("wide")), new ScriptedBackend(1000, "a"))) {
      assertEquals(
          """
          user:hi
          assistant: tool_calls=[{id=c1, type=function, function={name=rain, arguments={in=Paris, days=2}}}]
          tool:none tool_call_id=c1 name=rain
          """,
          asked(wide, "{" + CALLED + "}"));
      String tool = "{type=function, function={name=rain, parameters={type=object}}}\n";
      String free = asked(wide, Running.hello(TOOLS + ",\"tool_choice\":\"auto\""));
      assertTrue(free.endsWith("\n" + tool), free);
      String none = asked(wide, Running.hello(TOOLS + ",\"tool_choice\":\"none\""));
      assertFalse(none.contains("rain"), none);
    }
  }

  private static String asked(Running running, String body) throws Exception {
    HttpResponse<String> response = running.chat(body);
    assertEquals(200, response.statusCode(), response.body());
    return running.backend.asked.take().prompt();
  }

  @Test
  void refusesBrokenCalls() throws Exception {
    String at = "messages[1].tool_calls[0].";
    assertError(
        running.chat("{" + CALLED.replace("{\\\"in\\\"", "[{\\\"in\\\"") + "}"),
        400,
        at + "function.arguments",
        "JSON object in a string");
    assertError(
        running.chat("{" + CALLED.replace("\"id\":\"c1\",", "") + "}"), 400, at + "id", "missing");
    assertError(
        running.chat(
            "{" + CALLED.replace("\"assistant\"", "\"user\"").replace("null", "\"x\"") + "}"),
        400,
        "messages[1].tool_calls",
        "only an assistant");
    assertError(
        running.chat("{" + CALLED.replace("\"tool_call_id\":\"c1\",", "") + "}"),
        400,
        "messages[2].tool_call_id",
        "missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"n\":0|n|1 … 128",
        "\"temperature\":3|temperature|0 … 2",
        "\"temperature\":\"hot\"|temperature|hot",
        "\"top_p\":-0.1|top_p|-0.1",
        "\"max_tokens\":0|max_tokens|0 is below 1",
        "\"max_tokens\":1.5|max_tokens|whole number",
        "\"max_tokens\":99999999999999999999999|max_tokens|whole number",
        "\"seed\":\"x\"|seed|whole number",
        "\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]|stop|at most 4",
        "\"stop\":[\"\"]|stop|empty",
        "\"stream\":\"yes\"|stream|true or false",
        "\"stream_options\":{\"include_usage\":1}|stream_options.include_usage|true or false",
        "\"tools\":[{\"type\":\"function\"}]|tools[0].function|missing",
        "\"tools\":[{\"type\":\"retrieval\"}]|tools[0].type|retrieval",
        "\"tools\":[{\"function\":{\"name\":5}}]|tools[0].function.name|5",
        "\"tools\":[{\"function\":{\"name\":\"f\",\"parameters\":[]}}]|tools[0].function.parameters|an"
            + " object",
        "\"tools\":{}|tools|at least one",
        "\"tool_choice\":\"required\"|tool_choice|auto",
        "\"tool_choice\":{\"type\":\"function\"}|tool_choice|none",
        "\"min_p\":1.5|min_p|0 … 1",
        "\"typical_p\":-1|typical_p|0 … 1",
        "\"min_tokens\":-1|min_tokens|-1 is below 0",
        "\"min_tokens\":9,\"max_tokens\":8|min_tokens|at most",
        "\"ignore_eos\":1|ignore_eos|true or false",
        "\"stop_token_ids\":5|stop_token_ids|a list",
        "\"stop_token_ids\":[-5]|stop_token_ids|-5",
        "\"stop_token_ids\":[1114112]|stop_token_ids|0 … 1114111",
        "\"logit_bias\":[]|logit_bias|by token id",
        "\"logit_bias\":{\"x\":1}|logit_bias|no token id",
        "\"logit_bias\":{\"1114112\":1}|logit_bias|no token id",
        "\"logit_bias\":{\"5\":101}|logit_bias|-100 … 100",
        "\"repeat_penalty\":1.1,\"repetition_penalty\":1.2|repeat_penalty|another name",
        "\"repeat_penalty\":0|repeat_penalty|0.01 … 10",
        "\"temprature\":1|temprature|did you mean temperature?",
        "\"min_token\":1|min_token|did you mean min_tokens?",
        "\"frobnicate\":1|frobnicate|leave it out",
        "\"prompt\":\"x\"|prompt|one of /v1/completions",
        "\"stream_options\":{\"include_usge\":true}|stream_options.include_usge|include_usage",
        "\"logprobs\":true|logprobs|not supported",
        "\"response_format\":{\"type\":\"json_object\"}|response_format|not supported",
        "\"presence_penalty\":2.5|presence_penalty|-2 … 2",
      })
  void refusesWhatCannotBe(String field, String param, String words) throws Exception {
    assertError(running.chat(Running.hello(field)), 400, param, words);
    assertTrue(running.backend.asked.isEmpty());
  }

  @Test
  void refusesBrokenMessages() throws Exception {
    assertError(running.chat("{\"messages\":"), 400, "", "no JSON");
    assertError(running.chat(""), 400, "", "JSON object");
    assertError(running.chat("[1]"), 400, "", "JSON object");
    assertError(running.chat("{}"), 400, "messages", "at least one");
    assertError(running.chat("{\"messages\":[]}"), 400, "messages", "at least one");
    assertError(running.chat("{\"messages\":[3]}"), 400, "messages[0]", "no object");
    assertError(
        running.chat("{\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}]}"),
        400,
        "messages[0].role",
        "robot");
    assertError(
        running.chat("{\"messages\":[{\"role\":\"user\",\"content\":5}]}"),
        400,
        "messages[0].content",
        "5");
    assertError(
        running.chat("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}"),
        400,
        "messages[0].content[0].type",
        "text only");
    for (String prompt :
        List.of("5", "{}", "[]", "[1.5]", "[-1]", "[1114112]", "[[]]", "[5,\"a\"]")) {
      assertError(
          running.post("/v1/completions", "{\"prompt\":" + prompt + "}"), 400, "prompt", "texts");
    }
    assertError(
        running.post("/v1/completions", "{\"messages\":[]}"),
        400,
        "messages",
        "/v1/chat/completions");
  }

  @Test
  void refusesWhatIsLongerThanTheContextWithTheMend() throws Exception {
    String longText = "x".repeat(120);
    HttpResponse<String> response =
        running.chat("{\"messages\":[{\"role\":\"user\",\"content\":\"" + longText + "\"}]}");
    assertError(response, 400, "messages", "126", "100", "27");
    assertEquals(
        "context_length_exceeded", Running.json(response).get("error").get("code").stringValue());
    assertError(
        running.post("/v1/completions", "{\"prompt\":\"" + longText + "\"}"), 400, "prompt", "121");
    assertError(
        running.chat(Running.hello("\"max_tokens\":95")), 400, "max_tokens", "106", "at most 89");
  }

  @Test
  void refusesAPathThatItDoesNotKnow() throws Exception {
    assertError(running.get("/v1/embeddings"), 404, "", "/v1/embeddings");
    assertError(running.post("/nothing", "{}"), 404, "", "/nothing");
  }

  @Test
  void refusesAWrongMethodAndNamesTheRightOne() throws Exception {
    HttpResponse<String> response = running.get("/v1/chat/completions");
    assertError(response, 405, "", "GET", "POST");
    assertEquals("POST", response.headers().firstValue("Allow").orElse(""));
    assertError(running.post("/v1/models", "{}"), 405, "", "GET");
  }

  @Test
  void refusesATooLongRequestWhetherItsLengthIsToldOrNot() throws Exception {
    byte[] body = Running.hello("\"user\":\"" + "x".repeat(5000) + "\"").getBytes();
    assertError(running.chat(new String(body)), 413, "", body.length + " bytes", "4096");
    var chunked =
        running
            .request("/v1/chat/completions")
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
            .build();
    assertError(running.client.send(chunked, BodyHandlers.ofString()), 413, "", "more than 4096");
    assertEquals(200, running.chat(Running.hello("")).statusCode(), "and it goes on");
  }

  @Test
  void tellsNoSecretsWhenItFails() throws Exception {
    running.backend.failing = true;
    HttpResponse<String> response = running.chat(Running.hello(""));
    assertError(response, 500, "", "log");
    assertFalse(response.body().contains("secret"));
    running.backend.failing = false;
    assertEquals(200, running.chat(Running.hello("")).statusCode(), "and it goes on");
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
        "{\"prompt_tokens\":11,\"completion_tokens\":15,\"total_tokens\":26}",
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

  @Test
  void asksForNoMoreAnswersThanMayBeGiven() throws Exception {
    HttpResponse<String> response = running.chat(Running.hello("\"n\":69"));
    assertError(response, 429, "", "68 answers");
    assertError(
        running.post("/v1/completions", "{\"prompt\":[\"a\",\"b\"],\"n\":65}"),
        400,
        "n",
        "130",
        "128");
    assertError(
        running.post("/v1/completions", "{\"prompt\":\"a\",\"best_of\":5}"),
        400,
        "best_of",
        "n = 1");
    assertEquals(200, running.chat(Running.hello("\"n\":68")).statusCode(), "there is room again");
  }

  @Test
  void keepsItsInnermostToItselfWhenAnAnswerFails() throws Exception {
    running.backend.pieces = List.of("one", ScriptedBackend.BROKEN);
    HttpResponse<String> response = running.chat(Running.hello(""));
    assertError(response, 500, "", "log");
    assertFalse(response.body().contains("secret"));
    String stream = running.chat(Running.hello("\"stream\":true")).body();
    assertTrue(stream.contains("\"content\":\"one\""), stream);
    assertTrue(stream.contains("data: {\"error\":{\"message\":"), stream);
    assertFalse(stream.contains("secret") || stream.contains("[DONE]"), stream);
    assertTrue(running.get("/metrics").body().contains("imago_answers_failed_total 2.0"));
  }
}
