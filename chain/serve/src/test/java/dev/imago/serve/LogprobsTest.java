package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.LanguageModel;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Probabilities and echoes in OpenAI's forms, from HTTP to the runtime and back.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogprobsTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private LanguageModel model;
  private Server server;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    model = LanguageModel.open(TinyModel.write(folder.resolve("model")), 1);
    server =
        Server.start(
            Running.config(folder, Running.limits(3, 64, 1 << 16, 100)), model, System.err);
  }

  @AfterAll
  void stop() {
    server.close();
    model.close();
    client.close();
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(server.address().resolve(path))
            .timeout(Duration.ofSeconds(Running.PATIENCE))
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private JsonNode choice(String path, String body) throws Exception {
    HttpResponse<String> response = post(path, body);
    assertEquals(200, response.statusCode(), response.body());
    return Running.json(response).get("choices").get(0);
  }

  private List<JsonNode> chunks(String path, String body) throws Exception {
    return post(path, body)
        .body()
        .lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> Running.JSON.readTree(line.substring(6)).get("choices").get(0))
        .toList();
  }

  private static final String CHAT =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":12,\"temperature\":0,"
          + "\"ignore_eos\":true,\"logprobs\":true,\"top_logprobs\":20%s}";

  @Test
  void aChatTellsEachTokenWithTheFirstTwenty() throws Exception {
    JsonNode choice = choice("/v1/chat/completions", CHAT.formatted(""));
    JsonNode content = choice.get("logprobs").get("content");
    assertEquals(12, content.size());
    var bytes = new ByteArrayOutputStream();
    for (JsonNode token : content) {
      assertEquals(20, token.get("top_logprobs").size());
      JsonNode own =
          token
              .get("top_logprobs")
              .valueStream()
              .filter(each -> each.get("token").equals(token.get("token")))
              .findFirst()
              .orElseThrow(); // greedy takes the likeliest but for the ends that are ignored
      assertEquals(own.get("logprob"), token.get("logprob"));
      token.get("bytes").forEach(b -> bytes.write(b.intValue()));
    }
    String text = choice.get("message").get("content").stringValue();
    // An answer ends before a character that was only begun.
    assertTrue(bytes.toString(StandardCharsets.UTF_8).startsWith(text), text);
    var streamed = new ArrayList<JsonNode>();
    for (JsonNode chunk : chunks("/v1/chat/completions", CHAT.formatted(",\"stream\":true"))) {
      if (!chunk.get("logprobs").isNull()) {
        chunk.get("logprobs").get("content").forEach(streamed::add);
      }
    }
    assertEquals(List.copyOf(content.valueStream().toList()), streamed);
  }

  @Test
  void anEchoTellsThePromptAndItsProbabilitiesWithoutAnAnswer() throws Exception {
    String body =
        "{\"prompt\":\"the rain"
            + " in\",\"echo\":true,\"logprobs\":2,\"max_tokens\":0,\"temperature\":0}";
    JsonNode choice = choice("/v1/completions", body);
    assertEquals("the rain in", choice.get("text").stringValue());
    JsonNode told = choice.get("logprobs");
    int[] ids = model.tokenizer().encodeOrdinary("the rain in");
    float[] own = model.logProbabilities(ids);
    assertEquals(ids.length, told.get("tokens").size());
    assertTrue(told.get("token_logprobs").get(0).isNull());
    assertTrue(told.get("top_logprobs").get(0).isNull());
    for (int i = 0; i < own.length; i++) {
      assertEquals(own[i], told.get("token_logprobs").get(i + 1).floatValue(), 2e-5f);
      assertTrue(told.get("top_logprobs").get(i + 1).size() >= 2);
    }
    int at = 0;
    for (int i = 0; i < ids.length; i++) {
      assertEquals(at, told.get("text_offset").get(i).intValue());
      at += told.get("tokens").get(i).stringValue().length();
    }
    String answered = body.replace("\"max_tokens\":0", "\"max_tokens\":5,\"ignore_eos\":true");
    JsonNode longer = choice("/v1/completions", answered);
    assertEquals(ids.length + 5, longer.get("logprobs").get("tokens").size());
    assertTrue(longer.get("text").stringValue().startsWith("the rain in"));
    var text = new StringBuilder();
    int tokens = 0;
    for (JsonNode chunk : chunks("/v1/completions", answered.replace("}", ",\"stream\":true}"))) {
      text.append(chunk.get("text").stringValue());
      tokens += chunk.get("logprobs").isNull() ? 0 : chunk.get("logprobs").get("tokens").size();
    }
    assertEquals(longer.get("text").stringValue(), text.toString());
    assertEquals(ids.length + 5, tokens);
  }

  @Test
  void whatCannotBeIsRefusedByName() throws Exception {
    String hi = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]%s}";
    Running.assertError(
        post("/v1/chat/completions", hi.formatted(",\"top_logprobs\":3")),
        400,
        "top_logprobs",
        "set logprobs to true");
    Running.assertError(
        post("/v1/chat/completions", hi.formatted(",\"logprobs\":true,\"top_logprobs\":21")),
        400,
        "top_logprobs",
        "20");
    Running.assertError(
        post("/v1/completions", "{\"prompt\":\"a\",\"max_tokens\":0}"), 400, "max_tokens");
    Running.assertError(
        post("/v1/completions", "{\"prompt\":\"a\",\"echo\":true,\"max_tokens\":0}"),
        400,
        "max_tokens",
        "send logprobs");
  }

  @Test
  void anOffsetIsThatOfTheCharacterInWhichATokenBegins() throws Exception {
    String text = "雨 in 𠮷😀 é x";
    String body =
        "{\"prompt\":\"%s\",\"echo\":true,\"logprobs\":1,\"max_tokens\":0}".formatted(text);
    JsonNode offsets = choice("/v1/completions", body).get("logprobs").get("text_offset");
    int[] ids = model.tokenizer().encodeOrdinary(text);
    assertEquals(ids.length, offsets.size());
    for (int i = 0; i < ids.length; i++) {
      String before = model.tokenizer().decode(Arrays.copyOf(ids, i)).replaceFirst("\ufffd+$", "");
      assertEquals(before.codePointCount(0, before.length()), offsets.get(i).intValue());
    }
  }

  @Test
  void repetitionIsLeftWhereDryAsksForIt() throws Exception {
    String body =
        "{\"prompt\":\"ab ab ab"
            + " ab\",\"max_tokens\":3,\"temperature\":0,\"logit_bias\":{\"%d\":30,\"%d\":30}%s}";
    String asked =
        body.formatted(
            model.tokenizer().id("a").orElseThrow(), model.tokenizer().id("b").orElseThrow(), "%s");
    JsonNode plain = choice("/v1/completions", asked.formatted(""));
    JsonNode dry =
        choice(
            "/v1/completions",
            asked.formatted(
                ",\"dry_multiplier\":100,\"dry_allowed_length\":1,\"dry_sequence_breakers\":[\"|\"]"));
    assertTrue(!plain.get("text").equals(dry.get("text")), dry.toString());
  }
}
