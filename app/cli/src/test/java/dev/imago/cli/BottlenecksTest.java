package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.LoraAdapter;
import dev.imago.generate.ModelCheck;
import dev.imago.generate.Predictor;
import dev.imago.model.AdapterConfig;
import dev.imago.model.AdapterFile;
import dev.imago.model.Architectures;
import dev.imago.model.BottleneckConfig;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Batch;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.training.AdapterParts;
import dev.imago.training.AdapterSettings;
import dev.imago.training.ParameterGroups;
import dev.imago.training.TrainableModel;
import dev.imago.training.Tuning;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bottlenecks behind linear layers are there wherever the model is read, in AdapterHub's form, and
/// what cannot hold them refuses them.
final class BottlenecksTest {
  private static final float TOLERANCE = 1e-4f;

  @TempDir Path folder;
  private int vocabulary;
  private byte[] tokenizer = {};

  @BeforeEach
  void words() throws Exception {
    var words =
        BpeTrainer.train(
            BpeTrainer.Settings.of(280).minimumFrequency(1),
            List.of("the team won the game, the bank lent money").iterator(),
            TrainingProgress.NONE);
    tokenizer = words.toJson();
    vocabulary = words.vocabularySize();
  }

  private static AdapterSettings settings(int rank) {
    return new AdapterSettings(
        AdapterSettings.Kind.BOTTLENECK,
        rank,
        16,
        false,
        0,
        List.of(),
        AdapterParts.NONE,
        List.of(),
        AdapterSettings.Biases.NONE,
        AdapterSettings.BasePrecision.F32,
        10,
        1,
        0,
        false);
  }

  /// A model with an adapter whose numbers are no longer near nothing, as its file has them.
  private TrainableModel adapted(String architecture, Output output, int rank) throws Exception {
    Path base = Files.createDirectories(folder.resolve("base"));
    try (var model =
        TrainableModel.random(
            Architectures.ofDepth(architecture, 2, vocabulary, 32), 5, 1, Precision.F32)) {
      model.write(base, new Specials(0, List.of(0)));
    }
    Files.write(base.resolve("tokenizer.json"), tokenizer);
    TrainableModel model =
        TrainableModel.read(
            base,
            s -> s.output().equals(output) ? s : s.withOutput(output),
            new Tuning.Adapted(settings(rank)),
            ParameterGroups.NONE,
            3,
            Parallelism.ofThreads(1),
            Precision.F32);
    Path to = Files.createDirectories(folder.resolve("adapter"));
    model.writeConfig(to, new Specials(0, List.of(0)));
    model.writeAdapter(to, "../base");
    Files.write(to.resolve("tokenizer.json"), tokenizer);
    var other = new LinkedHashMap<String, HostTensor>();
    Random random = new Random(4);
    try (Safetensors written = Safetensors.open(to.resolve(BottleneckConfig.TENSORS))) {
      for (Map.Entry<String, HostTensor> each : written.tensors().entrySet()) {
        float[] values = each.getValue().toFloats();
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextGaussian() * 0.2f;
        }
        other.put(each.getKey(), HostTensor.of(values, each.getValue().shape()));
      }
    }
    Safetensors.write(to.resolve(BottleneckConfig.TENSORS), other, Safetensors.FORMAT_PT);
    try (AdapterFile file = AdapterFile.open(to)) {
      model.goOn(file);
    }
    return model;
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2"})
  void theRuntimeSaysWhatTrainingSaid(String architecture) throws Exception {
    Path adapter = folder.resolve("adapter");
    try (var trained = adapted(architecture, new Output.NextToken(), 0);
        var model = LanguageModel.open(adapter, 1);
        var alone = LanguageModel.open(folder.resolve("base"), 1)) {
      int[] ids = model.tokenizer().encode("the bank won the game");
      int[] read = Arrays.copyOf(ids, ids.length - 1);
      float[] expected =
          trained.losses(Batch.of(1, read.length, read, Arrays.copyOfRange(ids, 1, ids.length)));
      float[] told = model.logProbabilities(ids);
      for (int i = 0; i < told.length; i++) {
        assertEquals(expected[i], -told[i], TOLERANCE, "token " + i);
      }
      assertTrue(
          Math.abs(alone.logProbabilities(ids)[0] - told[0]) > 1e-3, "it changes what is said");
      var beside =
          assertThrows(IllegalArgumentException.class, () -> LoraAdapter.open(adapter, alone));
      assertTrue(beside.getMessage().contains("bottlenecks"), beside.getMessage());
      assertThrows(InputException.class, () -> TrainableModel.read(adapter, 1, Precision.F32));
    }
    var refused = assertThrows(IllegalArgumentException.class, () -> ModelCheck.check(adapter));
    assertTrue(refused.getMessage().contains("bottlenecks"), refused.getMessage());
  }

