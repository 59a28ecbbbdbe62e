package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.Compute;
import dev.imago.core.ImagoException;
import dev.imago.core.Ref;
import dev.imago.data.Labels;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.model.Specials;
import dev.imago.torch.Precision;
import dev.imago.training.Room;
import dev.imago.training.TrainableModel;
import dev.imago.training.TrainingCost;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Tuning beside a teacher, on forty texts of two classes.
final class GuidedTest {
  @TempDir Path folder;
  private Weights base;
  private Vocabulary vocabulary;
  private Labels labels;

  @BeforeEach
  void writeInputs() throws Exception {
    List<String> texts = List.of("the team won the game", "the bank lent money");
    Path words = Files.createDirectories(folder.resolve("words"));
    var tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(280).minimumFrequency(1),
            texts.iterator(),
            TrainingProgress.NONE);
    Files.write(words.resolve("tokenizer.json"), tokenizer.toJson());
    Files.writeString(words.resolve("tokenizer_config.json"), "{}");
    vocabulary = new Vocabulary(ref("vocabulary"), words);
    base = model("base", 1, tokenizer.vocabularySize());
    Path folderOfLabels = Files.createDirectories(folder.resolve("labels"));
    Files.writeString(
        folderOfLabels.resolve("task.json"),
        "{\"task\": \"classify\", \"labels\": [\"sport\", \"money\"]}");
    var lines = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      lines.append(
          "{\"id\": \"%d\", \"text\": \"%s %d\", \"label\": \"%s\", \"source\": \"f\"}\n"
              .formatted(i, texts.get(i % 2), i, i % 2 == 0 ? "sport" : "money"));
    }
    Files.writeString(folderOfLabels.resolve("train.jsonl"), lines);
    Files.writeString(folderOfLabels.resolve("heldout.jsonl"), "tuning does not read this");
    labels = new Labels(ref("labels"), folderOfLabels);
  }

  private Weights model(String name, int depth, int rows) throws Exception {
    Path to = Files.createDirectories(folder.resolve(name));
    var shape = Architectures.ofDepth("llama", depth, rows, 32);
    try (var model = TrainableModel.random(shape, 1, 1, Precision.F32)) {
      model.write(to, new Specials(0, List.of(0)));
    }
    return new Weights(ref("weights"), to);
  }

  private static Ref ref(String kind) {
    return new Ref(kind, "0".repeat(64));
  }

  private Path tune(FakeRun run, Weights from, Optional<Weights> teacher, String json)
      throws InterruptedException {
    Tune.Config config =
        Binder.bind("tune", (ObjectNode) JsonMapper.shared().readTree(json), new Tune().defaults());
    var inputs =
        new Tune.Inputs(
            from, Optional.of(vocabulary), labels, Optional.empty(), teacher, Optional.empty());
    return new Tune().run(inputs, config, run).tuned().folder();
  }

  @Test
  void aClassifierLearnsFromAnotherOnesScores() throws Exception {
    String settings = "{\"examples\": 160, \"batch\": 8, \"learningRate\": 0.01%s}";
    Weights deeper = model("deeper", 2, Architectures.read(config(base)).vocabularySize());
    Path teacher =
        tune(new FakeRun(folder.resolve("a"), 1), deeper, Optional.empty(), settings.formatted(""));
    var taught = Optional.of(new Weights(ref("weights"), teacher));
    var run = new FakeRun(folder.resolve("b"), 2);
    Path student =
        tune(run, base, taught, settings.formatted(", \"distillation\": {\"alpha\": 1}"));
    Map<String, Number> last = run.metrics().getLast();
    // The labels' own part is told, and learned, though it counts nothing.
    assertEquals(last.get("loss").doubleValue(), last.get("distillationLoss").doubleValue(), 1e-6);
    double begun = run.metrics().getFirst().get("targetLoss").doubleValue();
    assertTrue(last.get("targetLoss").doubleValue() < begun / 2, last + " began at " + begun);
    assertTrue(Files.exists(student.resolve("model.safetensors")));
    assertTrue(
        run.notes().stream().anyMatch(n -> n.startsWith("a teacher of ")), run.notes().toString());
    assertFalse(last.containsKey("hiddenLoss"));
  }

  private static String config(Weights weights) throws Exception {
    return Files.readString(weights.folder().resolve("config.json"));
  }

  @Test
  void aTeacherOfAnotherTaskAndSettingsWithoutOneAreRefused() throws Exception {
    var none =
        assertThrows(
            ImagoException.class,
            () ->
                tune(
                    new FakeRun(folder.resolve("c"), 1),
                    base,
                    Optional.empty(),
                    "{\"distillation\": {\"alpha\": 1}}"));
    assertTrue(none.getMessage().contains("input teacher is not bound"), none.getMessage());
    var other =
        assertThrows(
            ImagoException.class,
            () ->
                tune(
                    new FakeRun(folder.resolve("d"), 1),
                    base,
                    Optional.of(base),
                    "{\"examples\": 8}"));
    assertTrue(
        other
            .getMessage()
            .contains("the next token, and the student a llama of classes (sport, money)"),
        other.getMessage());
  }

  @Test
  void aTeachersMemoryIsPartOfTheCost() {
    var small = TrainingCost.Model.of(Architectures.ofDepth("llama", 1, 64, 32));
    var large = TrainingCost.Model.of(Architectures.ofDepth("llama", 8, 4096, 32));
    var config = new Tune().defaults();
    Compute compute = Compute.ofThreads(2);
    long alone =
        new TuneCost(small, config, 1, List.of()).of(64, new Room(compute, 1L << 34)).memoryBytes();
    long taught =
        new TuneCost(small, config, 1, List.of(large))
            .of(64, new Room(compute, 1L << 34))
            .memoryBytes();
    assertTrue(taught - alone > 4 * large.parameters(), alone + " and " + taught);
  }

  @Test
  void rewardsCostTheDrawingOfAnswersAndTheModelsBeside() {
    var small = TrainingCost.Model.of(Architectures.ofDepth("llama", 1, 64, 32));
    var large = TrainingCost.Model.of(Architectures.ofDepth("llama", 8, 4096, 32));
    var usual = new Tune().defaults();
    Compute compute = Compute.ofThreads(2);
    var json =
        (ObjectNode)
            JsonMapper.shared().readTree("{\"grpo\": {\"rewards\": \"exact\", \"beta\": 0.1}}");
    Tune.Config rewarded = Binder.bind("tune", json, usual);
    var given = new TuneCost(small, usual, 1, List.of()).of(64, new Room(compute, 1L << 34));
    var drawn = new TuneCost(small, rewarded, 1, List.of()).of(64, new Room(compute, 1L << 34));
    // Of 32 tokens 16 are an answer's: 8 of them, each with 8 of the prompt and 4 before it.
    assertEquals(
        given.operations() * (1 + 96 / 3.0 / 16), drawn.operations(), 1e-6 * drawn.operations());
    assertEquals(List.of(small, large), GroupTuning.beside(small, Optional.of(large), rewarded));
    assertEquals(List.of(), GroupTuning.beside(small, Optional.of(large), usual));
  }
}
