package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.LanguageModel;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Adapters as models of their own names: listed, asked, loaded and unloaded, awake and asleep.
class AdaptersTest {
  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  /// An adapter of [TinyModel], whose answers are others.
  private Path adapter(String name, int width, long seed) throws IOException {
    Path to = Files.createDirectories(folder.resolve(name));
    var random = new Random(seed);
    var tensors = new LinkedHashMap<String, HostTensor>();
    for (String module : List.of("self_attn.o_proj", "mlp.down_proj")) {
      String key = "base_model.model.model.layers.1." + module;
      int in = module.contains("down") ? 96 : width;
      tensors.put(key + ".lora_A.weight", tensor(random, 2, in));
      tensors.put(key + ".lora_B.weight", tensor(random, width, 2));
    }
    Safetensors.write(to.resolve("adapter_model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(
        to.resolve("adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 16, \"target_modules\":"
            + " \"all-linear\"}");
    return to;
  }

  private static HostTensor tensor(Random random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return HostTensor.of(values, rows, columns);
  }

  private HttpResponse<String> sent(Server server, String path, Map<String, ?> body)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve(path));
    if (!body.isEmpty()) {
      request.POST(BodyPublishers.ofString(Running.JSON.writeValueAsString(body)));
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /// The likeliest answer, and how likely it is.
  private String said(Server server, String model) throws Exception {
    HttpResponse<String> answer =
        sent(
            server,
            "/v1/completions",
            Map.of(
                "model",
                model,
                "prompt",
                "the rain",
                "temperature",
                0,
                "max_tokens",
                6,
                "logprobs",
                1));
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals(model, Running.json(answer).path("model").asString());
    return Running.json(answer).at("/choices/0").toString();
  }

  private JsonNode listed(Server server, String name) throws Exception {
    return Running.json(sent(server, "/v1/models/" + name, Map.of()));
  }

  private ServedModels beside(boolean loading, ServedModels.Sleep sleep, Path... adapters) {
    var all = new java.util.ArrayList<ServedModels.Adapter>();
    for (Path each : adapters) {
      String name = String.valueOf(each.getFileName());
      all.add(new ServedModels.Adapter(name, "weights/" + name, each, ""));
    }
    return new ServedModels(
        List.of(),
        Map.of("best", Map.of("a", 1.0)),
        Map.of(),
        all,
        sleep,
        loading ? Optional.of(folder::resolve) : Optional.empty());
  }

  @Test
  void an_adapter_is_a_model_that_is_listed_asked_loaded_and_unloaded() throws Exception {
    Path a = adapter("a", 64, 1);
    adapter("b", 64, 2);
    adapter("wrong", 32, 2);
    try (LanguageModel model = LanguageModel.open(TinyModel.write(folder.resolve("m")), 1);
        Server server =
            Server.start(
                Running.config(folder),
                model,
                Optional.empty(),
                beside(true, ServedModels.Sleep.NEVER, a),
                new ByteArrayOutputStream())) {
      JsonNode listed = listed(server, "a");
      assertEquals("weights/a", listed.path("root").asString());
      assertEquals("tiny", listed.path("parent").asString());
      assertTrue(listed(server, "tiny").path("parent").isNull());
      String plain = said(server, "tiny");
      String first = said(server, "a");
      assertNotEquals(plain, first);
      Running.assertError(
          sent(server, "/v1/load_lora_adapter", Map.of("lora_name", "b", "lora_path", "nothing")),
          404,
          "lora_path",
          "adapter_config.json");
      Running.assertError(
          sent(server, "/v1/load_lora_adapter", Map.of("lora_name", "b", "lora_path", "wrong")),
          400,
          "lora_path",
          "another base");
      Map<String, String> load = Map.of("lora_name", "b", "lora_path", "b");
      HttpResponse<String> loaded = sent(server, "/v1/load_lora_adapter", load);
      assertEquals("Success: LoRA adapter 'b' added successfully.", loaded.body());
      String second = said(server, "b");
      assertNotEquals(plain, second);
      assertNotEquals(first, second);
      Running.assertError(
          sent(server, "/v1/load_lora_adapter", load), 400, "lora_name", "load_inplace");
      Map<String, Object> inPlace =
          Map.of("lora_name", "b", "lora_path", "a", "load_inplace", true);
      assertEquals(200, sent(server, "/v1/load_lora_adapter", inPlace).statusCode());
      assertEquals(first, said(server, "b"));
      for (String taken : List.of("tiny", "best")) {
        Running.assertError(
            sent(server, "/v1/load_lora_adapter", Map.of("lora_name", taken, "lora_path", "b")),
            400,
            "lora_name",
            taken);
      }
      assertEquals(
          "Success: LoRA adapter 'b' removed successfully.",
          sent(server, "/v1/unload_lora_adapter", Map.of("lora_name", "b")).body());
      for (String none : List.of("b", "tiny")) {
        Running.assertError(
            sent(server, "/v1/unload_lora_adapter", Map.of("lora_name", none)),
            404,
            "lora_name",
            none);
      }
      Running.assertError(
          sent(server, "/v1/unload_lora_adapter", Map.of("lora_name", "a")),
          400,
          "lora_name",
          "alias");
    }
  }

  @Test
  void a_sleeping_model_wakes_with_its_adapters_and_says_the_same() throws Exception {
    Path a = adapter("a", 64, 1);
    Path files = TinyModel.write(folder.resolve("m"));
    var sleep = new ServedModels.Sleep(Optional.of(Duration.ofMillis(1)), Long.MAX_VALUE);
    try (Server server =
        Server.start(
            Running.config(folder),
            () -> new ServedModels.Open(LanguageModel.open(files, 1), Optional.empty()),
            beside(false, sleep, a),
            new ByteArrayOutputStream())) {
      String plain = said(server, "tiny");
      String adapted = said(server, "a");
      assertNotEquals(plain, adapted);
      while (!listed(server, "a").at("/meta/is_sleeping").booleanValue()) {
        Thread.onSpinWait();
      }
      assertTrue(
          sent(server, "/metrics", Map.of())
              .body()
              .contains("imago_model_asleep{model=\"tiny\"} 1"));
      assertEquals(adapted, said(server, "a"));
      assertEquals(plain, said(server, "tiny"));
      Running.assertError(
          sent(server, "/v1/load_lora_adapter", Map.of("lora_name", "b", "lora_path", "a")),
          403,
          "",
          "--allow-runtime-lora-updating");
    }
  }

  @Test
  void an_adapter_that_cannot_be_added_keeps_a_server_from_starting() throws Exception {
    Path wrong = adapter("a", 32, 1);
    try (LanguageModel model = LanguageModel.open(TinyModel.write(folder.resolve("m")), 1)) {
      assertThrows(InputException.class, () -> start(model, wrong, ""));
      assertThrows(ConfigException.class, () -> start(model, wrong, "nobody"));
    }
  }

  private void start(LanguageModel model, Path adapter, String of) {
    var beside =
        new ServedModels(
            List.of(),
            Map.of(),
            Map.of(),
            List.of(new ServedModels.Adapter("a", "a", adapter, of)),
            ServedModels.Sleep.NEVER,
            Optional.empty());
    Server.start(
            Running.config(folder), model, Optional.empty(), beside, new ByteArrayOutputStream())
        .close();
  }
}
