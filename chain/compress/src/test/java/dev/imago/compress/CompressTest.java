package dev.imago.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.imago.model.Specials;
import dev.imago.model.llama.LlamaShape;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompressTest {
  private static final LlamaShape SHAPE = LlamaShape.plain(260, 64, 2, 4, 2, 16, 96, 64, true);

  @TempDir Path folder;

  /// @param outlier a number that is put into every block of one matrix: it takes the eight bits
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
                if (name.contains("up_proj") && i % 32 == 5 && outlier != 0) {
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
    writeTokens(new Random(4).ints(count, 1, vocabularySize).toArray(), vocabularySize);
  }

  private void writeTokens(int[] ids, int vocabularySize) {
    Path tokens = folder.resolve("tokens");
    var header = new TokenShards.Header(vocabularySize, 0);
    TokenShards.writeHeader(tokens, header);
    try (var writer = new TokenShards.Writer(tokens, Split.HELDOUT, header)) {
      if (ids.length > 0) {
        writer.write(ids, ids.length);
      }
    }
  }

  /// What the model itself says, in windows of 65: nothing gives it a lower loss than its own
  /// weights.
  private int[] ownWords(int windows) throws IOException {
    var ids = new ArrayList<Integer>();
    try (LanguageModel model = LanguageModel.open(folder.resolve("model"), 2);
        var engine = new Engine(model, 8, 65)) {
      var answers = new ArrayList<Generation>();
      for (int w = 0; w < windows; w++) {
        Sampling sampling = Sampling.of(64, 1, 1, w);
        answers.add(engine.submit(new Request(new int[] {1 + w}, sampling)));
      }
      for (int w = 0; w < windows; w++) {
        ids.add(1 + w);
        answers
            .get(w)
            .forEachRemaining(
                event -> {
                  if (event instanceof Event.Token(int id, String _)) {
                    ids.add(id);
                  }
                });
      }
    }
    // The end of text comes behind them: one fewer keeps the windows in place.
    return ids.subList(0, windows * 65 - 1).stream().mapToInt(i -> i).toArray();
  }

  private Compress.Outputs run(FakeRun run, Compress.Config config) throws InterruptedException {
    String hash = "1".repeat(64);
    return new Compress()
        .run(
            new Compress.Inputs(
                new Weights(new Ref("weights", hash), folder.resolve("model")),
                new Vocabulary(new Ref("vocabulary", hash), folder.resolve("model")),
                new Tokens(new Ref("tokens", hash), folder.resolve("tokens"))),
            config,
            run);
  }

  @Test
  void both_files_are_smaller_and_open_in_the_runtime_with_nearly_the_same_loss() throws Exception {
    writeModel(0);
    writeTokens(3000, 260);
    var run = new FakeRun(folder.resolve("run"), 2);
    Compress.Outputs out = run(run, new Compress.Config(0.01, 1024));
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
  void the_same_model_gives_the_same_files() throws Exception {
    writeModel(0);
    writeTokens(600, 260);
    Compress.Outputs a = run(new FakeRun(folder.resolve("a"), 2, 1), Compress.Config.defaults());
    Compress.Outputs b = run(new FakeRun(folder.resolve("b"), 2, 2), Compress.Config.defaults());
    for (String file : List.of("f16/model.gguf", "q8/model.gguf")) {
      assertEquals(-1, Files.mismatch(folder.resolve("a/" + file), folder.resolve("b/" + file)));
    }
    assertEquals(a.f16().ref(), b.f16().ref());
  }

  @Test
  void a_loss_past_the_gate_fails_the_link_with_value_and_bound() throws Exception {
    writeModel(30f);
    writeTokens(ownWords(32), 260);
    String message =
        assertThrows(
                InputException.class,
                () -> run(new FakeRun(folder.resolve("run"), 2), new Compress.Config(0.01, 2048)))
            .toString();
    assertTrue(
        message.contains("Q8_0 raises") && message.contains("maxLossIncrease allows 0.01"),
        message);
  }

  @Test
  void what_does_not_belong_together_or_is_broken_is_told() throws Exception {
    writeModel(0);
    writeTokens(600, 300);
    refuses("do not belong together");
    writeTokens(0, 260);
    refuses("hold out more");
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
  void windows_cover_the_whole_of_a_small_holding() throws Exception {
    writeTokens(1000, 260);
    try (TokenShards heldout = TokenShards.open(folder.resolve("tokens"), Split.HELDOUT)) {
      var seen = new java.util.TreeSet<Integer>();
      HeldOutLoss loss = HeldOutLoss.over(heldout, 64, Compress.Config.defaults());
      var last = new int[1];
      HeldOutLoss.Loss measured =
          loss.measure(
              ids -> {
                assertEquals(65, ids.length);
                seen.add(ids[0]);
                last[0] = ids[64];
                float[] logs = new float[64];
                java.util.Arrays.fill(logs, -2f);
                return logs;
              },
              dev.imago.core.Progress.NONE);
      assertEquals(2.0, measured.mean());
      assertEquals(heldout.id(heldout.size() - 1), last[0]);
      assertEquals(16 * 64, measured.tokens());
      assertEquals(0, measured.above(measured).mean());
    }
  }

  @Test
  void settings_that_cannot_be_are_refused() {
    assertThrows(IllegalArgumentException.class, () -> new Compress.Config(-1, 1024));
    assertThrows(IllegalArgumentException.class, () -> new Compress.Config(Double.NaN, 1024));
    assertThrows(IllegalArgumentException.class, () -> new Compress.Config(0.1, 10));
  }
}
