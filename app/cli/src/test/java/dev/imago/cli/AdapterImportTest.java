package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Inventory;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.ModelFolder;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Operations.Pooling;
import dev.imago.tensor.Safetensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Adapters' folders that come in, and those that do not.
final class AdapterImportTest {
  private static final String MODULE = "model.layers.0.self_attn.q_proj";
  private static final String PREFIX = "base_model.model.";

  @TempDir Path folder;
  private Workspace workspace;
  private ModelShape shape;

  @BeforeEach
  void workspace() throws Exception {
    workspace = new Workspace(folder.resolve("ws"));
    shape = Architectures.ofDepth(1, 16, 8);
    base("base", 16, 1f);
  }

  private void base(String name, int vocabulary, float value) throws Exception {
    Path to = Files.createDirectories(folder.resolve(name));
    ModelShape own = Architectures.ofDepth(1, vocabulary, 8);
    Files.writeString(to.resolve("config.json"), own.configJson(new Specials(0, List.of(0))));
    var tensors = new LinkedHashMap<String, HostTensor>();
    own.storedShapes(Form.HUGGING_FACE).forEach((n, s) -> tensors.put(n, filled(value, s)));
    Safetensors.write(to.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
  }

  private static HostTensor filled(float value, long... shape) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    Arrays.fill(values, value);
    return HostTensor.of(values, shape);
  }

