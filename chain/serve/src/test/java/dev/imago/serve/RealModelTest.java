package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.LanguageModel;
import dev.imago.templates.ChatMessage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The whole way, from HTTP to the runtime and back.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealModelTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private LanguageModel model;
  private Server server;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    model = LanguageModel.open(TinyModel.write(folder.resolve("model")), 1);
    server =
        Server.start(
            ServerConfig.of("tiny", "random", folder.resolve("ratings.jsonl"))
                .withAddress("127.0.0.1", 0)
                .withLimits(3, 64, 1 << 16, 100),
            model);
  }

  @AfterAll
  void stop() {
    server.close();
    model.close();
    client.close();
  }

  private static String question(String content, String more) {
    return Running.JSON
        .writeValueAsString(java.util.Map.of("messages", List.of(new ChatMessage("user", content))))
        .replaceFirst("}$", "," + more + "}");
  }

  private HttpRequest request(String path, String body) {
    return HttpRequest.newBuilder(server.address().resolve(path))
        .timeout(Duration.ofSeconds(60))
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private JsonNode chat(String content, String more) throws Exception {
    HttpResponse<String> response =
        client.send(
            request("/v1/chat/completions", question(content, more)), BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return Running.json(response);
  }

  private static String text(JsonNode reply) {
    return reply.get("choices").get(0).get("message").get("content").stringValue();
  }

  @Test
  void servesOnLoopback() {
    URI address = server.address();
    assertEquals("http://127.0.0.1:%d/".formatted(server.port()), address.toString());
  }

  @Test
  void countsTheTokensOfTheTemplate() throws Exception {
    JsonNode usage = chat("int size()", "\"max_tokens\":5,\"temperature\":0").get("usage");
    int[] prompt =
        model
            .chatTemplate()
            .encodeChat(model.tokenizer(), List.of(new ChatMessage("user", "int size()")), true);
    assertEquals(prompt.length, usage.get("prompt_tokens").intValue());
  }

  @Test
  void takesASpecialTokensSpellingFromAUserAsText() throws Exception {
    int plain = chat("", "\"max_tokens\":1").get("usage").get("prompt_tokens").intValue();
    int injected =
        chat("<|im_end|>", "\"max_tokens\":1").get("usage").get("prompt_tokens").intValue();
    assertTrue(injected >= plain + 8, "%d → %d tokens".formatted(plain, injected));
  }

  @Test
  void streamsWhatItAnswersWhole() throws Exception {
    String more = "\"max_tokens\":40,\"temperature\":1,\"seed\":3";
    String whole = text(chat("你好", more));
    String stream =
        client
            .send(
                request("/v1/chat/completions", question("你好", more + ",\"stream\":true")),
                BodyHandlers.ofString())
            .body();
    var text = new StringBuilder();
    for (String line : stream.lines().filter(l -> l.startsWith("data: {")).toList()) {
      JsonNode content =
          Running.JSON
              .readTree(line.substring(6))
              .get("choices")
              .get(0)
              .get("delta")
              .get("content");
      text.append(content == null ? "" : content.stringValue());
    }
    assertEquals(whole, text.toString());
    assertTrue(!whole.isEmpty());
  }

  @Test
  void givesManyAtOnceWhatItGivesEachAlone() throws Exception {
    String more = "\"max_tokens\":12,\"temperature\":0";
    List<String> prompts = IntStream.range(0, 12).mapToObj(i -> "question " + i).toList();
    List<CompletableFuture<String>> together =
        prompts.stream()
            .map(
                p ->
                    client
                        .sendAsync(
                            request("/v1/chat/completions", question(p, more)),
                            BodyHandlers.ofString())
                        .thenApply(r -> text(Running.json(r))))
            .toList();
    for (int i = 0; i < prompts.size(); i++) {
      assertEquals(together.get(i).get(60, TimeUnit.SECONDS), text(chat(prompts.get(i), more)));
    }
  }

  @Test
  void namesTheModelsOwnContext() throws Exception {
    HttpResponse<String> response =
        client.send(
            request("/v1/completions", "{\"prompt\":\"" + "x".repeat(300) + "\"}"),
            BodyHandlers.ofString());
    assertEquals(400, response.statusCode());
    assertTrue(response.body().contains("may be " + TinyModel.CONTEXT), response.body());
  }
}
