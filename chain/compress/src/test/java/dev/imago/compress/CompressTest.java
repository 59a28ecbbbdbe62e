// Past 400 lines: one small model, and each way in which its files are written, gated or refused.
package dev.imago.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.Generation;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.model.Form;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelCardText;
import dev.imago.model.ModelFolder;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.model.llama.LlamaShape;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompressTest {
  private static final LlamaShape SHAPE = LlamaShape.plain(260, 64, 2, 4, 2, 16, 96, 64, true);

  @TempDir Path folder;

  /// @param outlier a number that is put into every block of the matrices: it takes the eight bits
  ///   from the others
  private void writeModel(float outlier) throws IOException {
    var random = new Random(2);
    var tensors = new LinkedHashMap<String, HostTensor>();
    SHAPE
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (name, shape) -> {
              float[] values =
                  new float[(int) (shape.length == 1 ? shape[0] : shape[0] * shape[1])];
              for (int i = 0; i < values.length; i++) {
                values[i] = shape.length == 1 ? 1 : 0.1f * (float) random.nextGaussian();
                if (name.contains("proj") && i % 32 == 5 && outlier != 0) {
                  values[i] = outlier;
                }
              }
              tensors.put(name, HostTensor.of(values, shape));
            });
    Path model = Files.createDirectories(folder.resolve("model"));
    Safetensors.write(model.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    var specials = new Specials(0, List.of(0));
    String config = SHAPE.configJson(specials);
    Files.writeString(
        model.resolve("config.json"),
        config.replace("\"eos_token_id\" : 0", "\"eos_token_id\" : null"));
    List<String> tokens = new ArrayList<>(List.of("<|endoftext|>"));
    for (int i = 1; i < 260; i++) {
      tokens.add(String.valueOf((char) (0x100 + i)));
    }
    Files.write(
        model.resolve("tokenizer.json"),
        Tokenizer.fromVocabulary(SplitPattern.QWEN2, tokens, List.of(), Set.of(0)).toJson());
  }

  private void writeTokens(int count, int vocabularySize) {
    writeTokens(
        count == 0 ? List.of() : List.of(new Random(4).ints(count, 1, vocabularySize).toArray()),
        vocabularySize);
  }

  private void writeTokens(List<int[]> documents, int vocabularySize) {
    Path tokens = folder.resolve("tokens");
    var header = new TokenShards.Header(vocabularySize, 0);
    TokenShards.writeHeader(tokens, header);
    try (var writer = new TokenShards.Writer(tokens, Split.HELDOUT, header)) {
      for (int[] ids : documents) {
        writer.write(ids, ids.length);
      }
    }
  }

  /// What the model itself says: nothing gives it a lower loss than its own weights.
  private List<int[]> ownWords(int documents) throws IOException {
    return ownWords("model", documents);
  }

  private List<int[]> ownWords(String of, int documents) throws IOException {
    var said = new ArrayList<int[]>();
    try (LanguageModel model = LanguageModel.open(folder.resolve(of), 2);
        var engine = new Engine(model, 8, 65)) {
      for (int d = 0; d < documents; d++) {
        Generation answer = engine.submit(new Request(new int[] {1 + d}, Sampling.of(63, 1, 1, d)));
        var ids = new ArrayList<>(List.of(1 + d));
        answer.forEachRemaining(
            event -> {
              if (event instanceof Event.Token(int id, String _, var _)) {
                ids.add(id);
              }
            });
        said.add(ids.stream().mapToInt(i -> i).toArray());
      }
    }
    return said;
  }

  private Compress.Outputs run(FakeRun run, Compress.Config config) throws InterruptedException {
    return run(run, config, List.of());
  }

  private Compress.Outputs run(FakeRun run, Compress.Config config, List<Weights> pruned)
      throws InterruptedException {
    return run(run, config, "model", pruned);
  }

  private Compress.Outputs run(
      FakeRun run, Compress.Config config, String tuned, List<Weights> pruned)
      throws InterruptedException {
    String hash = "1".repeat(64);
    return new Compress()
        .run(
            new Compress.Inputs(
                new Weights(new Ref("weights", hash), folder.resolve(tuned)),
                new Vocabulary(new Ref("vocabulary", hash), folder.resolve("model")),
                new Tokens(new Ref("tokens", hash), folder.resolve("tokens")),
                pruned),
            config,
            run);
  }

  @Test
  void both_files_are_smaller_and_open_in_the_runtime_with_nearly_the_same_loss() throws Exception {
    writeModel(0);
    writeTokens(3000, 260);
    var run = new FakeRun(folder.resolve("run"), 2);
    Compress.Outputs out = run(run, config(0.01, 1024));
    Path f16 = out.f16().folder().resolve("model.gguf");
    Path q8 = out.q8().folder().resolve("model.gguf");
    long original = Files.size(folder.resolve("model/model.safetensors"));
    assertTrue(Files.size(f16) < 0.6 * original);
    assertTrue(Files.size(q8) < 0.4 * original);
    try (LanguageModel a = LanguageModel.open(out.f16().folder(), 1);
        LanguageModel b = LanguageModel.open(out.q8().folder(), 1)) {
      assertEquals("F16", a.format());
      assertEquals("Q8_0", b.format());
      assertEquals(SHAPE, b.config());
    }
    String table = run.tables().firstEntry().toString();
    assertTrue(table.startsWith("Compressed, on 1,024 held-out tokens"), table);
    assertTrue(table.contains("F32") && table.contains("Q8_0"), table);
  }

  @Test
  void the_same_model_gives_the_same_files_and_is_called_imago() throws Exception {
    writeModel(0);
    writeTokens(600, 260);
    Compress.Outputs a = run(new FakeRun(folder.resolve("a"), 2, 1), Compress.Config.defaults());
    Compress.Outputs b = run(new FakeRun(folder.resolve("b"), 2, 2), Compress.Config.defaults());
    for (String file : List.of("f16/model.gguf", "q8/model.gguf")) {
      assertEquals(-1, Files.mismatch(folder.resolve("a/" + file), folder.resolve("b/" + file)));
    }
    assertEquals(a.f16().ref(), b.f16().ref());
    ModelCard card = LanguageModel.card(a.q8().folder());
    assertEquals("imago", card.name(), "without a card");
    assertEquals(SHAPE.parameterCount(), card.parameters());
  }

  @Test
  void a_loss_past_the_gate_fails_the_link_with_value_and_bound() throws Exception {
    writeModel(30f);
    writeTokens(ownWords(64), 260);
    String message =
        assertThrows(
                InputException.class,
                () -> run(new FakeRun(folder.resolve("run"), 2), config(0.001, 1 << 12)))
            .toString();
    assertTrue(
        message.contains("Q8_0 raises") && message.contains("maxLossIncrease allows 0.001"),
        message);
  }

  /// An adapter of `model` that adds a number to one column of every 32.
  private void writeAdapter(float number) throws IOException {
    var tensors = new LinkedHashMap<String, HostTensor>();
    for (Parameter p : SHAPE.parameters()) {
      if (p.isMatrix() && p.name().contains("proj")) {
        String module = "base_model.model." + p.name().replaceFirst("\\.weight$", "");
        float[] a = new float[p.columns()];
        float[] b = new float[p.rows()];
        for (int i = 5; i < a.length; i += 32) {
          a[i] = number;
        }
        Arrays.fill(b, 1);
        tensors.put(module + ".lora_A.weight", HostTensor.of(a, 1, a.length));
        tensors.put(module + ".lora_B.weight", HostTensor.of(b, b.length, 1));
      }
    }
    Path to = Files.createDirectories(folder.resolve("adapter"));
    Safetensors.write(to.resolve("adapter_model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(
        to.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "task_type": "CAUSAL_LM",
         "target_modules": "all-linear", "base_model_name_or_path": "../model"}
        """);
    for (String file : List.of("config.json", "tokenizer.json")) {
      Files.copy(folder.resolve("model").resolve(file), to.resolve(file));
    }
  }

  @Test
  void an_adapter_is_merged_where_the_gate_lets_it_and_its_base_keeps_every_bit() throws Exception {
    writeModel(0);
    writeAdapter(0.05f);
    writeTokens(3000, 260);
    Path base = folder.resolve("model/model.safetensors");
    byte[] before = Files.readAllBytes(base);
    var run = new FakeRun(folder.resolve("run"), 2);
    run(run, config(0.01, 1024), "adapter", List.of());
    String notes = run.notes().toString();
    assertTrue(
        notes.matches(
            "(?s).*of what the adapter changes.*: F16 [0-9.]+ %, Q8_0 [0-9.]+ %, BF16 [0-9.]+ %.*"),
        notes);
    assertTrue(run.tables().firstEntry().toString().contains("Q8_0"));
    assertArrayEquals(before, Files.readAllBytes(base));
    try (ModelFolder merged = ModelFolder.open(folder.resolve("adapter"));
        ModelFolder without = ModelFolder.open(folder.resolve("model"))) {
      int changed = 0;
      for (Parameter p : merged.shape().parameters()) {
        float[] with = merged.tensors().get(p).toFloats();
        changed += Arrays.equals(with, without.tensors().get(p).toFloats()) ? 0 : 1;
      }
      assertEquals(14, changed, "all that it adds to");
    }
  }

  @Test
  void an_adapter_that_the_merged_format_rounds_away_is_refused() throws Exception {
    writeModel(0);
    writeAdapter(30);
    writeTokens(ownWords("adapter", 64), 260);
    var run = new FakeRun(folder.resolve("run"), 2);
    String message =
        assertThrows(
                InputException.class, () -> run(run, config(0.001, 1 << 12), "adapter", List.of()))
            .toString();
    assertTrue(
        message.contains("Q8_0 raises") && message.contains("maxLossIncrease allows 0.001"),
        message);
    // Without the adapter the same gate lets it through.
    writeTokens(ownWords(64), 260);
    run(new FakeRun(folder.resolve("without"), 2), config(0.001, 1 << 12));
  }

  @Test
  void what_does_not_belong_together_or_is_broken_is_told() throws Exception {
    writeModel(0);
    writeTokens(600, 300);
    refuses("do not belong together");
    writeTokens(0, 260);
    refuses("hold out a larger share");
    Path weights = folder.resolve("model/model.safetensors");
    Files.write(weights, java.util.Arrays.copyOf(Files.readAllBytes(weights), 9000));
    refuses("is broken at byte 9000");
  }

  private void refuses(String reason) {
    String message =
        assertThrows(
                InputException.class,
                () -> run(new FakeRun(folder.resolve("run"), 2), Compress.Config.defaults()))
            .toString();
    assertTrue(message.contains(reason), message);
  }

  @Test
  void files_say_what_the_model_is_and_carry_the_name_that_they_are_given() throws Exception {
    writeModel(0);
    writeTokens(600, 260);
    var reading =
        new ModelCard.Reading(
            12, 3_400_000, 900_000, 2_000_000, 42, Map.of("zh", 3_400_000L), Map.of("prose", 12L));
    ModelCard card =
        ModelCard.of(reading, 1, "床前明月光").tuned(new ModelCard.Tuning(500, 1000), "续写：床前");
    Files.writeString(
        folder.resolve("model").resolve(ModelCardText.FILE),
        ModelCardText.write(card, "transformers"));
    var config = new Compress.Config(1, 1024, List.of(), "", 0, "imago-诗", "", "");
    Compress.Outputs out = run(new FakeRun(folder.resolve("run"), 2), config);
    Path alone = folder.resolve("elsewhere.gguf");
    Files.move(out.q8().folder().resolve("model.gguf"), alone);
    ModelCard read = LanguageModel.card(alone);
    assertEquals(card.called("imago-诗", "", ""), read);
    assertEquals("续写：床前", read.hint());
    try (Gguf file = Gguf.open(alone)) {
      assertEquals(new GgufValue.Text("imago-诗"), file.metadata().get("general.name"));
      assertEquals(new GgufValue.Texts(List.of("zh")), file.metadata().get("general.languages"));
      assertEquals(
          new GgufValue.Text(read.description()), file.metadata().get("general.description"));
    }
    String readme = Files.readString(out.f16().folder().resolve(ModelCardText.FILE));
    assertTrue(readme.contains("\n# imago-诗\n") && readme.contains("library_name: gguf"), readme);
  }

  private static Compress.Config config(double maxLossIncrease, int evaluateTokens) {
    return new Compress.Config(maxLossIncrease, evaluateTokens, List.of(), "", 0, "", "", "");
  }

  private static Compress.Config formats(String target, int importance, String... formats) {
    return new Compress.Config(10, 1024, List.of(formats), target, importance, "", "", "");
  }

  private void writeTraining() {
    Path tokens = folder.resolve("tokens");
    try (var writer = new TokenShards.Writer(tokens, Split.TRAIN, new TokenShards.Header(260, 0))) {
      int[] ids = new Random(5).ints(2000, 1, 260).toArray();
      writer.write(ids, ids.length);
    }
  }

  @Test
  void every_format_is_measured_in_one_table_and_the_smallest_that_passes_is_chosen()
      throws Exception {
    writeModel(0);
    writeTokens(3000, 260);
    writeTraining();
    var run = new FakeRun(folder.resolve("run"), 2);
    Compress.Outputs out = run(run, formats("", 500, "Q6_K", "q5_k_m", "Q4_K_M", "Q4_0"));
    String table = run.tables().firstEntry().toString();
    for (String format : List.of("F32", "F16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0 ✓")) {
      assertTrue(table.contains(format), table);
    }
    try (Gguf chosen = Gguf.open(out.chosen().folder().resolve("model.gguf"))) {
      assertEquals(GgufValue.u32(2), chosen.metadata().get("general.file_type"));
      assertEquals("Q4_0", chosen.tensor("blk.0.ffn_up.weight").type().name());
      assertEquals("Q8_0", chosen.tensor("token_embd.weight").type().name());
    }
    try (LanguageModel model = LanguageModel.open(out.chosen().folder(), 1);
        LanguageModel exact = LanguageModel.open(out.f16().folder(), 1)) {
      int[] ids = {5, 9, 200, 17};
      assertEquals(0, exact.divergences(exact, ids)[1], 1e-9);
      assertTrue(exact.divergences(model, ids)[1] > 1e-6);
    }
  }

  @Test
  void a_target_takes_the_lowest_loss_that_fits_or_says_what_is_the_smallest() throws Exception {
    writeModel(0);
    writeTokens(ownWords(16), 260);
    var run = new FakeRun(folder.resolve("run"), 2);
    Compress.Outputs all = run(run, formats("1GB", 0));
    long most = Files.size(all.f16().folder().resolve("model.gguf"));
    assertTrue(run.tables().firstEntry().toString().contains("Q4_K_M"));
    var less = new FakeRun(folder.resolve("less"), 2);
    Compress.Outputs out = run(less, formats(most - 1 + "", 0));
    assertEquals(out.q8().ref().hash(), out.chosen().ref().hash(), less.tables().toString());
    String message =
        assertThrows(
                InputException.class,
                () -> run(new FakeRun(folder.resolve("none"), 2), formats("20kB", 0)))
            .toString();
    assertTrue(message.contains("target = 0.0 MB, and the smallest file, of Q4_0"), message);
  }

  @Test
  void a_pruned_model_and_graphs_stand_in_the_table_and_the_smallest_that_passes_is_chosen()
      throws Exception {
    writeModel(0);
    writeTokens(3000, 260);
    Weights whole = new Weights(new Ref("weights", "1".repeat(64)), folder.resolve("model"));
    Weights pruned =
        new Prune()
            .run(
                new Prune.Inputs(whole, Optional.empty()),
                new Prune.Config("rows", 0.5, 256),
                new FakeRun(folder.resolve("prune"), 1))
            .pruned();
    Path config = pruned.folder().resolve("config.json");
    String less =
        Files.readString(config).replaceAll("(\"max_position_embeddings\" : )\\d+", "$124");
    Files.writeString(config, less); // it sees fewer tokens at once: all are measured on as many
    var run = new FakeRun(folder.resolve("run"), 2);
    Compress.Outputs out = run(run, formats("", 0, "onnx", "ONNX-int8"), List.of(pruned));
    String table = run.tables().firstEntry().toString();
    for (String row :
        List.of("F16,", "Q8_0 of weights/", "onnx,", "onnx-int8,", "onnx-int8 of weights/")) {
      assertTrue(table.contains(row), table);
    }
    assertTrue(table.contains("✓") && !table.contains("onnx-int8 ✓"), table);
    try (LanguageModel model = LanguageModel.open(out.chosen().folder(), 1)) {
      assertTrue(model.config().parameterCount() < SHAPE.parameterCount(), table);
    }
    String whereSmall = run.notes().toString();
    assertTrue(whereSmall.contains("is the smallest within the bounds"), whereSmall);
  }

  @Test
  void settings_that_would_change_nothing_or_name_nothing_are_refused() {
    refused("formats: «Q3_K_M» is no format that is written; F32, F16, Q8_0", "", 0, "Q3_K_M");
    refused("target = «much» is no size", "much", 0);
    refused("importanceTokens = 9 would change nothing", "", 9);
    refused("importanceTokens = 9 would change nothing", "", 9, "Q8_0");
    assertEquals(1_500_000_000L, FileSize.parse("target", "1.5 GB"));
    assertEquals(100L << 20, FileSize.parse("target", "100MiB"));
  }

  private static void refused(String reason, String target, int importance, String... formats) {
    String message =
        assertThrows(RuntimeException.class, () -> formats(target, importance, formats))
            .getMessage();
    assertTrue(message.contains(reason), message);
  }

  @Test
  void settings_that_cannot_be_are_refused() {
    assertThrows(ConfigException.class, () -> config(-1, 1024));
    assertThrows(ConfigException.class, () -> config(Double.NaN, 1024));
    assertThrows(ConfigException.class, () -> config(0.1, 10));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Compress.Config(0.1, 1024, List.of(), "", 0, "x".repeat(201), "", ""));
  }
}
