package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.serve.fields.RouteFields;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers, events and fields, by OpenAI's published description.
@Tag("conformance")
class DescriptionConformanceTest {
  private static final String TOOLS =
      "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"rain\"}}]";
  private static PublishedDescription description;

  @TempDir Path folder;

  @BeforeAll
  static void read() throws Exception {
    description = PublishedDescription.read();
  }

  private static void fits(String schema, JsonNode value) {
    assertEquals(List.of(), description.errors(schema, value), value.toString());
  }

  private static JsonNode good(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    return Running.json(response);
  }

  @Test
  void theCheckerFindsWhatIsWrong() {
    JsonNode bad = Running.JSON.readTree("{\"id\":5,\"object\":\"models\",\"created\":1.5}");
    String errors = description.errors("Model", bad).toString();
    for (String wrong : List.of("Model.id", "Model.object", "Model.created", "owned_by")) {
      assertTrue(errors.contains(wrong), errors);
    }
    assertFalse(
        description
            .errors(
                "ResponseStreamEvent",
                Running.JSON.readTree("{\"type\":\"response.output_text.delta\"}"))
            .isEmpty());
  }

  @Test
  void everyFieldOfItIsHonouredAcceptedOrRefusedByName() {
    var schemas = new TreeMap<String, String>();
    schemas.put("/v1/chat/completions", "CreateChatCompletionRequest");
    schemas.put("/v1/completions", "CreateCompletionRequest");
    schemas.put("/v1/responses", "CreateResponse");
    schemas.put("/v1/responses/input_tokens", "TokenCountsBody");
    schemas.put("/v1/embeddings", "CreateEmbeddingRequest");
    schemas.put("/v1/moderations", "CreateModerationRequest");
    schemas.put("/v1/batches", "CreateBatchRequest");
    Map<String, Set<String>> known =
        ServedFields.all().stream()
            .collect(Collectors.toMap(RouteFields::path, fields -> fields.uses().keySet()));
    schemas.forEach(
        (path, schema) -> {
          var missing = new TreeSet<>(description.fields(schema));
          missing.removeAll(known.getOrDefault(path, Set.of()));
          assertEquals(Set.of(), missing, path);
        });
  }

  @Test
  void answersFit() throws Exception {
    try (var running = Talker.running(folder)) {
      JsonNode chat =
          good(running.chat(Running.hello("\"logprobs\":true,\"top_logprobs\":2," + TOOLS)));
      fits("CreateChatCompletionResponse", chat);
      fits("CreateCompletionResponse", good(running.post("/v1/completions", "{\"prompt\":\"a\"}")));
      fits("ListModelsResponse", good(running.get("/v1/models")));
      fits("Model", good(running.get("/v1/models/tiny")));
      JsonNode file = good(BatchesTest.send(running, "batch", "{}"));
      fits("OpenAIFile", file);
      fits("ListFilesResponse", good(running.get("/v1/files")));
      fits(
          "Batch",
          good(
              running.post(
                  "/v1/batches",
                  "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/responses\",\"completion_window\":\"24h\"}"
                      .formatted(file.path("id").asString()))));
      fits("ListBatchesResponse", good(running.get("/v1/batches")));
      fits("ErrorResponse", Running.json(running.chat(Running.hello("\"temperature\":9"))));
    }
  }

  @Test
  void chunksFit() throws Exception {
    try (var running = Talker.running(folder)) {
      String more = "\"stream\":true,\"stream_options\":{\"include_usage\":true}," + TOOLS;
      List<JsonNode> chunks = Talker.events(running.chat(Running.hello(more)).body());
      assertTrue(chunks.size() > 5);
      for (JsonNode chunk : chunks) {
        // The words of `stream_options` say that it is null until the last one, its schema does
        // not.
        if (chunk.path("usage").isNull()) {
          ((ObjectNode) chunk).remove("usage");
        }
        fits("CreateChatCompletionStreamResponse", chunk);
      }
    }
  }

  @Test
  void responsesAndTheirEventsFit() throws Exception {
    String tools =
        "\"tools\":[{\"type\":\"function\",\"name\":\"rain\",\"parameters\":{\"type\":\"object\"},\"strict\":true}]";
    String body = "{\"model\":\"tiny\",\"input\":\"Hello\",%s}";
    try (var running = Talker.running(folder)) {
      JsonNode response =
          good(running.post("/v1/responses", body.formatted("\"top_logprobs\":2," + tools)));
      fits("Response", response);
      List<JsonNode> events =
          Talker.events(
              running.post("/v1/responses", body.formatted("\"stream\":true," + tools)).body());
      assertTrue(events.size() > 15);
      events.forEach(event -> fits("ResponseStreamEvent", event));
      fits("Response", good(running.post("/v1/responses", body.formatted("\"background\":true"))));
      JsonNode next =
          good(
              running.post(
                  "/v1/responses",
                  "{\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"%s\",\"output\":\"1\"}],\"previous_response_id\":\"%s\"}"
                      .formatted(
                          response.path("output").path(2).path("call_id").asString(),
                          response.path("id").asString())));
      fits("Response", next);
      fits(
          "ResponseItemList",
          good(running.get("/v1/responses/" + next.path("id").asString() + "/input_items")));
      fits(
          "TokenCountsResource",
          good(running.post("/v1/responses/input_tokens", "{\"input\":\"a\"}")));
    }
  }
}
