package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.ModelCard;
import dev.imago.model.Specials;
import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.DataType;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KeyValues;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Our runtime against transformers (`IMAGO_PEERS`: a Python that has it) and against llama.cpp
/// (`IMAGO_NODE_PEERS`: a folder with node-llama-cpp installed).
@Tag("conformance")
final class PeersConformanceTest {
  @TempDir Path folder;

  private static String environment(String name, String what) {
    String value = System.getenv(name);
    Assumptions.assumeTrue(value != null, "skipped: " + name + " does not name " + what);
    return String.valueOf(value);
  }

  private static String run(List<String> command, Path where, String input) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .directory(where.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertEquals(0, process.waitFor(), command + " failed: " + text);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return text;
  }

  private static Path shared() {
    String shared = System.getenv("IMAGO_SHARED");
    Path folder =
        shared == null
            ? Path.of(System.getProperty("imago.root"), "..", "shared")
            : Path.of(shared);
    Assumptions.assumeTrue(
        Files.exists(folder.resolve("peers")), "skipped: no shared/peers beside the repository");
    return folder.resolve("peers").normalize().toAbsolutePath();
  }

  private static List<Integer> ids(String json) {
    var ids = new ArrayList<Integer>();
    for (String id : json.replaceAll("[\\[\\]\\s]", "").split(",")) {
      ids.add(Integer.valueOf(id));
    }
    return ids;
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama-gqa", "llama-rope3", "qwen2", "gpt2"})
  void scores_equal_transformers(String family) throws IOException {
    String python = environment("IMAGO_PEERS", "a Python with the peers");
    run(List.of(python, shared().resolve("hf_checkpoint.py").toString(), family, "."), folder, "");
    String vocabulary = new String(RandomModelFolder.tokenizer().toJson(), StandardCharsets.UTF_8);
    Files.writeString(folder.resolve("tokenizer.json"), vocabulary);
    Path file = folder.resolve("f32.gguf");
    GgufExport.write(folder, file, ModelCard.named(family), DataType.F32, n -> {});
    Path half = folder.resolve("f16.gguf");
    GgufExport.write(folder, half, ModelCard.named(family), DataType.F16, n -> {});
    try (Safetensors expected = Safetensors.open(folder.resolve("expected.safetensors"));
        LanguageModel safetensors = LanguageModel.open(folder, 2);
        LanguageModel gguf = LanguageModel.open(file, 2);
        LanguageModel halves = LanguageModel.open(half, 2)) {
      int[] ids =
          Arrays.stream(expected.tensor("input_ids").toLongs())
              .limit(16)
              .mapToInt(Math::toIntExact)
              .toArray();
      float[] logits = Arrays.copyOf(expected.tensor("logits").toFloats(), 16 * 320);
      // Scores reach about 6: single precision, then the rounding of weights to 11 bits.
      assertArrayEquals(logits, scores(safetensors, ids), 2e-5f);
      assertArrayEquals(logits, scores(gguf, ids), 2e-5f);
      assertArrayEquals(logits, scores(halves, ids), 2e-2f);
    }
  }

  @Test
  void an_adapter_of_peft_says_beside_its_base_what_it_says_there() throws IOException {
    String python = environment("IMAGO_PEERS", "a Python with the peers");
    Path script =
        Path.of(System.getProperty("imago.root"), "conformance", "adapters.py").toAbsolutePath();
    run(List.of(python, script.toString(), "make", folder.toString()), folder, "");
    List<Path> made;
    try (var listed = Files.list(folder)) {
      made = listed.sorted().toList();
    }
    assertEquals(6, made.size());
    for (Path each : made) {
      try (Safetensors expected = Safetensors.open(each.resolve("expected.safetensors"));
          LanguageModel model = LanguageModel.open(each.resolve("base"), 2)) {
        LoraAdapter adapter = LoraAdapter.open(each.resolve("adapter"), model);
        int rows = (int) expected.tensor("ids").shape()[0];
        long[] all = expected.tensor("ids").toLongs();
        int[] ids = new int[all.length];
        KeyValues[] sequences = new KeyValues[all.length];
        for (int row = 0; row < rows; row++) {
          int length = all.length / rows;
          KeyValues own = model.cache(length).with(adapter.additions());
          for (int i = row * length; i < (row + 1) * length; i++) {
            ids[i] = Math.toIntExact(all[i]);
            sequences[i] = own;
          }
        }
        float[] scores = model.step(new ForwardBatch(ids, sequences)).data();
        float[] told = expected.tensor("logits").toFloats();
        float apart = 0;
        for (int i = 0; i < told.length; i++) {
          apart = Math.max(apart, Math.abs(told[i] - scores[i]));
        }
        System.out.printf("%s: %.1e apart%n", each.getFileName(), apart);
        assertArrayEquals(told, scores, 1e-4f, each.toString());
      }
    }
  }

  private static float[] scores(LanguageModel model, int[] ids) {
    CpuActivation all = model.step(ForwardBatch.of(model.cache(ids.length), ids));
    return Arrays.copyOf(all.data(), all.rows() * all.columns());
  }

  @Test
  void transformers_loads_the_config_that_we_write() throws IOException {
    String python = environment("IMAGO_PEERS", "a Python with the peers");
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, true), 5, true);
    int[] prompt = {5, 80, 120, 33, 260};
    String script =
        """
        import torch, json
        from transformers import AutoModelForCausalLM
        m = AutoModelForCausalLM.from_pretrained(".", dtype=torch.float32).eval()
        assert type(m).__name__ == "LlamaForCausalLM" and m.generation_config.eos_token_id == [0, 1]
        m.generation_config.eos_token_id = None
        ids = torch.tensor([%s])
        print(m.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=32, min_new_tokens=32, do_sample=False, pad_token_id=0)[0, 5:].tolist())
        """
            .formatted(Arrays.toString(prompt));
    List<Integer> theirs = ids(run(List.of(python, "-c", script), folder, ""));
    assertEquals(theirs, greedy(folder, prompt, 32));
  }

  /// The greedy continuation, past any id that would end an answer.
  private static List<Integer> greedy(Path path, int[] prompt, int count) throws IOException {
    var answer = new ArrayList<Integer>();
    try (LanguageModel model = LanguageModel.open(path, 2)) {
      var cache = model.cache(prompt.length + count);
      CpuActivation scores = model.step(ForwardBatch.of(cache, prompt), prompt.length - 1);
      while (true) {
        answer.add(Sampler.likeliest(scores.data()));
        if (answer.size() == count) {
          return answer;
        }
        scores = model.step(ForwardBatch.of(cache, answer.getLast()), 0);
      }
    }
  }

  /// How far below our likeliest token the peer's choice ever is, along the peer's own answer.
  private static float largestRegret(Path path, int[] prompt, List<Integer> answer)
      throws IOException {
    float regret = 0;
    try (LanguageModel model = LanguageModel.open(path, 2)) {
      var cache = model.cache(prompt.length + answer.size());
      CpuActivation scores = model.step(ForwardBatch.of(cache, prompt), prompt.length - 1);
      for (int id : answer) {
        float best = scores.data()[Sampler.likeliest(scores.data())];
        regret = Math.max(regret, best - scores.data()[id]);
        scores = model.step(ForwardBatch.of(cache, id), 0);
      }
    }
    return regret;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void llama_cpp_continues_as_we_do_and_gives_the_same_token_ids(boolean tied) throws IOException {
    Path llama = Path.of(environment("IMAGO_NODE_PEERS", "a folder with node-llama-cpp"));
    Path script = llama.resolve("llama_cpp.mjs");
    if (!Files.exists(script)) {
      Files.copy(shared().resolve("llama_cpp.mjs"), script);
    }
    Path hf =
        RandomModelFolder.write(
            folder.resolve("hf"), RandomModelFolder.tiny(3, 64, tied), 6, false);
    int[] prompt = {5, 80, 120, 33, 260, 7, 7, 90};
    for (DataType type : List.of(DataType.F32, DataType.F16, DataType.Q8_0)) {
      Path file = folder.resolve(type + ".gguf");
      GgufExport.write(hf, file, ModelCard.named("random"), type, n -> {});
      var command =
          new ArrayList<>(List.of("node", script.toString(), "greedy", file.toString(), "32"));
      Arrays.stream(prompt).forEach(id -> command.add(String.valueOf(id)));
      List<Integer> theirs = ids(run(command, llama, ""));
      assertTrue(!theirs.isEmpty(), "llama.cpp answers nothing");
      // llama.cpp keeps keys and values in half precision, and rounds activations to the precision
      // of the weights; scores here spread over about 6, and random weights make near ties.
      float tolerance = type == DataType.Q8_0 ? 0.5f : 0.02f;
      float regret = largestRegret(file, prompt, theirs);
      assertTrue(regret <= tolerance, type + ": " + regret + " below the likeliest");
    }
    Tokenizer tokenizer = RandomModelFolder.tokenizer();
    var random = new Random(8);
    for (int i = 0; i < 12; i++) {
      var text = new StringBuilder("then there's a river, on the shore\n\n");
      random.ints(60, 32, i % 2 == 0 ? 127 : 0x2000).forEach(text::appendCodePoint);
      text.append(" the end. DON'T\t12345 \u6c49\u5b57 e\u0301 \ud83d\ude00  ");
      List<Integer> theirs =
          ids(
              run(
                  List.of("node", script.toString(), "ids", folder.resolve("F16.gguf").toString()),
                  llama,
                  text.toString()));
      assertEquals(
          theirs, Arrays.stream(tokenizer.encodeOrdinary(text.toString())).boxed().toList());
    }
  }

  @Test
  void the_config_that_transformers_writes_reads_as_ours() throws IOException {
    String python = environment("IMAGO_PEERS", "a Python with the peers");
    run(
        List.of(python, shared().resolve("hf_checkpoint.py").toString(), "llama-gqa", "."),
        folder,
        "");
    String json = Files.readString(folder.resolve("config.json"));
    var read = Architectures.read(json);
    assertEquals(read, Architectures.read(read.configJson(new Specials(2, List.of(2)))));
  }
}
