package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.LogProbabilities;
import dev.imago.generate.LoraAdapter;
import dev.imago.generate.ModelCheck;
import dev.imago.generate.Predictor;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.model.Architectures;
import dev.imago.model.Output;
import dev.imago.model.Specials;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is learned before each text is before it wherever the text is read: the runtime says what
/// training said, and what cannot hold it refuses it.
final class VirtualTokensTest {
  private static final int TOKENS = 3;
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

  private TrainableModel adapted(String architecture, AdapterSettings.Kind kind, Output output)
      throws Exception {
    Path base = Files.createDirectories(folder.resolve("base"));
    try (var model =
        TrainableModel.random(
            Architectures.ofDepth(architecture, 2, vocabulary, 32), 5, 1, Precision.F32)) {
      model.write(base, new Specials(0, List.of(0)));
    }
    var settings =
        new AdapterSettings(
            kind,
            0,
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
            TOKENS,
            false);
    TrainableModel model =
        TrainableModel.read(
            base,
            s -> s.output().equals(output) ? s : s.withOutput(output),
            new Tuning.Adapted(settings),
            ParameterGroups.NONE,
            3,
            Parallelism.ofThreads(1),
            Precision.F32);
    Path to = Files.createDirectories(folder.resolve("adapter"));
    model.writeConfig(to, new Specials(0, List.of(0)));
    model.writeAdapter(to, "../base");
    Files.write(to.resolve("tokenizer.json"), tokenizer);
    return model;
  }

  /// −ln p of each id after those before it.
  private static float[] losses(TrainableModel model, int[] ids) {
    int[] read = Arrays.copyOf(ids, ids.length - 1);
    return model.losses(Batch.of(1, read.length, read, Arrays.copyOfRange(ids, 1, ids.length)));
  }

  @ParameterizedTest
  @CsvSource({"llama, PROMPT", "llama, PREFIX", "gpt2, PREFIX"})
  void theRuntimeSaysWhatTrainingSaid(String architecture, AdapterSettings.Kind kind)
      throws Exception {
    try (var trained = adapted(architecture, kind, new Output.NextToken());
        var model = LanguageModel.open(folder.resolve("adapter"), 1);
        var alone = baseAlone()) {
      int[] ids = model.tokenizer().encode("the bank won the game");
      float[] expected = losses(trained, ids);
      float[] told = model.logProbabilities(ids);
      for (int i = 0; i < told.length; i++) {
        assertEquals(expected[i], -told[i], TOLERANCE, "token " + i);
      }
      assertTrue(
          Math.abs(alone.logProbabilities(ids)[0] - told[0]) > 1e-3, "it changes what is said");
      served(model, trained, ids, told);
      var beside =
          assertThrows(
              IllegalArgumentException.class,
              () -> LoraAdapter.open(folder.resolve("adapter"), alone));
      assertTrue(beside.getMessage().contains(kind + "_TUNING"), beside.getMessage());
    }
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> ModelCheck.check(folder.resolve("adapter")));
    assertTrue(refused.getMessage().contains(kind + "_TUNING"), refused.getMessage());
  }

  private LanguageModel baseAlone() throws Exception {
    Files.write(folder.resolve("base").resolve("tokenizer.json"), tokenizer);
    return LanguageModel.open(folder.resolve("base"), 1);
  }

  /// The engine tells the prompt's probabilities at their places, and goes on with the likeliest.
  private static void served(LanguageModel model, TrainableModel trained, int[] ids, float[] told) {
    var likely = new ArrayList<@Nullable LogProbabilities>();
    var chosen = new ArrayList<Integer>();
    try (var engine = new Engine(model, 2, 24)) {
      try (var prompt = engine.submit(Request.ofPrompt(ids, 0))) {
        while (prompt.hasNext()) {
          if (prompt.next() instanceof Event.PromptToken token) {
            likely.add(token.probabilities());
          }
        }
      }
      // Twice: what the first left in the cache is the second's.
      for (int time = 0; time < 2; time++) {
        chosen.clear();
        try (var answer = engine.submit(new Request(ids, Sampling.greedy(4)))) {
          while (answer.hasNext()) {
            if (answer.next() instanceof Event.Token token) {
              chosen.add(token.id());
            }
          }
        }
      }
    }
    for (int i = 1; i < ids.length; i++) {
      assertEquals(told[i - 1], likely.get(i).chosen(), TOLERANCE, "prompt token " + i);
    }
    int[] read = ids;
    for (int id : chosen) {
      float[] logits = trained.logits(Batch.of(1, read.length, read, new int[read.length]));
      int width = logits.length / read.length;
      int best = logits.length - width;
      for (int i = best; i < logits.length; i++) {
        best = logits[i] > logits[best] ? i : best;
      }
      assertEquals(best % width, id, "after " + Arrays.toString(read));
      read = Arrays.copyOf(read, read.length + 1);
      read[read.length - 1] = id;
    }
  }

  @Test
  void anEncodersRowsAreThoseOfTheText() throws Exception {
    for (Output output :
        List.of(new Output.Tags(List.of("O", "X")), new Output.Classes(List.of("a", "b", "c")))) {
      try (var trained = adapted("bert", AdapterSettings.Kind.PROMPT, output);
          var predictor = Predictor.open(folder.resolve("adapter"), 1)) {
        int[] ids = predictor.tokenizer().encode("the bank won");
        int[] other = Arrays.copyOf(ids, ids.length - 1);
        List<float[][]> rows = predictor.scores(List.of(other, ids));
        int choices = output.names().size();
        float[] expected = trained.logits(Batch.of(1, ids.length, ids, new int[] {0}));
        assertEquals(expected.length / choices, rows.get(1).length);
        for (int i = 0; i < rows.get(1).length; i++) {
          assertArrayEquals(
              Arrays.copyOfRange(expected, i * choices, (i + 1) * choices),
              rows.get(1)[i],
              TOLERANCE);
        }
      }
    }
  }
}
