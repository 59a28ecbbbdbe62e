// Past 400 lines: each route of labels over one server.
package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.moderation.ModerationAction;
import dev.imago.moderation.ModerationRules;
import dev.imago.moderation.TenantModeration;
import dev.imago.moderation.WordListModerator;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.Routing;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.moderations.ModelModerator;
import dev.imago.tensor.Operations;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Models of classes and tags behind their routes.
class LabellingTest {
  private static final int CONTEXT = 40;
  private static Tokenizer tokenizer;

  @TempDir Path folder;

  @BeforeAll
  static void trainTokenizer() throws Exception {
    tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(300).minimumFrequency(1),
            List.of("the bank in Oslo lent money").iterator(),
            TrainingProgress.NONE);
  }

  /// The most tokens that were computed together.
  private static final AtomicInteger MOST = new AtomicInteger();

  /// Class 1 where the text speaks of a bank; tag 1 for each token with a capital letter in it.
  private record ByRule(Output output) implements ServedPredictor.Scoring {
    @Override
    public Tokenizer tokenizer() {
      return tokenizer;
    }

    @Override
    public int context() {
      return CONTEXT;
    }

    @Override
    public int vocabularySize() {
      return 300;
    }

    @Override
    public ModelCard card() {
      return ModelCard.named("");
    }

    @Override
    public Instant written() {
      return Running.NOW;
    }

    @Override
    public List<float[][]> scores(List<ModelInput> inputs) {
      MOST.accumulateAndGet(inputs.stream().mapToInt(ModelInput::length).sum(), Math::max);
      return inputs.stream()
          .map(ModelInput::ids)
          .map(
              ids -> {
                if (output instanceof Output.Embedding) {
                  return new float[][] {{3, ids.length > 1 ? 4 : 0}};
                }
                if (output.scores() == 1) {
                  String both = tokenizer.decode(ids);
                  return new float[][] {
                    {both.contains("bank") ? 2 : both.contains("Oslo") ? 1 : 0}
                  };
                }
                if (output.ofSequences()) {
                  boolean bank = tokenizer.decode(ids).contains("bank");
                  return new float[][] {{0, bank ? 2 : -2}};
                }
                float[][] rows = new float[ids.length][];
                for (int i = 0; i < ids.length; i++) {
                  boolean name = tokenizer.decode(new int[] {ids[i]}).matches(".*[A-Z东京].*");
                  rows[i] = new float[] {0, name ? 2 : -2, -9};
                }
                return rows;
              })
          .toList();
    }

    @Override
    public void close() {}
  }

  private Server server(Output output) {
    return server(output, Map.of());
  }

  private Server server(Output output, Map<String, List<String>> lists) {
    return server(folder, output, lists);
  }

  /// A server of a model by rule: see [ByRule].
  static Server server(Path folder, Output output, Map<String, List<String>> lists) {
    return Server.start(
        Running.config(folder)
            .withSafeguards(
                lists.isEmpty()
                    ? Safeguards.NONE
                    : Safeguards.NONE.withModeration(
                        TenantModeration.judging(new WordListModerator(lists)))),
        new ByRule(output),
        Clock.fixed(Running.NOW, ZoneOffset.UTC),
        new Random(1),
        new ByteArrayOutputStream());
  }

  private static HttpResponse<String> send(Server server, String path, String body)
      throws Exception {
    var request = HttpRequest.newBuilder(server.address().resolve(path));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString());
    }
  }

  private static final Output CLASSES = new Output.Classes(List.of("sport", "money"));
  private static final Output VECTORS = new Output.Embedding(Operations.Pooling.FIRST);
  private static final Output TAGS = new Output.Tags(List.of("O", "B-LOC", "I-LOC"));

  @Test
  void aModelJudgesATextToItsEndHoweverLittleItReadsAtOnce() {
    var served = ModelWiring.predictor(Running.config(folder), new ByRule(CLASSES));
    var models = new Models(List.of(served), Routing.NONE, new Random(1));
    var moderator = new ModelModerator(models, "tiny");
    var slip =
        new TenantModeration(
            Optional.empty(),
            Optional.of("tiny"),
            new ModerationRules(ModerationAction.NOTE, ModerationAction.OFF, Map.of("monney", 0.5)),
            Map.of(),
            false);
    var e = assertThrows(ConfigException.class, () -> ModelModerator.check(models, slip));
    assertTrue(String.valueOf(e.getMessage()).contains("«monney»"), e.getMessage());
    assertFalse(moderator.judge("lent. ".repeat(150)).flagged().contains("money"));
    assertTrue(moderator.judge("lent. ".repeat(150) + "the bank").flagged().contains("money"));
  }

  @Test
  void classesComeInVllmsForm() throws Exception {
    try (Server server = server(CLASSES)) {
      var response =
          send(server, "/classify", "{\"model\":\"tiny\",\"input\":[\"the bank\",\"lent\"]}");
      assertEquals(200, response.statusCode(), response.body());
      JsonNode body = Running.json(response);
      assertEquals("list", body.get("object").asString());
      assertEquals("tiny", body.get("model").asString());
      assertTrue(body.get("id").asString().startsWith("classify-"));
      JsonNode first = body.get("data").get(0);
      assertEquals(0, first.get("index").asInt());
      assertEquals("money", first.get("label").asString());
      assertEquals(2, first.get("num_classes").asInt());
      assertEquals(1 / (1 + Math.exp(2)), first.get("probs").get(0).asDouble(), 1e-9);
      assertEquals("sport", body.get("data").get(1).get("label").asString());
      int tokens =
          tokenizer.encodeOrdinary("the bank").length + tokenizer.encodeOrdinary("lent").length;
      assertEquals(tokens, body.get("usage").get("prompt_tokens").asInt());
    }
  }

  @Test
  void severalLabelsAndNumbersAreToldAsTheyAre() throws Exception {
    Output several = new Output.Classes(List.of("sport", "money"), Output.Problem.SEVERAL);
    try (Server server = server(several)) {
      JsonNode data =
          Running.json(send(server, "/classify", "{\"input\":[\"the bank\",\"lent\"]}"))
              .get("data");
      assertEquals("[\"money\",\"sport\"]", data.get(0).get("labels").toString());
      assertEquals("[\"sport\"]", data.get(1).get("labels").toString());
      assertEquals("money", data.get(0).get("label").asString());
      assertEquals(1 / (1 + Math.exp(-2)), data.get(0).get("probs").get(1).asDouble(), 1e-9);
      String pair = "{\"input\":\"lent\",\"text_pair\":\"the bank\"}";
      JsonNode two = Running.json(send(server, "/classify", pair)).get("data").get(0);
      assertEquals("money", two.get("label").asString());
      refused(server, pair.replace("\"the bank\"", "[\"a\",\"b\"]"), "send as many");
    }
    Output number = new Output.Classes(List.of("stars"), Output.Problem.NUMBER);
    try (Server server = server(number)) {
      JsonNode told = Running.json(send(server, "/classify", "{\"input\":\"the bank\"}"));
      assertEquals(2, told.get("data").get(0).get("score").asDouble(), 1e-9);
      assertEquals("stars", told.get("data").get(0).get("label").asString());
    }
  }

  @Test
  void manyTextsAreComputedSomeAtATime() throws Exception {
    String text = "\"" + "z".repeat(CONTEXT / 2) + "\",";
    String body = "{\"query\":\"%s\",\"documents\":[%s\"the bank\"]}";
    try (Server server = server(RELEVANCE)) {
      MOST.set(0);
      var answer = send(server, "/rerank", body.formatted("z".repeat(CONTEXT), text.repeat(1023)));
      assertEquals(200, answer.statusCode(), answer.body());
      assertEquals(1024, Running.json(answer).get("results").size());
      assertTrue(MOST.get() > CONTEXT && MOST.get() <= 8192, MOST + " tokens together");
    }
  }

  @Test
  void theListOfModelsTellsTheLabelsAndThePath() throws Exception {
    try (Server server = server(CLASSES)) {
      JsonNode meta = Running.json(send(server, "/v1/models", "")).get("data").get(0).get("meta");
      assertEquals("/classify", meta.get("path").asString());
      assertEquals("money", meta.get("labels").get(1).asString());
    }
  }

  @Test
  void spansComeWithTheFieldsOfTransformersPipeline() throws Exception {
    try (Server server = server(TAGS)) {
      var response = send(server, "/tag", "{\"input\":\"😀 the bank in Oslo lent\"}");
      assertEquals(200, response.statusCode(), response.body());
      JsonNode entities = Running.json(response).get("data").get(0).get("entities");
      assertEquals(1, entities.size());
      JsonNode oslo = entities.get(0);
      assertEquals("LOC", oslo.get("entity_group").asString());
      assertEquals("Oslo", oslo.get("word").asString());
      // In code points, as Python counts: the first sign is one.
      assertEquals(14, oslo.get("start").asInt());
      assertEquals(18, oslo.get("end").asInt());
      assertTrue(oslo.get("score").asDouble() > 0.8);
    }
  }

  @Test
  void vectorsComeInOpenaisFormAndOfLengthOne() throws Exception {
    try (Server server = server(VECTORS)) {
      var response = send(server, "/v1/embeddings", "{\"input\":[\"the bank\",\"z\"]}");
      assertEquals(200, response.statusCode(), response.body());
      JsonNode body = Running.json(response);
      assertEquals("list", body.get("object").asString());
      JsonNode first = body.get("data").get(0);
      assertEquals("embedding", first.get("object").asString());
      assertEquals(0.6, first.get("embedding").get(0).asDouble(), 1e-6);
      assertEquals(0.8, first.get("embedding").get(1).asDouble(), 1e-6);
      assertEquals(1, body.get("data").get(1).get("embedding").get(0).asDouble(), 1e-6);
      assertTrue(body.get("usage").get("prompt_tokens").asInt() > 1);
      var packed =
          send(
              server,
              "/v1/embeddings",
              "{\"input\":\"the bank\",\"encoding_format\":\"base64\",\"dimensions\":2}");
      String bytes = Running.json(packed).get("data").get(0).get("embedding").asString();
      var numbers =
          ByteBuffer.wrap(Base64.getDecoder().decode(bytes)).order(ByteOrder.LITTLE_ENDIAN);
      assertEquals(0.6f, numbers.getFloat(), 1e-6f);
      assertEquals(0.8f, numbers.getFloat(), 1e-6f);
      String path = "/v1/embeddings";
      refused(server, path, "{\"input\":\"a\",\"dimensions\":5}", "vectors have 2");
      refused(server, path, "{\"input\":\"a\",\"encoding_format\":\"f\"}", "float nor base64");
      refused(server, "/classify", "{\"input\":\"a\"}", "send your request to /v1/embeddings");
    }
  }

  @Test
  void aModelOfAnotherTaskSendsToItsOwnRoute() throws Exception {
    try (Server server = server(CLASSES)) {
      for (String path : List.of("/v1/chat/completions", "/v1/completions", "/tag")) {
        var response =
            send(server, path, path.equals("/tag") ? "{\"input\":\"a\"}" : Running.hello(""));
        assertEquals(400, response.statusCode(), response.body());
        String message = Running.json(response).get("error").get("message").asString();
        assertEquals(
            "model «tiny» does not answer at %s: send your request to /classify".formatted(path),
            message);
      }
    }
    try (var chat =
        new Running(Running.config(folder.resolve("chat")), new ScriptedBackend(100, "Hi."))) {
      var response = chat.post("/classify", "{\"input\":\"a\"}");
      assertEquals(400, response.statusCode());
      assertTrue(response.body().contains("/v1/chat/completions"), response.body());
    }
  }

  @Test
  void whatCannotBeLabelledIsRefusedWithTheMend() throws Exception {
    try (Server server = server(CLASSES)) {
      String longText = "z".repeat(2 * CONTEXT);
      refused(server, "{\"input\":\"%s\"}".formatted(longText), "truncate_prompt_tokens");
      refused(server, "{}", "input is missing");
      refused(server, "{\"input\":[]}", "input = [] holds no text");
      refused(server, "{\"input\":5}", "a string or a list of strings");
      refused(
          server, "{\"input\":{\"a\":\"%s\"}}".formatted("😀".repeat(32)), "a string or a list");
      refused(server, "{\"inputs\":\"a\"}", "did you mean input");
      refused(
          server,
          "{\"input\":\"a\",\"priority\":5}",
          "priority = 5 is not supported here; leave it out, or set it to 0 (requests are"
              + " answered");
      var usual = send(server, "/classify", "{\"input\":\"a\",\"priority\":0}");
      assertEquals(200, usual.statusCode(), usual.body());
      var cut =
          send(
              server,
              "/classify",
              "{\"input\":\"%s\",\"truncate_prompt_tokens\":-1}".formatted(longText));
      assertEquals(200, cut.statusCode(), cut.body());
      assertEquals(CONTEXT, Running.json(cut).get("usage").get("prompt_tokens").asInt());
    }
  }

  @Test
  void aFirstWordThatIsLongerThanWhatIsReadIsRefused() throws Exception {
    try (Server server = server(TAGS)) {
      String body =
          "{\"input\":\"%s\",\"truncate_prompt_tokens\":-1}".formatted("z".repeat(2 * CONTEXT));
      refused(server, "/tag", body, "input[0] begins with a word that is longer than the 40");
    }
  }

  private static void refused(Server server, String body, String why) throws Exception {
    refused(server, "/classify", body, why);
  }

  private static void refused(Server server, String path, String body, String why)
      throws Exception {
    var response = send(server, path, body);
    assertEquals(400, response.statusCode(), response.body());
    assertTrue(response.body().contains(why), response.body());
  }

  @Test
  void tokenIdsAreEmbeddedToo() throws Exception {
    try (Server server = server(VECTORS)) {
      String path = "/v1/embeddings";
      JsonNode one = Running.json(send(server, path, "{\"input\":[5,6,7]}"));
      assertEquals(1, one.path("data").size());
      assertEquals(3, one.path("usage").path("prompt_tokens").asInt());
      JsonNode two = Running.json(send(server, path, "{\"input\":[[5,6],[7]],\"dimensions\":1}"));
      assertEquals("[1.0]", two.path("data").path(1).path("embedding").toString());
      for (String bad :
          List.of("[]", "[5,\"a\"]", "[[5],[]]", "[-1]", "[300]", "[5.5]", "[[5],\"a\"]")) {
        var response = send(server, path, "{\"input\":%s}".formatted(bad));
        assertEquals(400, response.statusCode(), bad);
      }
    }
  }

  @Test
  void textsAreModeratedByAModelOfClasses() throws Exception {
    Output harm = new Output.Classes(List.of("ok", "violence"));
    try (Server server = server(harm)) {
      JsonNode told =
          Running.json(send(server, "/v1/moderations", "{\"input\":[\"the bank\",\"lent\"]}"));
      JsonNode first = told.path("results").path(0);
      assertTrue(first.path("flagged").asBoolean());
      assertTrue(first.path("categories").path("violence").asBoolean());
      assertEquals(
          1 / (1 + Math.exp(-2)), first.path("category_scores").path("violence").asDouble(), 1e-6);
      assertEquals(13, first.path("categories").size());
      assertTrue(!told.path("results").path(1).path("flagged").asBoolean());
      refused(server, "/v1/moderations", "{\"input\":[]}", "give 1");
      String last = "{\"input\":\"" + "lent. ".repeat(150) + "the bank\"}"; // past what it reads
      JsonNode whole = Running.json(send(server, "/v1/moderations", last));
      assertTrue(whole.at("/results/0/flagged").asBoolean(), whole.toString());
      assertEquals(1, whole.path("results").size());
    }
    try (Server server = server(harm, Map.of("violence", List.of("lent"), "money", List.of("a")))) {
      JsonNode told =
          Running.json(send(server, "/v1/moderations", "{\"input\":[\"the bank\",\"lent\"]}"));
      for (JsonNode result : told.path("results")) { // by the model, and by the list
        assertTrue(result.path("categories").path("violence").asBoolean(), result.toString());
        assertTrue(!result.path("categories").path("money").asBoolean(true), result.toString());
      }
      assertEquals(1, told.at("/results/1/category_scores/violence").asDouble());
    }
    try (Server server = server(VECTORS)) {
      refused(server, "/v1/moderations", "{\"input\":\"a\"}", "to /v1/embeddings");
    }
  }

  private static final Output RELEVANCE =
      new Output.Classes(List.of("relevance"), Output.Problem.SEVERAL);

  @Test
  void textsAreOrderedByHowWellTheyBelongToAQueryInJinasForm() throws Exception {
    try (Server server = server(RELEVANCE)) {
      String body =
          "{\"query\":\"who lends\",\"documents\":[\"the money\",\"in Oslo\",{\"text\":\"a"
              + " bank\"}]%s}";
      for (String path : List.of("/rerank", "/v1/rerank")) {
        HttpResponse<String> answer = send(server, path, body.formatted(""));
        assertEquals(200, answer.statusCode(), answer.body());
        JsonNode results = Running.json(answer).path("results");
        assertEquals(3, results.size());
        assertEquals(2, results.path(0).path("index").asInt());
        assertEquals("a bank", results.path(0).path("document").path("text").asString());
        assertEquals(
            1 / (1 + Math.exp(-2)), results.path(0).path("relevance_score").asDouble(), 1e-6);
        assertEquals(1, results.path(1).path("index").asInt());
        assertEquals(0, results.path(2).path("index").asInt());
        assertTrue(Running.json(answer).path("usage").path("total_tokens").asInt() > 6);
      }
      JsonNode first =
          Running.json(
              send(server, "/rerank", body.formatted(",\"top_n\":1,\"return_documents\":false")));
      assertEquals(1, first.path("results").size());
      assertTrue(first.path("results").path(0).path("document").isMissingNode());
      for (String bad :
          List.of(
              "{\"query\":\"q\",\"documents\":[]}",
              "{\"query\":\"q\",\"documents\":[1]}",
              "{\"documents\":[\"a\"]}",
              "{\"query\":\"q\",\"documents\":[\"a\"],\"top_n\":0}")) {
        assertEquals(400, send(server, "/rerank", bad).statusCode(), bad);
      }
    }
  }

  @Test
  void pairsOfTextsAreScoredInVllmsForm() throws Exception {
    try (Server server = server(RELEVANCE)) {
      String body = "{\"text_1\":\"who lends\",\"text_2\":[\"the money\",\"a bank\"]}";
      for (String path : List.of("/score", "/v1/score")) {
        JsonNode data = Running.json(send(server, path, body)).path("data");
        assertEquals(2, data.size());
        assertEquals("score", data.path(1).path("object").asString());
        assertEquals(1, data.path(1).path("index").asInt());
        assertEquals(1 / (1 + Math.exp(-2)), data.path(1).path("score").asDouble(), 1e-6);
      }
      String each = "{\"text_1\":[\"a\",\"the bank\"],\"text_2\":[\"b\",\"c\"]}";
      JsonNode data = Running.json(send(server, "/score", each)).path("data");
      assertEquals(0.5, data.path(0).path("score").asDouble(), 1e-6);
      assertTrue(data.path(1).path("score").asDouble() > 0.8);
      refused(server, "/score", each.replace(",\"the bank\"", ",\"x\",\"y\""), "as many");
      refused(server, "/score", "{\"text_1\":\"a\"}", "text_2 is missing");
      refused(server, "/score", body.replace("who lends", "z".repeat(99)), "truncate_prompt");
    }
    try (Server server = server(VECTORS)) {
      String body = "{\"text_1\":\"the money\",\"text_2\":[\"z\",\"the bank\"]}";
      JsonNode data = Running.json(send(server, "/score", body)).path("data");
      assertEquals(0.6, data.path(0).path("score").asDouble(), 1e-6);
      assertEquals(1, data.path(1).path("score").asDouble(), 1e-6);
    }
    try (Server server = server(TAGS)) {
      refused(server, "/score", "{\"text_1\":\"a\",\"text_2\":\"b\"}", "to /tag");
    }
  }

  @Test
  void aModelOfVectorsOrdersByTheirCosinesAndOneOfClassesRefuses() throws Exception {
    String body = "{\"query\":\"the money\",\"documents\":[\"a\",\"the bank\"]}";
    try (Server server = server(VECTORS)) {
      JsonNode results = Running.json(send(server, "/rerank", body)).path("results");
      assertEquals(1, results.path(0).path("index").asInt());
      assertEquals(1, results.path(0).path("relevance_score").asDouble(), 1e-6);
      assertEquals(0.6, results.path(1).path("relevance_score").asDouble(), 1e-6);
    }
    try (Server server = server(CLASSES)) {
      HttpResponse<String> refused = send(server, "/rerank", body);
      assertEquals(400, refused.statusCode());
      assertTrue(refused.body().contains("does not answer at /rerank"), refused.body());
    }
  }
}
