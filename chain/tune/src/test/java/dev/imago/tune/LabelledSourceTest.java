package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Labels;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.model.ModelFolder;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tokenizers.EncodeOptions;
import dev.imago.tokenizers.Side;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Precision;
import dev.imago.training.TrainableModel;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An encoder and a decoder that tell labels of what they read.
final class LabelledSourceTest {
  private static final EncodeOptions AS_TEXT = EncodeOptions.ORDINARY.withAddedSpecialTokens(true);

  @TempDir Path folder;
  private Optional<Weights> teacher = Optional.empty();
  private Path words;
  private Labels topics;
  private Labels tags;

  @BeforeEach
  void writeInputs() throws Exception {
    words = Files.createDirectories(folder.resolve("vocabulary"));
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(280).minimumFrequency(1),
            List.of("the team won the game", "the bank lent money").iterator(),
            TrainingProgress.NONE);
    Files.write(words.resolve("tokenizer.json"), tokenizer.toJson());
    Files.writeString(words.resolve("tokenizer_config.json"), "{}");
    topics =
        labels(
            "topics",
            "{\"task\": \"classify\", \"labels\": [\"sport\", \"money\"]}",
            """
            {"id": "1", "text": "the team won", "label": "sport", "source": "f"}
            {"id": "2", "text": "the bank lent", "label": "money", "source": "f"}
            """);
    tags =
        labels(
            "tags",
            "{\"task\": \"tag\", \"labels\": [\"O\", \"B-TEAM\"]}",
            """
            {"id": "1", "words": ["the", "team"], "tags": ["O", "B-TEAM"], "source": "f"}
            {"id": "2", "words": ["the", "bank"], "tags": ["O", "O"], "source": "f"}
            """);
  }

  private Labels labels(String name, String task, String lines) throws Exception {
    Path to = Files.createDirectories(folder.resolve(name));
    Files.writeString(to.resolve("task.json"), task);
    Files.writeString(to.resolve("train.jsonl"), lines.repeat(10));
    Files.writeString(to.resolve("heldout.jsonl"), "tuning does not read this");
    return new Labels(new Ref("labels", "0".repeat(64)), to);
  }

  private Weights base(String architecture) throws Exception {
    Path to = Files.createDirectories(folder.resolve(architecture));
    int size = Tokenizer.load(words.resolve("tokenizer.json")).vocabularySize();
    var shape = Architectures.ofDepth(architecture, 1, size, 32);
    try (var model = TrainableModel.random(shape, 5, 1, Precision.F32)) {
      model.write(to, new Specials(0, List.of(0)));
    }
    return new Weights(new Ref("weights", "a".repeat(64)), to);
  }

  private Path tune(Weights base, Labels labels, FakeRun run) throws Exception {
    return tune(base, labels, Optional.empty(), "", run);
  }

  private Path tune(Weights base, Labels labels, Optional<Weights> start, String more, FakeRun run)
      throws Exception {
    var settings =
        (ObjectNode)
            JsonMapper.shared()
                .readTree(
                    "{\"examples\": 40, \"batch\": 4, \"calibration\": 0, \"maxEpochs\": 2%s}"
                        .formatted(more));
    var inputs =
        new Tune.Inputs(
            base,
            Optional.of(new Vocabulary(new Ref("vocabulary", "0".repeat(64)), words)),
            labels,
            Optional.empty(),
            teacher,
            start);
    Tune.Config config = Binder.bind("tune", settings, new Tune().defaults());
    return new Tune().run(inputs, config, run).tuned().folder();
  }

  private static int[] read(Path folder, String... texts) {
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    return texts.length == 1
        ? tokenizer.encoding(texts[0], AS_TEXT).ids()
        : tokenizer.encoding(texts[0], texts[1], AS_TEXT).ids();
  }

  @Test
  void classesAreToldWhereATextEndsSoThatTheTokenizerSetsTheEnd() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 1);
    Path tuned = tune(base("t5"), topics, run);
    assertTrue(
        run.notes().contains("«<|endoftext|>» is set behind each text, where classes are told"),
        run.notes().toString());
    int[] plain = read(words, "the team");
    int[] one = read(tuned, "the team");
    assertEquals(plain.length + 1, one.length);
    assertEquals(0, one[plain.length]);
    int[] two = new int[2 * one.length];
    System.arraycopy(one, 0, two, 0, one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    assertArrayEquals(two, read(tuned, "the team", "the team"));
    try (ModelFolder written = ModelFolder.open(tuned)) {
      assertEquals(new Output.Classes(List.of("sport", "money")), written.shape().output());
    }
    // A model that is tuned further has it already.
    var again = new FakeRun(folder.resolve("again"), 1);
    Weights first = new Weights(new Ref("weights", "b".repeat(64)), tuned);
    words = tuned;
    assertArrayEquals(one, read(tune(first, topics, again), "the team"));
    assertTrue(again.notes().stream().noneMatch(n -> n.contains("is set behind")));
  }

  @Test
  void anAdapterThatIsGoneOnWithHasItsEndAndItsSide() throws Exception {
    String alone = ", \"adapter\": {\"rank\": 2, \"merge\": false}";
    Weights base = base("t5");
    Path first =
        tune(
            base,
            topics,
            Optional.empty(),
            alone + ", \"truncationSide\": \"left\"",
            new FakeRun(folder.resolve("first"), 1));
    int[] read = read(first, "the team");
    var start = Optional.of(new Weights(new Ref("weights", "b".repeat(64)), first));
    Path second = tune(base, topics, start, alone, new FakeRun(folder.resolve("second"), 1));
    assertArrayEquals(read, read(second, "the team"));
    assertEquals(Side.LEFT, Tokenizer.load(second.resolve("tokenizer.json")).truncationSide());
  }

  private void assertRefused(Labels labels, String more, String words) throws Exception {
    var error =
        assertThrows(
            ConfigException.class,
            () ->
                tune(
                    base("t5"),
                    labels,
                    Optional.empty(),
                    more,
                    new FakeRun(folder.resolve("refused"), 1)));
    assertTrue(error.getMessage().contains(words), error.getMessage());
  }

  @Test
  void whatPeftAndTeachersCannotDoForTwoStacksIsRefused() throws Exception {
    String alone = ", \"adapter\": {\"rank\": 2, \"merge\": false, %s}";
    assertRefused(
        topics,
        alone.formatted("\"trained\": [\"shared\"]"),
        "trained = «shared» with merge = false: a t5 of transformers reads the embedding by its");
    assertRefused(
        tags, alone.formatted("\"tokens\": [\"the\"]"), "tokens with merge = false: a t5 of");
    Path told = tune(base("t5"), topics, new FakeRun(folder.resolve("teacher"), 1));
    teacher = Optional.of(new Weights(new Ref("weights", "c".repeat(64)), told));
    assertRefused(
        topics,
        ", \"distillation\": {\"hidden\": 1}",
        "is of models with one stack of blocks, and a t5 of classes has an encoder and a decoder");
  }

  @Test
  void othersKeepTheirTokenizer() throws Exception {
    for (String architecture : List.of("llama", "bert")) {
      var run = new FakeRun(folder.resolve("run-" + architecture), 1);
      Path tuned = tune(base(architecture), topics, run);
      assertArrayEquals(read(words, "the team"), read(tuned, "the team"));
    }
  }

  @Test
  void anEncoderAloneDoesNotBecomeADecoderThatHasLearnedNothing() throws Exception {
    Path tagger = tune(base("t5"), tags, new FakeRun(folder.resolve("run"), 1));
    assertArrayEquals(read(words, "the team"), read(tagger, "the team"));
    Weights first = new Weights(new Ref("weights", "b".repeat(64)), tagger);
    String refused =
        assertThrows(
                InputException.class,
                () -> tune(first, topics, new FakeRun(folder.resolve("refused"), 1)))
            .getMessage();
    assertTrue(
        refused.contains("tells tags and has no «decoder.block.0.")
            && refused.contains("take the one that it was tuned from"),
        refused);
  }
}
