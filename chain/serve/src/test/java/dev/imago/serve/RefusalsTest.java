package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is refused, with which status, parameter and words; and what an error does not tell.
class RefusalsTest {
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
  void knowsNoOtherModel() throws Exception {
    Running.assertError(running.get("/v1/models/gpt-4"), 404, "model", "gpt-4", "tiny");
    Running.assertError(running.get("/v1/models/org/gpt-4"), 404, "model", "org/gpt-4");
    Running.assertError(
        running.chat("{\"model\":\"gpt-4\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}"),
        404,
        "model",
        "gpt-4",
        "tiny");
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
        "\"tool_choice\":\"required\"|tool_choice|no tools to call",
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
        "\"top_logprobs\":3|top_logprobs|set logprobs to true",
        "\"response_format\":{\"type\":\"xml\"}|response_format.type|json_schema",
        "\"response_format\":{\"type\":\"json_schema\"}|response_format.json_schema|missing",
        "\"guided_json\":{\"frobnicate\":1}|guided_json|the keyword «frobnicate»",
        "\"guided_json\":\"{\"|guided_json|no JSON",
        "\"guided_regex\":\"a(?=b)\"|guided_regex|look-around",
        "\"guided_choice\":[]|guided_choice|no choices",
        "\"grammar\":\"root ::= root\"|grammar|no text fits",
        "\"structured_outputs\":{\"xml\":1}|structured_outputs.xml|no field",
        "\"guided_regex\":\"a\",\"guided_choice\":[\"a\"]|guided_choice|send one of them",
        "\"json_schema\":{\"type\":\"string\",\"maxLength\":-1}|json_schema|0 or more",
        "\"presence_penalty\":2.5|presence_penalty|-2 … 2",
      })
  void refusesWhatCannotBe(String field, String param, String words) throws Exception {
    Running.assertError(running.chat(Running.hello(field)), 400, param, words);
    assertTrue(running.backend.asked.isEmpty());
  }

  @Test
  void refusesBrokenMessages() throws Exception {
    Running.assertError(running.chat("{\"messages\":"), 400, "", "no JSON");
    Running.assertError(running.chat(""), 400, "", "JSON object");
    Running.assertError(running.chat("[1]"), 400, "", "JSON object");
    Running.assertError(running.chat("{}"), 400, "messages", "at least one");
    Running.assertError(running.chat("{\"messages\":[]}"), 400, "messages", "at least one");
    Running.assertError(running.chat("{\"messages\":[3]}"), 400, "messages[0]", "no object");
    Running.assertError(
        running.chat("{\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}]}"),
        400,
        "messages[0].role",
        "robot");
    Running.assertError(
        running.chat("{\"messages\":[{\"role\":\"user\",\"content\":5}]}"),
        400,
        "messages[0].content",
        "5");
    Running.assertError(
        running.chat("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}"),
        400,
        "messages[0].content[0].type",
        "text only");
    for (String prompt :
        List.of("5", "{}", "[]", "[1.5]", "[-1]", "[1114112]", "[[]]", "[5,\"a\"]")) {
      Running.assertError(
          running.post("/v1/completions", "{\"prompt\":" + prompt + "}"), 400, "prompt", "texts");
    }
    Running.assertError(
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
    Running.assertError(response, 400, "messages", "126", "100", "27");
    assertEquals(
        "context_length_exceeded", Running.json(response).get("error").get("code").stringValue());
    Running.assertError(
        running.post("/v1/completions", "{\"prompt\":\"" + longText + "\"}"), 400, "prompt", "121");
    Running.assertError(
        running.chat(Running.hello("\"max_tokens\":95")), 400, "max_tokens", "106", "at most 89");
  }

  @Test
  void refusesAPathThatItDoesNotKnow() throws Exception {
    Running.assertError(running.get("/v1/images"), 404, "", "/v1/images");
    Running.assertError(running.post("/nothing", "{}"), 404, "", "/nothing");
  }

  @Test
  void refusesAWrongMethodAndNamesTheRightOne() throws Exception {
    HttpResponse<String> response = running.get("/v1/chat/completions");
    Running.assertError(response, 405, "", "GET", "POST");
    assertEquals("POST", response.headers().firstValue("Allow").orElse(""));
    Running.assertError(running.post("/v1/models", "{}"), 405, "", "GET");
  }

  @Test
  void refusesATooLongRequestWhetherItsLengthIsToldOrNot() throws Exception {
    byte[] body = Running.hello("\"user\":\"" + "x".repeat(5000) + "\"").getBytes();
    Running.assertError(running.chat(new String(body)), 413, "", body.length + " bytes", "4096");
    var chunked =
        running
            .request("/v1/chat/completions")
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
            .build();
    Running.assertError(
        running.client.send(chunked, BodyHandlers.ofString()), 413, "", "more than 4096");
    assertEquals(200, running.chat(Running.hello("")).statusCode(), "and it goes on");
  }

  @Test
  void tellsNoSecretsWhenItFails() throws Exception {
    running.backend.failing = true;
    HttpResponse<String> response = running.chat(Running.hello(""));
    Running.assertError(response, 500, "", "log");
    assertFalse(response.body().contains("secret"));
    running.backend.failing = false;
    assertEquals(200, running.chat(Running.hello("")).statusCode(), "and it goes on");
  }

  @Test
  void asksForNoMoreAnswersThanMayBeGiven() throws Exception {
    HttpResponse<String> response = running.chat(Running.hello("\"n\":69"));
    Running.assertError(response, 429, "", "68 answers");
    Running.assertError(
        running.post("/v1/completions", "{\"prompt\":[\"a\",\"b\"],\"n\":65}"),
        400,
        "n",
        "130",
        "128");
    Running.assertError(
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
    Running.assertError(response, 500, "", "log");
    assertFalse(response.body().contains("secret"));
    String stream = running.chat(Running.hello("\"stream\":true")).body();
    assertTrue(stream.contains("\"content\":\"one\""), stream);
    assertTrue(stream.contains("data: {\"error\":{\"message\":"), stream);
    assertFalse(stream.contains("secret") || stream.contains("[DONE]"), stream);
    assertTrue(running.get("/metrics").body().contains("imago_answers_failed_total 2.0"));
  }
}