  /// transformers calls the body of a Llama of spans otherwise, and so does the file.
  @Test
  void aSpansFileIsReadByTheNamesThatItHas() throws Exception {
    Path adapter = folder.resolve("adapter");
    try (var trained = adapted("llama", new Output.Span(), 8);
        var predictor = Predictor.open(adapter, 1);
        AdapterFile file = AdapterFile.open(adapter)) {
      assertTrue(
          file.tensors().keySet().stream()
              .allMatch(n -> n.matches("(transformer|qa_outputs)\\..*")),
          file.tensors().keySet().toString());
      int[] ids = predictor.tokenizer().encode("the bank won");
      float[] expected = trained.logits(Batch.of(1, ids.length, ids, new int[ids.length]));
      float[][] told = predictor.scores(List.of(ids)).getFirst();
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], told[i / 2][i % 2], TOLERANCE, "number " + i);
      }
    }
  }

  @Test
  void anEncodersFilesAreAdapterHubs() throws Exception {
    var output = new Output.Classes(List.of("a", "b", "c"));
    Path adapter = folder.resolve("adapter");
    try (var trained = adapted("bert", output, 8);
        var predictor = Predictor.open(adapter, 1);
        AdapterFile file = AdapterFile.open(adapter)) {
      int[] ids = predictor.tokenizer().encode("the bank won");
      float[] expected = trained.logits(Batch.of(1, ids.length, ids, new int[] {0}));
      assertArrayEquals(expected, predictor.scores(List.of(ids)).getFirst()[0], TOLERANCE);
      var names = new TreeSet<>(file.tensors().keySet());
      assertTrue(
          names.contains(
              "bert.encoder.layer.1.attention.output.adapters.imago.adapter_down.0.weight"),
          names.toString());
      assertTrue(
          names.contains("bert.encoder.layer.0.output.adapters.imago.adapter_up.bias"),
          names.toString());
      assertTrue(names.contains("classifier.weight"), names.toString());
      assertEquals(8, file.config().rank());
    }
    String config = Files.readString(adapter.resolve(AdapterConfig.FILE));
    assertTrue(config.contains("\"model_class\" : \"BertForSequenceClassification\""), config);
    for (String other :
        List.of("\"original_ln_before\" : true", "\"scaling\" : 4.0", "\"use_gating\" : true")) {
      String field = other.substring(0, other.indexOf(':'));
      String changed = config.replaceAll(field + ": [a-z0-9.]+", other);
      var refused = assertThrows(IllegalArgumentException.class, () -> AdapterConfig.read(changed));
      assertTrue(refused.getMessage().contains("Houlsby's form"), refused.getMessage());
    }
    var odd = assertThrows(ConfigException.class, () -> settings(5).bottleneck(64));
    assertTrue(odd.getMessage().endsWith("take 4"), odd.getMessage());
    var family =
        assertThrows(ConfigException.class, () -> adapted("t5", new Output.NextToken(), 0).close());
    assertTrue(family.getMessage().contains("and this is a t5"), family.getMessage());
  }
}
