package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import dev.imago.tensor.DataType;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.KeyValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An adapter that is added beside its base says what the two say merged.
final class LoraAdapterTest {
  private static final float TOLERANCE = 1e-4f;
  private static final int[] IDS = {5, 70, 9, 200, 33, 12, 90};

  @TempDir Path folder;

  private Path base(ModelShape shape) throws IOException {
    return RandomModelFolder.write(folder.resolve("base"), shape, 3, true);
  }

  /// The adapter as weights that are merged when they are opened: as `imago import` makes it.
  private Path beside(Path adapter) throws IOException {
    Path base = folder.resolve("base");
    for (String name : new String[] {"config.json", "tokenizer.json", "generation_config.json"}) {
      Files.copy(base.resolve(name), adapter.resolve(name));
    }
    return adapter;
  }

  private static float[] scores(LanguageModel model, @Nullable LoraAdapter adapter) {
    try (KeyValues cache =
        model.cache(IDS.length).with(adapter == null ? null : adapter.additions())) {
      return model.step(ForwardBatch.of(cache, IDS)).data();
    }
  }

  private void assertSaysWhatIsMerged(
      ModelShape shape, Predicate<String> modules, String settings, boolean gguf)
      throws IOException {
    Path base = base(shape);
    Path adapter = RandomAdapter.write(folder.resolve("adapter"), shape, 8, modules, settings);
    Path file = base;
    if (gguf) {
      file = folder.resolve("base.gguf");
      GgufExport.write(base, file, ModelCard.named("base"), DataType.F32, _ -> {});
    }
    float[] merged;
    try (LanguageModel model = LanguageModel.open(beside(adapter), 1)) {
      merged = scores(model, null);
    }
    try (LanguageModel model = LanguageModel.open(file, 1)) {
      LoraAdapter own = LoraAdapter.open(adapter, model);
      assertEquals(3, own.rank());
      assertArrayEquals(merged, scores(model, own), TOLERANCE);
      float[] plain = scores(model, null);
      float apart = 0;
      for (int i = 0; i < plain.length; i++) {
        apart = Math.max(apart, Math.abs(plain[i] - merged[i]));
      }
      assertTrue(apart > 100 * TOLERANCE, "the adapter changes nothing: " + apart);
    }
  }

  @Test
  void every_linear_layer_and_the_head_of_a_llama() throws IOException {
    assertSaysWhatIsMerged(
        RandomModelFolder.tiny(2, 64, false),
        module -> module.contains("_proj") || module.equals("lm_head"),
        "\"use_rslora\": true, \"alpha_pattern\": {\"q_proj\": 1, \"layers.1.mlp.up_proj\": 9}",
        false);
  }

  @Test
  void the_same_beside_a_gguf_file_whose_rows_are_in_pairs() throws IOException {
    assertSaysWhatIsMerged(
        RandomModelFolder.tiny(2, 64, true), module -> module.contains("_proj"), "", true);
  }

  @Test
  void some_layers_of_a_gpt2_whose_files_turn_matrices() throws IOException {
    assertSaysWhatIsMerged(
        Architectures.ofDepth("gpt2", 1, 320, 64),
        module -> module.contains("c_attn") || module.contains("c_proj"),
        "\"fan_in_fan_out\": true",
        false);
  }

  @Test
  void each_of_a_step_has_its_own_to_the_bit() throws IOException {
    ModelShape shape = RandomModelFolder.tiny(1, 64, true);
    Path base = base(shape);
    Path a = RandomAdapter.write(folder.resolve("a"), shape, 1, m -> m.contains("_proj"), "");
    Path b = RandomAdapter.write(folder.resolve("b"), shape, 2, m -> m.contains("v_proj"), "");
    try (LanguageModel model = LanguageModel.open(base, 2)) {
      LoraAdapter[] all = {LoraAdapter.open(a, model), null, LoraAdapter.open(b, model)};
      int[] ids = new int[3 * IDS.length];
      KeyValues[] sequences = new KeyValues[ids.length];
      KeyValues[] caches = new KeyValues[3];
      for (int i = 0; i < 3; i++) {
        caches[i] = model.cache(IDS.length).with(all[i] == null ? null : all[i].additions());
      }
      // Side by side, token by token.
      for (int n = 0; n < ids.length; n++) {
        ids[n] = IDS[n / 3];
        sequences[n] = caches[n % 3];
      }
      float[] mixed = model.step(new ForwardBatch(ids, sequences)).data();
      int width = shape.vocabularySize();
      for (int i = 0; i < 3; i++) {
        float[] alone = scores(model, all[i]);
        for (int n = 0; n < IDS.length; n++) {
          int at = (3 * n + i) * width;
          assertArrayEquals(
              Arrays.copyOfRange(alone, n * width, (n + 1) * width),
              Arrays.copyOfRange(mixed, at, at + width));
        }
        caches[i].close();
      }
    }
  }

