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

  private Path folder;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    this.folder = folder;
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

  private static String question(String content, String more) {
    return Running.JSON
        .writeValueAsString(java.util.Map.of("messages", List.of(new ChatMessage("user", content))))
        .replaceFirst("}$", "," + more + "}");
  }

  private HttpRequest request(String path, String body) {
    return HttpRequest.newBuilder(server.address().resolve(path))
        .timeout(Duration.ofSeconds(Running.PATIENCE))
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
  void answersWhatItIsHeldTo() throws Exception {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"kind\":{\"enum\":[\"cat\",\"dog\"]},\"age\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":30}},\"required\":[\"kind\",\"age\"],\"additionalProperties\":false}";
    String format =
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"pet\",\"strict\":true,\"schema\":"
            + schema
            + "}},\"max_tokens\":120,\"temperature\":1,\"seed\":5";
    JsonNode reply = chat("a pet", format + ",\"n\":3");
    for (JsonNode choice : reply.get("choices")) {
      JsonNode pet = Running.JSON.readTree(choice.get("message").get("content").stringValue());
      assertTrue(List.of("cat", "dog").contains(pet.get("kind").stringValue()), pet.toString());
      assertTrue(pet.get("age").intValue() <= 30, pet.toString());
      assertEquals(2, pet.size());
      assertEquals("stop", choice.get("finish_reason").stringValue());
    }
    assertEquals(text(reply), text(chat("a pet", format)), "the first of three is the one alone");
    for (String rule :
        List.of(
            "\"guided_choice\":[\"yes\",\"no\"]",
            "\"guided_regex\":\"yes|no\"",
            "\"guided_json\":{\"enum\":[\"yes\"]}",
            "\"grammar\":\"root ::= \\\\\"yes\\\\\" | \\\\\"no\\\\\"\"",
            "\"structured_outputs\":{\"choice\":[\"yes\"]}")) {
      String answer = text(chat("well?", rule + ",\"max_tokens\":20"));
      assertTrue(List.of("yes", "no", "\"yes\"").contains(answer), rule + ": " + answer);
    }
  }

  @Test
  void aRuleThatExplodesOnTheWayIsTheClientsToMend() throws Exception {
    String rule = "\"guided_regex\":\"[ab]([c-z]?){5000}\"";
    HttpResponse<String> whole =
        client.send(request("/v1/chat/completions", question("a", rule)), BodyHandlers.ofString());
    assertEquals(400, whole.statusCode(), whole.body());
    assertTrue(whole.body().contains("4096 ways"), whole.body());
    HttpResponse<String> stream =
        client.send(
            request("/v1/chat/completions", question("a", rule + ",\"stream\":true")),
            BodyHandlers.ofString());
    assertTrue(stream.body().contains("4096 ways"), stream.body());
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
      assertEquals(
          together.get(i).get(Running.PATIENCE, TimeUnit.SECONDS),
          text(chat(prompts.get(i), more)));
    }
  }

  @Test
  void endsBeforeACharacterThatWasBegunWholeAndStreamed() throws Exception {
    // The first byte of «é» is a token of its own, and the bias makes the model say it.
    int half = model.tokenizer().id("Ã").orElseThrow();
    String more = "\"max_tokens\":1,\"temperature\":0,\"logit_bias\":{\"%d\":100}".formatted(half);
    JsonNode whole = chat("x", more);
    assertEquals("", text(whole));
    assertEquals("length", whole.get("choices").get(0).get("finish_reason").stringValue());
    assertEquals(1, whole.get("usage").get("completion_tokens").intValue());
    String stream =
        client
            .send(
                request("/v1/chat/completions", question("x", more + ",\"stream\":true")),
                BodyHandlers.ofString())
            .body();
    assertTrue(stream.contains("\"finish_reason\":\"length\""), stream);
    assertTrue(!stream.contains("\ufffd"), stream);
  }

  @Test
  void givesOtherAnswersToOtherSeedsAndTheSameToTheSame() throws Exception {
    String more = "\"max_tokens\":20,\"temperature\":1";
    JsonNode two = chat("hello", more + ",\"n\":2,\"seed\":5");
    String first = text(two);
    String second = two.get("choices").get(1).get("message").get("content").stringValue();
    assertTrue(!first.equals(second), first);
    assertEquals(first, text(chat("hello", more + ",\"seed\":5")));
    assertEquals(second, text(chat("hello", more + ",\"seed\":6")));
    assertTrue(!text(chat("hello", more)).equals(text(chat("hello", more))), "random without one");
  }

  @Test
  void anAnswerWithoutNumbersIsAnErrorAndNoOtherSuffers() throws Exception {
    int poison = model.tokenizer().id("q").orElseThrow();
    Path broken = TinyModel.writeBroken(folder.resolve("broken"), poison);
    Path own = java.nio.file.Files.createDirectories(folder.resolve("own"));
    try (LanguageModel bad = LanguageModel.open(broken, 1);
        Server other = Server.start(Running.config(own), bad, System.err)) {
      String chat = "v1/chat/completions";
      var good =
          client.sendAsync(
              request(other, chat, question("fine", "\"max_tokens\":30,\"temperature\":0")),
              BodyHandlers.ofString());
      HttpResponse<String> whole =
          client.send(
              request(other, chat, question("q", "\"max_tokens\":9")), BodyHandlers.ofString());
      assertEquals(500, whole.statusCode(), whole.body());
      JsonNode error = Running.json(whole).get("error");
      assertEquals("model_failed", error.get("code").stringValue());
      assertTrue(error.get("message").stringValue().contains("NaN"), error.toString());
      String stream =
          client
              .send(request(other, chat, question("q", "\"stream\":true")), BodyHandlers.ofString())
              .body();
      assertTrue(stream.contains("data: {\"error\":") && stream.contains("NaN"), stream);
      HttpResponse<String> text =
          client.send(
              request(other, "v1/completions", "{\"prompt\":\"q\",\"stream\":true}"),
              BodyHandlers.ofString());
      assertEquals(500, text.statusCode(), "nothing was out yet: " + text.body());
      assertEquals(200, good.get(Running.PATIENCE, TimeUnit.SECONDS).statusCode());
    }
  }

  private static HttpRequest request(Server server, String path, String body) {
    return HttpRequest.newBuilder(server.address().resolve(path))
        .timeout(Duration.ofSeconds(Running.PATIENCE))
        .POST(BodyPublishers.ofString(body))
        .build();
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
