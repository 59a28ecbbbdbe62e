package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.Compute;
import dev.imago.core.ConfigException;
import dev.imago.core.ImagoException;
import dev.imago.core.Ref;
import dev.imago.data.Labels;
import dev.imago.data.TaskModels;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.model.ModelFolder;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Precision;
import dev.imago.training.Room;
import dev.imago.training.TrainableModel;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Two tasks on one body: what a text is about, and the tags of its words.
final class JointTuneTest {
  private static final String JOINT =
      "{\"batch\": 8, \"calibration\": 0, \"learningRate\": 0.01, \"tasks\":"
          + " [\"topic\", \"words\"]%s}";

  @TempDir Path folder;
  private Weights base;
  private Vocabulary vocabulary;
  private Labels topics;
  private Labels words;

  @BeforeEach
  void writeInputs() throws Exception {
    List<String> texts = List.of("the team won the game", "the bank lent money");
    Path files = Files.createDirectories(folder.resolve("vocabulary"));
    var tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(280).minimumFrequency(1),
            texts.iterator(),
            TrainingProgress.NONE);
    Files.write(files.resolve("tokenizer.json"), tokenizer.toJson());
    Files.writeString(files.resolve("tokenizer_config.json"), "{}");
    vocabulary = new Vocabulary(new Ref("vocabulary", "0".repeat(64)), files);
    writeBase("bert");
    var about = new StringBuilder();
    var tagged = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      boolean sport = i % 2 == 0;
      about.append(
          "{\"id\": \"%d\", \"text\": \"%s %d\", \"label\": \"%s\", \"source\": \"f\"}\n"
              .formatted(i, texts.get(i % 2), i, sport ? "sport" : "money"));
      if (i < 20) {
        tagged.append(
            "{\"id\": \"%d\", \"words\": [\"the\", \"%s\", \"%d\"], \"tags\": [\"O\", \"%s\", \"O\"], \"source\": \"f\"}\n"
                .formatted(i, sport ? "team" : "bank", i, sport ? "B-TEAM" : "B-BANK"));
      }
    }
    topics = labels("topics", "classify", "[\"sport\", \"money\"]", about.toString());
    words = labels("words", "tag", "[\"O\", \"B-TEAM\", \"B-BANK\"]", tagged.toString());
  }

  private void writeBase(String architecture) throws Exception {
    Path to = Files.createDirectories(folder.resolve("a".repeat(64)));
    base = new Weights(new Ref("weights", "a".repeat(64)), to);
    int size = Tokenizer.load(vocabulary.folder().resolve("tokenizer.json")).vocabularySize();
    var shape = Architectures.ofDepth(architecture, 1, size, 32);
    try (var model = TrainableModel.random(shape, 5, 1, Precision.F32)) {
      model.write(to, new Specials(0, List.of(0)));
    }
  }

  private Labels labels(String name, String task, String labels, String lines) throws Exception {
    Path to = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        to.resolve("task.json"), "{\"task\": \"%s\", \"labels\": %s}".formatted(task, labels));
    Files.writeString(to.resolve("train.jsonl"), lines);
    Files.writeString(to.resolve("heldout.jsonl"), "tuning does not read this");
    return new Labels(new Ref("labels", "0".repeat(64)), to);
  }

  private static Tune.Config config(String more) {
    String json = JOINT.formatted(more);
    return Binder.bind(
        "tune", (ObjectNode) JsonMapper.shared().readTree(json), new Tune().defaults());
  }

  private Tune.Inputs inputs(List<Labels> others) {
    return new Tune.Inputs(
        base,
        Optional.of(vocabulary),
        topics,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        others);
  }

  private Path tune(String more, List<Labels> others, FakeRun run) throws Exception {
    return new Tune().run(inputs(others), config(more), run).tuned().folder();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "llama", "t5"})
  void eachTaskHasALastLayerOfItsOwnOnTheSameBody(String architecture) throws Exception {
    writeBase(architecture);
    var run = new FakeRun(folder.resolve("run"), 1);
    Path tuned = tune(", \"examples\": 400", List.of(words), run);
    assertEquals(List.of("topic", "words"), TaskModels.names(tuned));
    assertEquals(tuned, TaskModels.of(tuned, "topic"));
    Path second = TaskModels.of(tuned, "words");
    try (ModelFolder topic = ModelFolder.open(tuned);
        ModelFolder tags = ModelFolder.open(second);
        ModelFolder before = ModelFolder.open(base.folder())) {
      assertEquals(new Output.Classes(List.of("sport", "money")), topic.shape().output());
      assertEquals(List.of("O", "B-TEAM", "B-BANK"), tags.shape().output().names());
      Set<String> own =
          before.shape().parameters().stream().map(Parameter::name).collect(Collectors.toSet());
      int moved = 0;
      for (Parameter p : tags.shape().parameters()) {
        if (own.contains(p.name()) && !p.name().matches("(cls|lm_head)\\..*")) {
          float[] there = tags.tensors().get(p).toFloats();
          assertArrayEquals(topic.tensors().get(p).toFloats(), there, 0, p.name());
          moved += Arrays.equals(there, before.tensors().get(p).toFloats()) ? 0 : 1;
        }
      }
      assertTrue(moved > 0, "the body learned nothing");
    }
    List<List<String>> rows = run.tables().get("Several tasks on one body");
    assertEquals(2, rows.size(), rows.toString());
    double was = Double.parseDouble(rows.getLast().get(5).split(" ")[0]);
    double is = Double.parseDouble(rows.getLast().get(6).split(" ")[0]);
    assertTrue(is < was / 2, rows.getLast().toString());
    // 38 texts and 19 beside those set apart, in at most 4 epochs: of 29 steps 19 and 10.
    assertEquals(List.of("19", "10"), rows.stream().map(r -> r.get(3)).toList());
  }

  /// A T5's encoder alone tells tags: its decoder comes from the base, and is the answers' own.
  @Test
  void whatTheFirstTaskDoesWithoutIsTheSecondOnesOwn() throws Exception {
    writeBase("t5");
    Labels spans =
        labels(
            "spans",
            "span",
            "[\"answer\"]",
            "{\"id\": \"1\", \"question\": \"who won\", \"context\": \"the team won\", \"answers\": [{\"text\": \"team\", \"start\": 4}], \"source\": \"f\"}\n"
                .repeat(20));
    topics = words;
    var run = new FakeRun(folder.resolve("run"), 1);
    Path tuned = TaskModels.of(tune(", \"examples\": 200", List.of(spans), run), "words");
    try (ModelFolder written = ModelFolder.open(tuned);
        ModelFolder before = ModelFolder.open(base.folder())) {
      int decodes = 0;
      for (Parameter p : written.shape().parameters()) {
        if (p.name().matches("decoder\\..*q\\.weight")) {
          float[] was = before.tensors().get(p).toFloats();
          float[] is = written.tensors().get(p).toFloats();
          decodes++;
          double apart = 0;
          for (int i = 0; i < was.length; i++) {
            apart = Math.max(apart, Math.abs(is[i] - was[i]));
          }
          assertTrue(apart > 0 && apart < 0.2, p.name() + " by " + apart);
        }
      }
      assertEquals(2, decodes);
    }
  }

  @Test
  void aKilledRunEndsInTheSameBits() throws Exception {
    String often = ", \"checkpointEvery\": 4, \"examples\": 80, \"adapter\": {\"rank\": 2}";
    Path whole = tune(often, List.of(words), new FakeRun(folder.resolve("whole"), 1));
    Path place = folder.resolve("killed");
    assertThrows(
        FakeRun.Killed.class,
        () -> tune(often, List.of(words), new FakeRun(place, 1).killedAfter(6)));
    Path again = tune(often, List.of(words), new FakeRun(place, 1));
    for (String name : List.of("topic", "words")) {
      assertArrayEquals(
          Files.readAllBytes(TaskModels.of(whole, name).resolve("model.safetensors")),
          Files.readAllBytes(TaskModels.of(again, name).resolve("model.safetensors")),
          name);
    }
  }

  @Test
  void whatOneTaskAloneHasIsRefused() throws Exception {
    assertRefused("", List.of(), "tune.inputs.others binds no labels");
    assertRefused("", List.of(words, words), "names 2 tasks, and there are labels of 3");
    assertRefused(
        ", \"taskWeights\": {\"other\": 1.0}", List.of(words), "taskWeights.other is of none");
    assertRefused(", \"taskTemperature\": 0.5", List.of(words), "taskTemperature = 0.5");
    assertRefused(
        ", \"adapter\": {\"rank\": 2, \"merge\": false}",
        List.of(words),
        "leaves an adapter of one");
    assertRefused(", \"grpo\": {\"beta\": 1}", List.of(words), "are of a model's own answers");
    assertRefused(", \"hardNegatives\": 1", List.of(words), "are of texts that belong together");
    assertRefused(", \"beta\": 0.5", List.of(words), "are of answers that are compared");
    assertRefused(
        ", \"distillation\": {\"temperature\": 3}", List.of(words), "of a student with a teacher");
    assertRefused(", \"replay\": 0.25", List.of(words), "tune.replay = 0.25 is of a model");
    assertRefused(", \"packing\": true", List.of(words), "tune.packing = true is of answers");
    assertRefused(", \"crf\": true", List.of(topics), "none of tune.tasks = [topic, words]");
    Labels pairs =
        labels("pairs", "embed", "[]", "{\"anchor\": \"a\", \"positive\": \"b\"}\n".repeat(3));
    assertRefused("", List.of(pairs), "labels for embed are learned alone");
    var none =
        assertThrows(IllegalArgumentException.class, () -> TaskModels.of(base.folder(), "words"));
    assertTrue(none.getMessage().contains("is of one task"), none.getMessage());
  }

  @Test
  void whatHasNoRoomIsRefusedBeforeTheModelIsRead() {
    var joint =
        new JointTuning(
            inputs(List.of(words)), config(""), new FakeRun(folder.resolve("small"), 1));
    joint.checkMemory(room(1L << 40));
    var error = assertThrows(ConfigException.class, () -> joint.checkMemory(room(1 << 20)));
    assertTrue(error.getMessage().startsWith("tune needs about "), error.getMessage());
  }

  private static Room room(long bytes) {
    return new Room(Compute.ofThreads(1), bytes);
  }

  private void assertRefused(String more, List<Labels> others, String words) {
    var run = new FakeRun(folder.resolve("refused"), 1);
    var error = assertThrows(ImagoException.class, () -> tune(more, others, run));
    assertTrue(error.getMessage().contains(words), error.getMessage());
  }

  @Test
  void theHotterTheMoreEvenAreTheTasks() {
    assertArrayEquals(new long[] {90, 10}, JointBatches.counts(new int[] {900, 100}, 100, 1));
    assertArrayEquals(new long[] {75, 25}, JointBatches.counts(new int[] {900, 100}, 100, 2));
    assertArrayEquals(new long[] {50, 1}, JointBatches.counts(new int[] {90_000, 1}, 50, 1));
  }
}
