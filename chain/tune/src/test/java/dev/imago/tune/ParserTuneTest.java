package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.Ref;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.model.Biaffine;
import dev.imago.model.Calibration;
import dev.imago.model.ModelFolder;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.model.Specials;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.parsing.ParsedWords;
import dev.imago.tasks.parsing.Parsing;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import dev.imago.training.TrainableModel;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A parser that `tune` makes of any architecture, on sentences whose trees follow from their
/// words.
final class ParserTuneTest {
  private static final List<String> VERBS = List.of("sees", "likes", "finds");
  private static final List<String> NOUNS = List.of("dog", "girl", "tree", "bird");
  private static final Parsing TASK = new Parsing(List.of("det", "nsubj", "obj", "root"));

  @TempDir Path folder;
  private Weights base;
  private Vocabulary vocabulary;
  private Labels labels;

  /// `the dog sees a tree`, the other way round for some verbs, and without articles at times.
  private static ParsedWords sentence(Random random, int number) {
    var words = new ArrayList<String>();
    var heads = new ArrayList<Integer>();
    var relations = new ArrayList<String>();
    boolean article = random.nextBoolean();
    int verb = article ? 3 : 2;
    if (article) {
      words.add("the");
      heads.add(2);
      relations.add("det");
    }
    words.add(NOUNS.get(random.nextInt(4)));
    heads.add(verb);
    relations.add("nsubj");
    words.add(VERBS.get(random.nextInt(3)));
    heads.add(0);
    relations.add("root");
    if (random.nextBoolean()) {
      words.add("a");
      heads.add(verb + 2);
      relations.add("det");
    }
    words.add(NOUNS.get(random.nextInt(4)));
    heads.add(verb);
    relations.add("obj");
    return new ParsedWords("f#" + number, words, List.of(), heads, relations, "f");
  }

  @BeforeEach
  void writeInputs() throws Exception {
    Path words = Files.createDirectories(folder.resolve("words"));
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(300).minimumFrequency(1),
            List.of("the dog sees a tree the girl likes a bird finds").iterator(),
            TrainingProgress.NONE);
    Files.write(words.resolve("tokenizer.json"), tokenizer.toJson());
    Files.writeString(words.resolve("tokenizer_config.json"), "{}");
    vocabulary = new Vocabulary(new Ref("vocabulary", "0".repeat(64)), words);
    Path to = Files.createDirectories(folder.resolve("labels"));
    var random = new Random(2);
    LabelLines.write(
        to, Split.TRAIN, IntStream.range(0, 240).mapToObj(i -> sentence(random, i)).toList());
    LabelLines.write(
        to, Split.HELDOUT, IntStream.range(0, 40).mapToObj(i -> sentence(random, i)).toList());
    Tasks.write(to, TASK);
    labels = new Labels(new Ref("labels", "0".repeat(64)), to);
  }

  private void writeBase(String architecture) throws Exception {
    Path to = Files.createDirectories(folder.resolve("a".repeat(64)));
    base = new Weights(new Ref("weights", "a".repeat(64)), to);
    int size = Tokenizer.load(folder.resolve("words/tokenizer.json")).vocabularySize();
    var shape = Architectures.ofDepth(architecture, 1, size, 32);
    try (var model = TrainableModel.random(shape, 5, 1, Precision.F32)) {
      model.write(to, new Specials(0, List.of(0)));
    }
  }

  private Path tune(String settings, FakeRun run) throws Exception {
    Tune.Config config =
        Binder.bind(
            "tune", (ObjectNode) JsonMapper.shared().readTree(settings), new Tune().defaults());
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

  /// What reads from left to right learns them too: of a word and its head one has seen the other.
  /// From nothing a T5 learns slowly where a word stands, in PyTorch too: it takes subjects for
  /// objects.
  @ParameterizedTest
  @CsvSource({
    "bert, 0.006, 0.95",
    "llama, 0.006, 0.95",
    "gpt2, 0.006, 0.95",
    "t5, 0.006, 0.75",
    "lstm, 0.03, 0.95"
  })
  void treesAreLearnedAndTheirProbabilitiesAreFitted(String architecture, double rate, double least)
      throws Exception {
    writeBase(architecture);
    var run = new FakeRun(folder.resolve("run"), 1).showing(1);
    Path tuned =
        tune(
            "{\"examples\": 800, \"learningRate\": %s, \"maxEpochs\": 20, \"batch\": 10, \"calibration\": 0.1}"
                .formatted(rate),
            run);
    assertTrue(
        run.notes().stream().anyMatch(n -> n.contains("⟦root ← root⟧")), run.notes().toString());
    Calibration calibration = Calibration.read(tuned);
    assertTrue(calibration.examples() > 60, calibration.toString());
    Tokenizer tokenizer = Tokenizer.load(tuned.resolve("tokenizer.json"));
    var gold = new ArrayList<List<String>>();
    var told = new ArrayList<List<String>>();
    try (ModelFolder written = ModelFolder.open(tuned);
        TrainableModel model = TrainableModel.read(tuned, 1, Precision.F32)) {
      var parser = (Output.Dependencies) written.shape().output();
      var by =
          new Readout(
              calibration, Optional.empty(), Optional.of(Biaffine.of(parser, written.tensors())));
      for (ParsedWords one : TASK.examples(labels.folder(), Split.HELDOUT)) {
        Question question = TASK.questions(one, tokenizer, 32).getFirst();
        int[] ids = question.ids();
        float[] flat = model.logits(Batch.of(1, ids.length, ids, new int[ids.length]));
        float[][] rows = new float[ids.length][];
        for (int i = 0; i < ids.length; i++) {
          rows[i] =
              java.util.Arrays.copyOfRange(flat, i * parser.scores(), (i + 1) * parser.scores());
        }
        gold.add(TASK.gold(one));
        told.add(TASK.predict(one, List.of(question), List.<float[][]>of(rows), by));
      }
    }
    int[] all = IntStream.range(0, gold.size()).toArray();
    double las = TASK.measures(gold, told).getFirst().of().applyAsDouble(all);
    assertTrue(las > least, "LAS " + las);
    assertEquals(gold.size(), told.size());
  }

  @Test
  void whatIsOfOtherTasksIsRefused() throws Exception {
    writeBase("bert");
    for (String settings :
        List.of("{\"crf\": true}", "{\"labelSmoothing\": 0.1}", "{\"hardNegatives\": 1}")) {
      var error =
          assertThrows(
              ConfigException.class,
              () -> tune(settings, new FakeRun(folder.resolve("refused"), 1)));
      assertTrue(error.getMessage().contains("parse"), error.getMessage());
    }
  }
}
