package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.Ref;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.model.Specials;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.answering.Answering;
import dev.imago.tasks.classification.Classification;
import dev.imago.templates.ChatTemplate;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import dev.imago.training.TrainableModel;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// However a step's examples are laid out, the loss and the step are the same.
class SameStepTest {
  private static final int VOCABULARY = 300;

  /// One step of gradient descent at rate 1 over 16 examples, in which weights change by their
  /// gradient.
  private static final String STEP =
      "{\"examples\": 16, \"batch\": 16, \"learningRate\": 1, \"optimizer\": \"sgd\","
          + " \"momentum\": 0, \"weightDecay\": 0, \"maxGradNorm\": 1000, \"warmupRatio\": 0,"
          + " \"schedule\": \"constant\"%s}";

  @TempDir static Path folder;

  private static Vocabulary vocabulary;
  private static Labels labels;
  private static final Map<String, Weights> BASES = new HashMap<>();

  private static Ref ref(String kind) {
    return new Ref(kind, "0".repeat(64));
  }

  private static String words(Random random, int most) {
    return IntStream.rangeClosed(0, random.nextInt(most))
        .mapToObj(_ -> List.of("cat", "dog", "is", "an", "animal").get(random.nextInt(5)))
        .collect(Collectors.joining(" "));
  }