  private Path adapter(String fields, Map<String, HostTensor> tensors) throws Exception {
    Path to = Files.createDirectories(folder.resolve("adapter"));
    Files.writeString(
        to.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"],
         "base_model_name_or_path": "../base" %s}
        """
            .formatted(fields));
    Safetensors.write(
        to.resolve("adapter_model.safetensors"),
        new LinkedHashMap<>(tensors),
        Safetensors.FORMAT_PT);
    return to;
  }

  private Parameter query() {
    return shape.parameters().stream()
        .filter(p -> p.name().equals(MODULE + ".weight"))
        .findFirst()
        .orElseThrow();
  }

  private Map<String, HostTensor> lowRank() {
    var tensors = new LinkedHashMap<String, HostTensor>();
    tensors.put(PREFIX + MODULE + ".lora_A.weight", filled(0.5f, 2, query().columns()));
    tensors.put(PREFIX + MODULE + ".lora_B.weight", filled(0.25f, query().rows(), 2));
    return tensors;
  }

  private String told(int exit, String... more) {
    var arguments = new ArrayList<>(List.of("--workspace", workspace.root().toString(), "import"));
    arguments.addAll(List.of(more));
    var told = new ByteArrayOutputStream();
    PrintStream before = System.err;
    try {
      System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
      assertEquals(exit, Imago.execute(arguments.toArray(String[]::new)));
    } finally {
      System.setErr(before);
    }
    return told.toString(StandardCharsets.UTF_8);
  }

  private Ref only() {
    List<Ref> all = workspace.artifacts();
    assertEquals(1, all.size());
    return all.getFirst();
  }

  @Test
  void anAdapterFindsItsBaseIsMergedWhenItIsOpenedAndKeepsTheBase() throws Exception {
    told(0, folder.resolve("base").toString());
    Ref base = only();
    byte[] before =
        Files.readAllBytes(
            workspace.find(base.toString(), Weights.class).folder().resolve("model.safetensors"));
    told(0, adapter("", lowRank()).toString());
    Ref ref = workspace.artifacts().stream().filter(r -> !r.equals(base)).findFirst().orElseThrow();
    Path at = workspace.find(ref.toString(), Weights.class).folder();
    try (ModelFolder model = ModelFolder.open(at)) {
      for (float value : model.tensors().get(query()).toFloats()) {
        assertEquals(1 + 4 / 2.0 * 2 * 0.5 * 0.25, value, 1e-6);
      }
      Parameter other = shape.parameters().getLast();
      for (float value : model.tensors().get(other).toFloats()) {
        assertEquals(1, value);
      }
    }
    assertEquals(List.of(ref), Inventory.of(workspace).dependants(base));
    assertEquals(
        -1,
        Arrays.mismatch(
            before,
            Files.readAllBytes(
                workspace
                    .find(base.toString(), Weights.class)
                    .folder()
                    .resolve("model.safetensors"))));
  }

  @Test
  void anAdapterWithoutItsBaseSaysWhichOneItIs() throws Exception {
    String told = told(2, adapter("", lowRank()).toString());
    assertTrue(told.contains("changes the model «../base», of which there is none here"), told);
    assertTrue(workspace.artifacts().isEmpty());
  }

  @Test
  void anAdapterThatIsBoundToAnotherArtifactIsToldOf() throws Exception {
    told(0, folder.resolve("base").toString());
    Path adapter = adapter("", lowRank());
    Path settings = adapter.resolve("adapter_config.json");
    String own = "../" + "a".repeat(64);
    Files.writeString(settings, Files.readString(settings).replace("../base", own));
    String told = told(0, adapter.toString(), "--base", only().toString());
    assertTrue(told.contains("it was trained on «%s», and is bound to".formatted(own)), told);
  }

  @Test
  void anAdapterOfAnotherBaseIsRefusedWithItsTensor() throws Exception {
    base("other", 32, 1f);
    told(0, folder.resolve("other").toString());
    var tensors = lowRank();
    tensors.put(PREFIX + "lm_head.weight", filled(1, 16, query().columns()));
    String told = told(3, adapter("", tensors).toString(), "--base", only().toString());
    assertTrue(told.contains("is for another base, «../base» by its settings; take it"), told);
    assertEquals(1, workspace.artifacts().size());
  }

  @Test
  void whatWouldChangeTheNumbersAndIsNotComputedIsRefusedByName() throws Exception {
    told(0, folder.resolve("base").toString());
    for (String field :
        List.of(
            "\"layer_replication\": [[0, 1]]",
            "\"use_qalora\": true",
            "\"init_lora_weights\": \"pissa\"",
            "\"lora_bias\": true",
            "\"some_new_method\": 3")) {
      String told = told(3, adapter(", " + field, lowRank()).toString());
      assertTrue(told.contains(field.substring(1, field.indexOf('"', 1))), told);
    }
    String dora = told(3, adapter(", \"use_dora\": true", lowRank()).toString());
    assertTrue(dora.contains("has no lengths of rows"), dora);
    var half = lowRank();
    half.remove(PREFIX + MODULE + ".lora_B.weight");
    String alone = told(3, adapter("", half).toString());
    assertTrue(alone.contains("without what belongs beside it"), alone);
    assertEquals(1, workspace.artifacts().size());
  }

  @Test
  void oneOfTwoTiedMatricesIsNotChangedAlone() throws Exception {
    told(0, folder.resolve("base").toString());
    assertTrue(shape.parameters().stream().anyMatch(Parameter::tied));
    var tensors = lowRank();
    tensors.put(
        PREFIX + "model.embed_tokens.lora_embedding_A", filled(1, 2, shape.vocabularySize()));
    tensors.put(PREFIX + "model.embed_tokens.lora_embedding_B", filled(1, shape.width(), 2));
    String told = told(3, adapter("", tensors).toString());
    assertTrue(told.contains("tie_word_embeddings = false"), told);
  }

  /// What PEFT calls the tasks, and a last layer that was not saved.
  @Test
  void theTaskTellsTheLastLayer() throws Exception {
    told(0, folder.resolve("base").toString());
    var tensors = new LinkedHashMap<String, HostTensor>();
    lowRank().forEach((n, t) -> tensors.put(n.replace(".model.layers", ".transformer.layers"), t));
    tensors.put(PREFIX + "qa_outputs.weight", filled(2, 2, shape.width()));
    tensors.put(PREFIX + "qa_outputs.bias", filled(3, 2));
    assertEquals(new Output.Span(), opened("QUESTION_ANS", tensors));
    assertEquals(new Output.Embedding(Pooling.MEAN), opened("FEATURE_EXTRACTION", lowRank()));
    for (String task : List.of("SEQ_CLS", "TOKEN_CLS")) {
      String told =
          told(3, adapter(", \"task_type\": \"%s\"".formatted(task), lowRank()).toString());
      assertTrue(told.contains("has no last layer for them, nor has the base"), told);
    }
  }

  private Output opened(String task, Map<String, HostTensor> tensors) throws Exception {
    told(0, adapter(", \"task_type\": \"%s\"".formatted(task), tensors).toString());
    Path at =
        workspace.artifacts().stream()
            .map(r -> workspace.find(r.toString(), Weights.class).folder())
            .filter(f -> Files.exists(f.resolve("adapter_config.json")))
            .filter(f -> read(f.resolve("adapter_config.json")).contains(task))
            .findFirst()
            .orElseThrow();
    try (ModelFolder model = ModelFolder.open(at)) {
      return model.shape().output();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aHeadOfItsOwnGivesTheModelLabels() throws Exception {
    told(0, folder.resolve("base").toString());
    var tensors = lowRank();
    tensors.put(PREFIX + "score.weight", filled(2, 3, shape.width()));
    told(0, adapter(", \"task_type\": \"SEQ_CLS\"", tensors).toString());
    Path at =
        workspace.artifacts().stream()
            .map(r -> workspace.find(r.toString(), Weights.class).folder())
            .filter(f -> Files.exists(f.resolve("adapter_config.json")))
            .findFirst()
            .orElseThrow();
    try (ModelFolder model = ModelFolder.open(at)) {
      assertEquals(List.of("LABEL_0", "LABEL_1", "LABEL_2"), model.shape().output().names());
      assertTrue(model.shape().output() instanceof Output.Classes);
      float[] head = model.tensors().get(model.shape().parameters().getLast()).toFloats();
      assertEquals(2, head[0]);
    }
    assertFalse(Files.exists(at.resolve("model.safetensors")));
  }
}
