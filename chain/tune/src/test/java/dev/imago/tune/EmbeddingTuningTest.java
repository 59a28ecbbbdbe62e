package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.answering.Answering;
import dev.imago.tasks.embedding.EmbeddingTask;
import dev.imago.tasks.reranking.RerankingTask;
import dev.imago.tensor.Operations;
import dev.imago.tokenizers.Side;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Precision;
import dev.imago.training.TrainableModel;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of numbers in two languages, which belong together.
class EmbeddingTuningTest {
  private static final List<String> GERMAN =
      List.of("eins", "zwei", "drei", "vier", "acht", "neun", "zehn", "elf");
  private static final List<String> ENGLISH =
      List.of("one", "two", "three", "four", "eight", "nine", "ten", "eleven");

  @TempDir Path folder;
  private Vocabulary vocabulary;
  private Weights base;

  private static Ref ref(String kind) {
    return new Ref(kind, "0".repeat(64));
  }

  @BeforeEach
  void writeModel() throws Exception {
    Path words = Files.createDirectories(folder.resolve("words"));
    var texts = new ArrayList<>(GERMAN);
    texts.addAll(ENGLISH);
    var tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(300).minimumFrequency(1),
            texts.iterator(),
            TrainingProgress.NONE);
    Files.write(words.resolve("tokenizer.json"), tokenizer.toJson());
    vocabulary = new Vocabulary(ref("vocabulary"), words);
    Path to = Files.createDirectories(folder.resolve("base"));
    var shape = Architectures.ofDepth("bert", 1, tokenizer.vocabularySize(), 32);
    try (var model = TrainableModel.random(shape, 1, 1, Precision.F32)) {
      model.write(to, new Specials(0, List.of(0)));
    }
    base = new Weights(ref("weights"), to);
  }

  private Labels labels(boolean negatives) throws Exception {
    var examples = new ArrayList<Example>();
    for (int i = 0; i < GERMAN.size(); i++) {
      var pair = new Example("f#" + i, GERMAN.get(i), ENGLISH.get(i), "f");
      examples.add(negatives ? pair.rejecting(ENGLISH.get((i + 1) % ENGLISH.size())) : pair);
    }
    Path rows = Files.createDirectories(folder.resolve("labels" + negatives));
    Examples.write(rows, Split.TRAIN, examples);
    Files.writeString(rows.resolve("heldout.jsonl"), "tuning does not read this");
    Tasks.write(rows, new EmbeddingTask());
    return new Labels(ref("labels"), rows);
  }

  private Path tune(FakeRun run, Labels labels, String more) throws Exception {
    String json =
        "{\"maxEpochs\": 100, \"batch\": 8, \"learningRate\": 0.003%s}"
            .formatted(more.contains("examples") ? more : ", \"examples\": 320" + more);
    Tune.Config config =
        Binder.bind("tune", (ObjectNode) JsonMapper.shared().readTree(json), new Tune().defaults());
    var inputs =
        new Tune.Inputs(
            base,
            Optional.of(vocabulary),
            labels,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new Tune().run(inputs, config, run).tuned().folder();
  }

  private static double loss(FakeRun run, boolean first) {
    var all = run.metrics();
    return (first ? all.getFirst() : all.getLast()).get("loss").doubleValue();
  }

  @Test
  void textsThatBelongTogetherComeNear() throws Exception {
    var run = new FakeRun(folder.resolve("a"), 1);
    Path tuned = tune(run, labels(false), "");
    assertTrue(loss(run, false) < loss(run, true) / 2, run.metrics().toString());
    assertEquals(
        new Output.Embedding(Operations.Pooling.MEAN),
        Architectures.read(Files.readString(tuned.resolve("config.json"))).output());
    assertEquals(
        List.of("sequences", "16"),
        run.row("What pairs of texts that belong together are learned", "sequences"));
  }

  @Test
  void theSideThatIsCutStandsInTheTokenizersFiles() throws Exception {
    Path before = vocabulary.folder().resolve("tokenizer_config.json");
    Files.writeString(before, "{\"truncation_side\": \"right\", \"model_max_length\": 99}");
    var run = new FakeRun(folder.resolve("a"), 1);
    Path tuned =
        tune(run, labels(false), ", \"examples\": 8, \"longest\": 9, \"truncationSide\": \"left\"");
    var json = JsonMapper.shared();
    assertEquals(
        json.readTree(
            "{\"max_length\": 9, \"strategy\": \"LongestFirst\", \"stride\": 0, \"direction\": \"Left\"}"),
        json.readTree(Files.readString(tuned.resolve("tokenizer.json"))).path("truncation"));
    assertEquals(
        json.readTree("{\"truncation_side\": \"left\", \"model_max_length\": 99}"),
        json.readTree(Files.readString(tuned.resolve("tokenizer_config.json"))));
    Tokenizer tokenizer = Tokenizer.load(tuned.resolve("tokenizer.json"));
    assertEquals(Side.LEFT, tokenizer.truncationSide());
    int[] whole = tokenizer.encodeOrdinary("eins zwei drei vier acht neun zehn elf");
    assertArrayEquals(
        Arrays.copyOfRange(whole, whole.length - 4, whole.length),
        EmbeddingTask.question("eins zwei drei vier acht neun zehn elf", tokenizer, 4).ids());
  }

  @Test
  void aSideIsRefusedOfWhatIsNotReadAsAWhole() throws Exception {
    Labels labels = labels(false);
    Tasks.write(labels.folder(), new Answering());
    var run = new FakeRun(folder.resolve("a"), 1);
    var error =
        assertThrows(
            ConfigException.class, () -> tune(run, labels, ", \"truncationSide\": \"left\""));
    assertTrue(
        error.getMessage().startsWith("tune.truncationSide = left is of texts that are read"),
        error.getMessage());
  }

  @Test
  void aBatchIsLearnedWholeWhateverTheThreads() throws Exception {
    var one = new FakeRun(folder.resolve("a"), 1);
    var two = new FakeRun(folder.resolve("b"), 2);
    tune(one, labels(true), ", \"examples\": 8");
    tune(two, labels(true), ", \"examples\": 8");
    assertEquals(loss(one, true), loss(two, true), 1e-5);
    // 8 anchors with 8 positives and 8 negatives.
    assertEquals(Math.log(16), loss(one, true), 1.5);
    assertTrue(one.notes().contains("1 replica of 1 thread"), one.notes().toString());
    assertTrue(two.notes().contains("1 replica of 2 threads"), two.notes().toString());
  }

  @Test
  void whatPartsABatchIsRefused() throws Exception {
    Labels labels = labels(false);
    var run = new FakeRun(folder.resolve("a"), 1);
    var error = assertThrows(ConfigException.class, () -> tune(run, labels, ", \"accumulate\": 2"));
    assertTrue(error.getMessage().startsWith("tune.accumulate = 2 "), error.getMessage());
    error = assertThrows(ConfigException.class, () -> tune(run, labels, ", \"batch\": 1"));
    assertTrue(error.getMessage().startsWith("tune.batch = 1 leaves a pair alone"));
    error = assertThrows(ConfigException.class, () -> tune(run, labels, ", \"calibration\": 0.2"));
    assertTrue(error.getMessage().startsWith("tune.calibration = 0.2 sets"), error.getMessage());
  }

  @Test
  void aQueryAndATextAreScoredTogether() throws Exception {
    Labels labels = labels(false);
    Tasks.write(labels.folder(), new RerankingTask());
    var run = new FakeRun(folder.resolve("a"), 1);
    Path tuned = tune(run, labels, ", \"examples\": 1600");
    assertTrue(loss(run, false) < loss(run, true) / 2, run.metrics().toString());
    assertEquals(
        new Output.Classes(List.of("relevance"), Output.Problem.SEVERAL),
        Architectures.read(Files.readString(tuned.resolve("config.json"))).output());
    // Each query with its own text, and with another's.
    assertEquals(
        List.of("sequences", "16"),
        run.row("What pairs of a query and a text are learned", "sequences"));
    assertEquals(
        List.of("  relevance", "8 (50.0 %)"),
        run.row("What pairs of a query and a text are learned", "  relevance"));
  }

  @Test
  void theScaleOfCosinesIsOfVectorsAlone() throws Exception {
    Labels labels = labels(false);
    Tasks.write(labels.folder(), new RerankingTask());
    var run = new FakeRun(folder.resolve("a"), 1);
    var error =
        assertThrows(ConfigException.class, () -> tune(run, labels, ", \"similarityScale\": 10"));
    assertTrue(error.getMessage().startsWith("tune.similarityScale = 10"), error.getMessage());
  }

  @Test
  void hardNegativesAreOthersTextsThatTheBaseFindsNear() throws Exception {
    var run = new FakeRun(folder.resolve("a"), 1).showing(8);
    tune(run, labels(false), ", \"examples\": 8, \"hardNegatives\": 2");
    for (int i = 0; i < GERMAN.size(); i++) {
      String example = "example %d, ".formatted(i + 1);
      assertTrue(run.notes().contains(example + "anchor: " + GERMAN.get(i)));
      assertTrue(run.notes().contains(example + "positive: " + ENGLISH.get(i)));
      List<String> negatives =
          run.notes().stream().filter(n -> n.startsWith(example + "negative: ")).toList();
      assertEquals(2, negatives.stream().distinct().count(), negatives.toString());
      assertTrue(negatives.stream().noneMatch((example + "negative: " + ENGLISH.get(i))::equals));
    }
    // 8 anchors with 8 positives and 16 negatives, some of which are the same texts.
    assertTrue(loss(run, true) < Math.log(24) + 2, run.metrics().toString());
  }

  @Test
  void rowsThatHaveNegativesAreNotGivenOthers() throws Exception {
    Labels labels = labels(true);
    var run = new FakeRun(folder.resolve("a"), 1);
    var error =
        assertThrows(ConfigException.class, () -> tune(run, labels, ", \"hardNegatives\": 1"));
    assertTrue(error.getMessage().contains("the rows have their own"), error.getMessage());
  }
}