  @Test
  void what_cannot_be_added_beside_a_base_is_refused_by_name() throws IOException {
    var random = new Random(1);
    HostTensor a = RandomAdapter.tensor(random, 2, 64);
    HostTensor b = RandomAdapter.tensor(random, 64, 2);
    String q = "base_model.model.model.layers.0.self_attn.q_proj";
    Path base = base(RandomModelFolder.tiny(1, 64, true));
    try (LanguageModel model = LanguageModel.open(base, 1)) {
      assertRefused(
          model,
          Map.of(
              q + ".lora_A.weight", a,
              q + ".lora_B.weight", b,
              q + ".lora_magnitude_vector", RandomAdapter.tensor(random, 64)),
          "\"use_dora\": true",
          "use_dora = true gives the rows of «model.layers.0.self_attn.q_proj.weight» lengths");
      assertRefused(
          model,
          Map.of("base_model.model.model.norm.weight", RandomAdapter.tensor(random, 64)),
          "\"modules_to_save\": [\"norm\"]",
          "modules_to_save or bias: «model.norm.weight» is the adapter's own");
      assertRefused(
          model,
          Map.of(
              q + ".lora_A.weight", RandomAdapter.tensor(random, 2, 32), q + ".lora_B.weight", b),
          "",
          "it is for another base, «../base» by its settings; take it with that one");
      Path none = Files.createDirectories(folder.resolve("none"));
      assertThrows(IOException.class, () -> LoraAdapter.open(none, model));
    }
    Path untied =
        RandomModelFolder.write(
            folder.resolve("un"), RandomModelFolder.tiny(1, 64, false), 3, true);
    try (LanguageModel model = LanguageModel.open(untied, 1)) {
      assertRefused(
          model,
          Map.of(
              "base_model.model.model.embed_tokens.lora_embedding_A",
              RandomAdapter.tensor(random, 2, 320),
              "base_model.model.model.embed_tokens.lora_embedding_B",
              b),
          "",
          "«model.embed_tokens.weight» is no linear layer");
    }
  }

  private void assertRefused(
      LanguageModel model, Map<String, HostTensor> tensors, String settings, String why)
      throws IOException {
    Path adapter = RandomAdapter.write(folder.resolve("adapter"), tensors, settings);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> LoraAdapter.open(adapter, model));
    String said = String.valueOf(e.getMessage());
    assertTrue(said.contains(why), said);
    assertEquals(!why.contains("another base"), said.contains("imago import"), said);
  }

  @Test
  void one_of_another_artifact_is_refused_though_its_shape_would_do() throws IOException {
    ModelShape shape = RandomModelFolder.tiny(1, 64, true);
    Path own = RandomModelFolder.write(folder.resolve("a".repeat(64)), shape, 3, true);
    Path other = RandomModelFolder.write(folder.resolve("b".repeat(64)), shape, 4, true);
    Path copy = RandomModelFolder.write(folder.resolve("copy"), shape, 3, true);
    Path adapter = RandomAdapter.write(folder.resolve("c"), shape, 1, m -> m.contains("_proj"), "");
    Path settings = adapter.resolve("adapter_config.json");
    Files.writeString(
        settings, Files.readString(settings).replace("../base", "../" + "a".repeat(64)));
    for (Path good : new Path[] {own, copy}) {
      try (LanguageModel model = LanguageModel.open(good, 1)) {
        assertEquals(3, LoraAdapter.open(adapter, model).rank());
      }
    }
    try (LanguageModel model = LanguageModel.open(other, 1)) {
      String said =
          assertThrows(IllegalArgumentException.class, () -> LoraAdapter.open(adapter, model))
              .toString();
      assertTrue(said.contains(other + ": it is for another base, «../aaaa"), said);
    }
  }

  @Test
  void an_engine_answers_with_it_and_refuses_another_models() throws IOException {
    ModelShape shape = RandomModelFolder.tiny(1, 64, true);
    Path base = base(shape);
    Path a = RandomAdapter.write(folder.resolve("a"), shape, 1, m -> m.contains("_proj"), "");
    try (LanguageModel model = LanguageModel.open(base, 1);
        LanguageModel other = LanguageModel.open(base, 1);
        var engine = new Engine(model, 2, 100, 2, CacheBudget.UNBOUNDED.withPrefixes())) {
      LoraAdapter own = LoraAdapter.open(a, model);
      var request = new Request(Answered.prompt(70, 1), Sampling.greedy(8));
      Answered plain = Answered.read(engine.submit(request));
      Answered adapted = Answered.read(engine.submit(request.withAdapter(own)));
      assertFalse(plain.content().equals(adapted.content()));
      assertEquals(0, adapted.spared().cachedTokens()); // kept apart from the base's
      Answered again = Answered.read(engine.submit(request.withAdapter(own)));
      assertEquals(adapted.content(), again.content());
      assertEquals(69, again.spared().cachedTokens());
      LoraAdapter foreign = LoraAdapter.open(a, other);
      assertThrows(
          IllegalArgumentException.class, () -> engine.submit(request.withAdapter(foreign)));
    }
  }
}