  /// Answers of 1 … 9 words to prompts of 1 … 12: every part of a step has other numbers of
  /// targets.
  @BeforeAll
  static void writeInputs() throws Exception {
    Path words = Files.createDirectories(folder.resolve("words"));
    var tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(VOCABULARY)
                .minimumFrequency(1)
                .specialTokens(
                    List.of(BpeTrainer.END_OF_TEXT, BpeTrainer.TURN_START, BpeTrainer.TURN_END)),
            List.of("the cat is an animal and the dog is an animal").iterator(),
            TrainingProgress.NONE);
    Files.write(words.resolve("tokenizer.json"), tokenizer.toJson());
    Files.write(
        words.resolve("tokenizer_config.json"),
        tokenizer.toConfigJson(ChatTemplate.CHATML, BpeTrainer.END_OF_TEXT, 128));
    vocabulary = new Vocabulary(ref("vocabulary"), words);
    for (String architecture : List.of("llama", "gpt2")) {
      Path to = Files.createDirectories(folder.resolve(architecture));
      var shape = Architectures.ofDepth(architecture, 1, tokenizer.vocabularySize(), 128);
      try (var model = TrainableModel.random(shape, 1, 1, Precision.F32)) {
        model.write(to, new Specials(0, List.of(0)));
      }
      BASES.put(architecture, new Weights(ref("weights"), to));
    }
    var random = new Random(5);
    var examples = new ArrayList<Example>();
    for (int i = 0; i < 16; i++) {
      examples.add(new Example("f#" + i, words(random, 12) + " " + i, words(random, 9), "f"));
    }
    var talk =
        List.of(
            new Example.Message("system", "animals"),
            new Example.Message("user", "cat"),
            new Example.Message("assistant", "an animal"),
            new Example.Message("user", "dog"),
            new Example.Message("assistant", "is an animal"));
    examples.set(0, Example.of("f#0", talk, "f"));
    Path rows = Files.createDirectories(folder.resolve("labels"));
    var all = new ArrayList<>(examples);
    all.add(new Example("f#16", "a cat", "an animal ".repeat(90), "f"));
    Examples.write(rows, Split.TRAIN, all);
    Files.writeString(rows.resolve("heldout.jsonl"), "tuning does not read this");
    labels = new Labels(ref("labels"), rows);
  }

  private record Done(FakeRun run, float[] weights) {
    double loss() {
      return run.metrics().getFirst().get("loss").doubleValue();
    }
  }

  private static Done step(String architecture, String settings) throws Exception {
    Tune.Config config =
        Binder.bind(
            "tune",
            (ObjectNode) JsonMapper.shared().readTree(STEP.formatted(settings)),
            new Tune().defaults());
    var run = new FakeRun(Files.createTempDirectory(folder, "run"), 1).showing(2);
    var inputs =
        new Tune.Inputs(
            Objects.requireNonNull(BASES.get(architecture)),
            Optional.of(vocabulary),
            labels,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Path tuned = new Tune().run(inputs, config, run).tuned().folder();
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(tuned.resolve("model.safetensors")))
            .order(ByteOrder.LITTLE_ENDIAN);
    file.position(8 + (int) file.getLong(0));
    float[] weights = new float[file.remaining() / Float.BYTES];
    file.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(weights);
    return new Done(run, weights);
  }

  private static void same(Done expected, Done is) {
    assertEquals(expected.loss(), is.loss(), 1e-6);
    double most = 0;
    for (int i = 0; i < expected.weights().length; i++) {
      most = Math.max(most, Math.abs(expected.weights()[i] - is.weights()[i]));
    }
    assertTrue(most < 1e-6, "weights differ by " + most);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2"})
  void microBatchesAndPackedRowsAreTheSameStep(String architecture) throws Exception {
    Done whole = step(architecture, "");
    assertNotEquals(whole.weights()[0], weightsOf(architecture), 1e-6, "a step was taken");
    same(whole, step(architecture, ", \"accumulate\": 2"));
    same(whole, step(architecture, ", \"accumulate\": 4"));
    same(whole, step(architecture, ", \"accumulate\": 16"));
    same(whole, step(architecture, ", \"packing\": true"));
    same(whole, step(architecture, ", \"packing\": true, \"accumulate\": 4"));
  }

  private static double weightsOf(String architecture) throws Exception {
    byte[] file = Files.readAllBytes(folder.resolve(architecture).resolve("model.safetensors"));
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.getFloat(8 + (int) bytes.getLong(0));
  }

  @Test
  void whatIsLearnedAndLeftOutIsToldBeforeTraining() throws Exception {
    FakeRun run = step("llama", "").run();
    String table = "What pairs are learned";
    assertEquals(table, run.tables().firstEntry().getKey());
    assertEquals(List.of("rows", "17"), run.row(table, "rows"));
    assertEquals(
        List.of("left out: longer than 128 tokens", "1"),
        run.row(table, "left out: longer than 128 tokens"));
    assertEquals(List.of("cut", "0 (0.0 %)"), run.row(table, "cut"));
    assertEquals(List.of("sequences", "16"), run.row(table, "sequences"));
    int longest = Integer.parseInt(run.row(table, "the longest").get(1));
    int median = Integer.parseInt(run.row(table, "tokens of one: median").get(1));
    assertTrue(0 < median && median < longest && longest < 128, median + " and " + longest);
    assertEquals(
        List.of(
            "example 1: <|im_start|>system\nanimals<|im_end|>\n<|im_start|>user\ncat<|im_end|>\n"
                + "<|im_start|>assistant\n⟦an animal<|im_end|>⟧\n<|im_start|>user\ndog<|im_end|>\n"
                + "<|im_start|>assistant\n⟦is an animal<|im_end|>⟧"),
        run.notes().stream().filter(n -> n.startsWith("example 1")).toList());
    assertEquals(1, run.notes().stream().filter(n -> n.startsWith("example 2: ")).count());
    assertEquals(0, run.notes().stream().filter(n -> n.startsWith("example 3: ")).count());
  }

  @Test
  void packedRowsHoldEveryExampleOnce() {
    var random = new Random(5);
    var all = new ArrayList<Sequence>();
    for (int i = 0; i < 16; i++) {
      int[] ids = random.ints(2 + random.nextInt(19), 1, VOCABULARY).toArray();
      all.add(new Sequence(ids, ids));
    }
    Batch batch = PackedExamples.batch(all, 24, 0);
    assertTrue(batch.sequences() < 12, batch.sequences() + " rows of 16 examples");
    assertTrue(batch.length() <= 24);
    int ids = 0;
    int begun = 0;
    for (int at = 0; at < batch.ids().length; at++) {
      ids += batch.ids()[at] > 0 ? 1 : 0;
      begun += batch.ids()[at] > 0 && batch.begins()[at] == at % batch.length() ? 1 : 0;
      assertEquals(batch.ids()[at] > 0 ? batch.ids()[at] : Batch.IGNORED, batch.targets()[at]);
    }
    assertEquals(all.stream().mapToInt(Sequence::length).sum(), ids);
    assertEquals(16, begun);
  }

  @Test
  void packingIsRefusedWhereARowIsOneText() {
    Tune.Config config = Tune.Config.defaults();
    var packed = TuneConfigTest.bind("packing", "true");
    var llama = Architectures.ofDepth("llama", 1, VOCABULARY, 32);
    PackedExamples.refuse(packed, new Answering(), false, llama);
    for (String other : List.of("lstm", "gated_convolution", "neural_probabilistic")) {
      var shape = Architectures.ofDepth(other, 1, VOCABULARY, 32);
      assertThrows(
          ConfigException.class,
          () -> PackedExamples.refuse(packed, new Answering(), false, shape),
          other);
      PackedExamples.refuse(config, new Answering(), false, shape);
    }
    var classes = new Classification(List.of("a", "b"));
    var error =
        assertThrows(
            ConfigException.class, () -> PackedExamples.refuse(packed, classes, false, llama));
    assertTrue(error.getMessage().contains("text-classification"), error.getMessage());
    assertThrows(
        ConfigException.class, () -> PackedExamples.refuse(packed, new Answering(), true, llama));
  }
}
