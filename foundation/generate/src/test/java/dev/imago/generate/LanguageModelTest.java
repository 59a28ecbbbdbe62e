package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.GgufMixture;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.DataType;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class LanguageModelTest {
  @TempDir Path folder;

  private static final int[] IDS = IntStream.range(0, 60).map(i -> 2 + i * 37 % 250).toArray();

  private static float[] scores(LanguageModel model, int... ids) {
    return model.step(ForwardBatch.of(model.cache(ids.length), ids), ids.length - 1).row(0);
  }

  @ParameterizedTest
  @CsvSource({"true,F32,2e-5", "false,F32,2e-5", "true,F16,2e-2", "false,Q8_0,0.6"})
  void a_gguf_file_scores_as_the_folder_that_it_was_made_of(
      boolean tied, DataType type, float tolerance) throws IOException {
    ModelShape config = RandomModelFolder.tiny(3, 64, tied);
    RandomModelFolder.write(folder.resolve("hf"), config, 4, true);
    Path file = folder.resolve("model.gguf");
    GgufExport.write(folder.resolve("hf"), file, ModelCard.named("random"), type, n -> {});
    try (LanguageModel from = LanguageModel.open(folder.resolve("hf"), 1);
        LanguageModel to = LanguageModel.open(folder, 2)) {
      assertEquals(config, from.config());
      assertEquals(config, to.config());
      assertEquals("F32", from.format());
      assertEquals(type.name(), to.format());
      assertEquals(
          Set.of(RandomModelFolder.END_OF_TEXT, RandomModelFolder.END_OF_TURN), to.stopIds());
      assertEquals(from.stopIds(), to.stopIds());
      assertEquals(RandomModelFolder.END_OF_TEXT, to.endOfText());
      assertArrayEquals(scores(from, IDS), scores(to, IDS), tolerance);
      String text = "then there was a river, on the ter-re!\n\n 汉字 123";
      assertArrayEquals(from.tokenizer().encodeOrdinary(text), to.tokenizer().encodeOrdinary(text));
      assertEquals(text, to.tokenizer().decode(to.tokenizer().encodeOrdinary(text)));
    }
  }

  @Test
  void the_same_folder_exports_to_the_same_bytes() throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(1, 64, true), 4, true);
    GgufExport.write(
        folder, folder.resolve("a"), ModelCard.named("random"), DataType.Q8_0, n -> {});
    GgufExport.write(
        folder, folder.resolve("b"), ModelCard.named("random"), DataType.Q8_0, n -> {});
    assertEquals(-1, Files.mismatch(folder.resolve("a"), folder.resolve("b")));
  }

  @Test
  void log_probabilities_are_those_of_the_scores_token_by_token() throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, true), 9, true);
    try (LanguageModel model = LanguageModel.open(folder, 2)) {
      int[] ids = IntStream.range(0, 129).map(i -> 2 + i * 31 % 260).toArray();
      float[] all = model.logProbabilities(ids);
      assertEquals(128, all.length);
      var cache = model.cache(128);
      for (int i = 0; i < 128; i++) {
        CpuActivation step = model.step(ForwardBatch.of(cache, ids[i]));
        double sum = 0;
        for (float score : step.data()) {
          sum += Math.exp(score);
        }
        assertEquals(step.data()[ids[i + 1]] - Math.log(sum), all[i], 1e-5);
      }
      assertThrows(IllegalArgumentException.class, () -> model.logProbabilities(new int[1]));
      assertThrows(IllegalArgumentException.class, () -> model.logProbabilities(new int[130]));
      assertThrows(
          IllegalArgumentException.class, () -> model.logProbabilities(new int[] {1, 99_999}));
      assertThrows(IllegalArgumentException.class, () -> model.logProbabilities(new int[] {-1, 2}));
    }
  }

  @Test
  void shards_score_as_the_whole_file() throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, false), 9, true);
    float[] whole;
    try (LanguageModel model = LanguageModel.open(folder, 1)) {
      whole = scores(model, IDS);
    }
    Path file = folder.resolve("model.safetensors");
    var map = new StringBuilder();
    try (Safetensors all = Safetensors.open(file)) {
      int shard = 0;
      for (var tensor : all.tensors().entrySet()) {
        String name = "model-%05d.safetensors".formatted(++shard);
        var one = new LinkedHashMap<String, HostTensor>();
        one.put(tensor.getKey(), tensor.getValue());
        Safetensors.write(folder.resolve(name), one, Safetensors.FORMAT_PT);
        map.append(map.isEmpty() ? "" : ",")
            .append("\"%s\": \"%s\"".formatted(tensor.getKey(), name));
      }
    }
    Files.delete(file);
    Files.writeString(
        folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + map + "}}");
    try (LanguageModel model = LanguageModel.open(folder, 1)) {
      assertArrayEquals(whole, scores(model, IDS));
    }
    GgufExport.write(
        folder, folder.resolve("model.gguf"), ModelCard.named("random"), DataType.F32, n -> {});
    try (LanguageModel model = LanguageModel.open(folder, 1)) {
      assertArrayEquals(whole, scores(model, IDS), 2e-5f);
    }
  }

  @Test
  void a_type_without_a_kernel_is_told_by_its_name() throws IOException {
    RandomModelFolder.write(folder.resolve("hf"), RandomModelFolder.tiny(1, 64, true), 9, true);
    Path file = folder.resolve("model.gguf");
    GgufExport.write(folder.resolve("hf"), file, ModelCard.named("random"), DataType.Q8_0, n -> {});
    byte[] bytes = Files.readAllBytes(file);
    byte[] name = "blk.0.ffn_up.weight".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    int at = 0;
    while (!Arrays.equals(Arrays.copyOfRange(bytes, at, at + name.length), name)) {
      at++;
    }
    var dimensions = java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    dimensions.putLong(at + name.length + 4, 256).putLong(at + name.length + 12, 24);
    dimensions.putInt(at + name.length + 20, 29);
    Files.write(file, bytes);
    refuses(
        IllegalArgumentException.class,
        "1 tensors are of types that are not read yet, such as «blk.0.ffn_up.weight» of IQ1_M");
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0"})
  void mixed_types_give_the_same_bits_on_any_threads_in_any_pieces_and_company(GgufMixture mixture)
      throws IOException {
    RandomModelFolder.write(folder.resolve("hf"), RandomModelFolder.tiny(3, 256, true), 9, true);
    Path file = folder.resolve("model.gguf");
    ModelCard card = ModelCard.named("random");
    GgufExport.write(folder.resolve("hf"), file, card, mixture, Map.of(), 1, n -> {});
    try (LanguageModel one = LanguageModel.open(folder, 1);
        LanguageModel three = LanguageModel.open(folder, 3);
        LanguageModel exact = LanguageModel.open(folder.resolve("hf"), 2)) {
      assertEquals(mixture.type().name(), one.format());
      float[] whole = one.logProbabilities(IDS);
      assertArrayEquals(whole, three.logProbabilities(IDS));
      float[] last = scores(one, IDS);
      var cache = three.cache(IDS.length);
      var neighbour = three.cache(IDS.length);
      for (int from = 0, piece = 1; from < IDS.length; from += piece, piece = piece % 7 + 1) {
        int[] ids = Arrays.copyOfRange(IDS, from, Math.min(IDS.length, from + piece));
        three.step(ForwardBatch.of(neighbour, ids), 0);
        CpuActivation scores = three.step(ForwardBatch.of(cache, ids), ids.length - 1);
        if (from + piece >= IDS.length) {
          assertArrayEquals(last, scores.row(0));
        }
      }
      float[] lost = exact.divergences(one, IDS);
      double sum = 0;
      for (float nats : lost) {
        assertTrue(nats > -1e-6, nats + " of " + mixture);
        sum += nats;
      }
      assertTrue(
          sum > 0 && sum < 2 * lost.length, sum + " of " + mixture); // random weights amplify
    }
  }

  @Test
  void the_number_of_threads_changes_no_bit() throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, false), 9, true);
    try (LanguageModel one = LanguageModel.open(folder, 1);
        LanguageModel three = LanguageModel.open(folder, 3)) {
      assertArrayEquals(one.logProbabilities(IDS), three.logProbabilities(IDS));
    }
  }

  @Test
  void what_is_missing_or_does_not_fit_is_named() throws IOException {
    refuses(NoSuchFileException.class, "neither model.gguf nor model.safetensors");
    RandomModelFolder.write(folder, RandomModelFolder.tiny(1, 64, true), 9, true);
    Path config = folder.resolve("config.json");
    String json = Files.readString(config);
    Files.writeString(
        config, json.replace("\"num_hidden_layers\" : 1", "\"num_hidden_layers\" : 2"));
    refuses(IllegalArgumentException.class, "no tensor «model.layers.1.");
    Files.writeString(
        config, json.replace("\"intermediate_size\" : 96", "\"intermediate_size\" : 64"));
    refuses(IllegalArgumentException.class, "«model.layers.0.mlp.gate_proj.weight» is F32[96, 64]");
    Files.writeString(config, json.replace("\"llama\"", "\"mamba\""));
    refuses(IllegalArgumentException.class, "model_type = «mamba»");
    Files.write(folder.resolve("model.gguf"), new byte[10]);
    refuses(IOException.class, "model.gguf is broken at byte 0");
  }

  private void refuses(Class<? extends Exception> type, String reason) {
    String message = assertThrows(type, () -> LanguageModel.open(folder, 1)).toString();
    assertTrue(message.contains(reason), message);
  }

  @Test
  void a_tokenizer_too_large_for_its_model_is_refused() throws IOException {
    var vocabulary =
        new GgufVocabulary(RandomModelFolder.tokenizer(), List.of(0), java.util.Optional.empty());
    assertThrows(IllegalArgumentException.class, () -> vocabulary.metadata(200));
    assertEquals(
        RandomModelFolder.tokenizer().merges(),
        GgufVocabulary.read(vocabulary.metadata(300)).tokenizer().merges());
  }
}
