package dev.imago.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.PoolingFile;
import dev.imago.model.Architectures;
import dev.imago.model.Dropout;
import dev.imago.model.Form;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.model.bert.BertShape;
import dev.imago.model.llama.LlamaShape;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations.Pooling;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PruneTest {
  private static final LlamaShape SHAPE = LlamaShape.plain(64, 32, 3, 4, 2, 8, 64, 64, true);

  @TempDir Path folder;

  /// A model whose middle layer does nothing.
  @BeforeEach
  void writeModel() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    var random = new Random(5);
    var tensors = new LinkedHashMap<String, HostTensor>();
    SHAPE
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (name, shape) -> {
              int size = (int) (shape.length == 1 ? shape[0] : shape[0] * shape[1]);
              boolean idle = name.matches("model.layers.1.*(o_proj|down_proj).weight");
              float[] values = new float[size];
              for (int i = 0; i < size; i++) {
                values[i] = idle ? 0 : shape.length == 1 ? 1 : (float) random.nextGaussian() / 4;
              }
              tensors.put(name, HostTensor.of(values, shape));
            });
    Safetensors.write(model.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(model.resolve("config.json"), SHAPE.configJson(new Specials(0, List.of(0))));
    List<String> tokens = new ArrayList<>(List.of("<|endoftext|>"));
    for (int i = 1; i < 64; i++) {
      tokens.add(String.valueOf((char) (0x100 + i)));
    }
    Files.write(
        model.resolve("tokenizer.json"),
        Tokenizer.fromVocabulary(SplitPattern.QWEN2, tokens, List.of(), Set.of(0)).toJson());
    Path shards = folder.resolve("tokens");
    var header = new TokenShards.Header(64, 0);
    TokenShards.writeHeader(shards, header);
    for (Split split : Split.values()) {
      try (var writer = new TokenShards.Writer(shards, split, header)) {
        int[] ids = random.ints(600, 1, 64).toArray();
        writer.write(ids, ids.length);
      }
    }
  }

  private Path run(Prune.Config config, boolean text, FakeRun run) throws Exception {
    String hash = "1".repeat(64);
    var inputs =
        new Prune.Inputs(
            new Weights(new Ref("weights", hash), folder.resolve("model")),
            text
                ? Optional.of(new Tokens(new Ref("tokens", hash), folder.resolve("tokens")))
                : Optional.empty());
    return new Prune().run(inputs, config, run).pruned().folder();
  }

  private static float[] said(Path model) throws IOException {
    try (LanguageModel opened = LanguageModel.open(model, 1)) {
      return opened.logProbabilities(new int[] {3, 9, 27, 17, 51});
    }
  }

  @Test
  void the_layer_without_which_the_loss_is_least_goes() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 1);
    Path made = run(new Prune.Config("layers", 0.34, 256), true, run);
    assertArrayEquals(said(folder.resolve("model")), said(made), 1e-5f);
    assertTrue(Files.readString(made.resolve("config.json")).contains("\"num_hidden_layers\" : 2"));
    assertTrue(Files.exists(made.resolve("tokenizer.json")));
  }

  @Test
  void rows_leave_a_smaller_file_that_opens() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 1);
    Path made = run(new Prune.Config("rows", 0.5, 256), false, run);
    assertTrue(
        Files.size(made.resolve("model.safetensors"))
            < Files.size(folder.resolve("model/model.safetensors")));
    assertEquals(4, said(made).length);
  }

  /// sentence-transformers' folders say it in a file of their own.
  @Test
  void an_encoder_keeps_its_pooling() throws Exception {
    Path model = folder.resolve("model");
    var shape =
        new BertShape(
            BertShape.Kind.BERT,
            64,
            32,
            2,
            4,
            64,
            64,
            0,
            2,
            Nonlinearity.GELU,
            1e-12f,
            new Output.Embedding(Pooling.MEAN),
            Dropout.NONE);
    var tensors = new LinkedHashMap<String, HostTensor>();
    shape
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (name, sizes) ->
                tensors.put(
                    name,
                    HostTensor.of(
                        new float[(int) (sizes.length == 1 ? sizes[0] : sizes[0] * sizes[1])],
                        sizes)));
    Safetensors.write(model.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(
        model.resolve("config.json"),
        shape
            .configJson(new Specials(0, List.of()))
            .replaceAll("(?m) *\"pooling\" *: *\"\\w+\",", ""));
    Files.createDirectories(model.resolve("1_Pooling"));
    Files.writeString(model.resolve(PoolingFile.NAME), "{\"pooling_mode_cls_token\": true}");
    for (String kind : List.of("rows", "magnitude")) {
      var run = new FakeRun(folder.resolve(kind), 1);
      Path made = run(new Prune.Config(kind, 0.5, 256), false, run);
      String config = Files.readString(made.resolve("config.json"));
      var left = PoolingFile.applied(Architectures.read(config), made, config);
      assertEquals(new Output.Embedding(Pooling.FIRST), left.output(), kind);
    }
  }

  @Test
  void what_cannot_be_pruned_is_told_with_the_mend() {
    var run = new FakeRun(folder.resolve("run"), 1);
    var text =
        assertThrows(
            InputException.class, () -> run(new Prune.Config("layers", 0.34, 256), false, run));
    assertTrue(text.getMessage().contains("layers go by the loss on text: bind tokens"));
    var half =
        assertThrows(IllegalArgumentException.class, () -> new Prune.Config("2:4", 0.3, 256));
    assertTrue(half.getMessage().contains("of 2:4 half goes"));
  }
}
