// Past 400 lines: one stage on one small language, a test for each of its settings.
package dev.imago.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.Compute;
import dev.imago.core.ConfigException;
import dev.imago.core.ImagoException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.training.Room;
import dev.imago.training.TrainingCost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Pre-training on a few lines of a small language of 30 words.
final class PretrainTest {
  private static final int WORDS = 30;

  @TempDir Path folder;
  private Pretrain.Inputs inputs;

  @BeforeEach
  void writeInputs() throws Exception {
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    try (var writer = new Documents.Writer(corpus, "train")) {
      writer.write(new Document("a", "w1 w2 w3 w4 w5 w6 w7 w8", "here", Map.of("kind", "prose")));
    }
    Path words = Files.createDirectories(folder.resolve("words"));
    ObjectNode tokenizer = JsonMapper.shared().createObjectNode();
    tokenizer.put("version", "1.0");
    ObjectNode end = tokenizer.putArray("added_tokens").addObject();
    end.put("id", 0).put("content", "<|endoftext|>").put("special", true);
    for (String field : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
      end.put(field, false);
    }
    tokenizer.putObject("pre_tokenizer").put("type", "Whitespace");
    ObjectNode model = tokenizer.putObject("model").put("type", "WordLevel");
    model.put("unk_token", "<|endoftext|>");
    ObjectNode vocabulary = model.putObject("vocab").put("<|endoftext|>", 0);
    for (int w = 1; w <= WORDS; w++) {
      vocabulary.put("w" + w, w);
    }
    Files.writeString(words.resolve("tokenizer.json"), tokenizer.toString());
    Files.writeString(words.resolve("tokenizer_config.json"), "{\"eos_token\":\"<|endoftext|>\"}");
    Path tokens = Files.createDirectories(folder.resolve("tokens"));
    var header = new TokenShards.Header(WORDS + 1, 0);
    TokenShards.writeHeader(tokens, header);
    for (Split split : new Split[] {Split.TRAIN, Split.HELDOUT}) {
      try (var writer = new TokenShards.Writer(tokens, split, header)) {
        for (int d = 0; d < 40; d++) {
          int[] ids = new int[32];
          for (int i = 0; i < 32; i++) {
            ids[i] = 1 + (d * 7 + i) % WORDS;
          }
          writer.write(ids, 100);
        }
      }
    }
    inputs =
        new Pretrain.Inputs(
            new Corpus(ref("corpus"), corpus),
            new Tokens(ref("tokens"), tokens),
            new Vocabulary(ref("vocabulary"), words));
  }

  private static Ref ref(String kind) {
    return new Ref(kind, "0".repeat(64));
  }

  private static Pretrain.Config config(String json) {
    return Binder.bind(
        "pretrain", (ObjectNode) JsonMapper.shared().readTree(json), Pretrain.Config.defaults());
  }

  private Path run(FakeRun run, String json) throws InterruptedException {
    return new Pretrain().run(inputs, config(json), run).base().folder();
  }

  static Stream<String> architectures() {
    return Architectures.names().stream();
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void everyArchitectureBeginsFromNothingAndLearns(String architecture) throws Exception {
    var run = new FakeRun(folder.resolve("run"), 2);
    Path base =
        run(
            run,
            """
            {"architecture": "%s", "depth": 2, "context": 32, "tokens": 25600, "learningRate": 0.01,
             "masking": {"unit": "token"}, "evaluateEvery": 50}
            """
                .formatted(architecture));
    double first = run.metrics().getFirst().get("loss").doubleValue();
    double last = run.metrics().getLast().get("heldoutLoss").doubleValue();
    assertTrue(first > 3 && last < first - 0.5, first + " → " + last);
    ModelShape shape = Architectures.read(Files.readString(base.resolve("config.json")));
    Tokenizer tokenizer = Tokenizer.load(base.resolve("tokenizer.json"));
    assertEquals(shape.vocabularySize(), tokenizer.vocabularySize());
    assertEquals(
        Architectures.ofDepth(architecture, 2, 64, 32).architecture(), shape.architecture());
  }

  @Test
  void trainingGoesOnWithAnEarlierModelAndReadsItsTextBeside() throws Exception {
    String first = "{\"depth\": 1, \"context\": 32, \"tokens\": 25600, \"learningRate\": 0.01}";
    var begun = new FakeRun(folder.resolve("a"), 1);
    Path base = run(begun, first);
    var start = new Weights(ref("weights"), base);
    Pretrain.Inputs more =
        new Pretrain.Inputs(
            inputs.corpus(),
            inputs.tokens(),
            inputs.vocabulary(),
            Optional.of(start),
            Optional.of(inputs.tokens()),
            Optional.empty());
    var goesOn = new FakeRun(folder.resolve("b"), 1);
    String settings = "{\"context\": 32, \"tokens\": 2560, \"replay\": 0.5%s}";
    Path after = new Pretrain().run(more, config(settings.formatted("")), goesOn).base().folder();
    double last = begun.metrics().getLast().get("heldoutLoss").doubleValue();
    double next = goesOn.metrics().getFirst().get("loss").doubleValue();
    assertEquals(last, next, 0.5, "training did not go on where it was");
    assertEquals(19, goesOn.metrics().getLast().get("step").intValue());
    assertEquals(
        Architectures.read(Files.readString(base.resolve("config.json"))),
        Architectures.read(Files.readString(after.resolve("config.json"))));
    assertTrue(
        goesOn.notes().stream().anyMatch(n -> n.contains("9 steps of what it was trained on")),
        goesOn.notes().toString());
    for (String wrong :
        List.of(", \"depth\": 2", ", \"architecture\": \"bert\"", ", \"context\": 64")) {
      String json =
          settings
              .formatted(wrong)
              .replace("\"context\": 32, ", wrong.contains("context") ? "" : "\"context\": 32, ");
      assertThrows(
          ConfigException.class,
          () -> new Pretrain().run(more, config(json), new FakeRun(folder.resolve("c"), 1)));
    }
    var refused =
        assertThrows(
            ConfigException.class,
            () ->
                new Pretrain()
                    .run(inputs, config("{\"replay\": 0.5}"), new FakeRun(folder.resolve("d"), 1)));
    assertTrue(refused.getMessage().contains("input start is not bound"), refused.getMessage());
    refused =
        assertThrows(
            ConfigException.class,
            () ->
                new Pretrain()
                    .run(
                        inputs,
                        config("{\"keepZeros\": true}"),
                        new FakeRun(folder.resolve("z"), 1)));
    assertTrue(refused.getMessage().startsWith("pretrain.keepZeros = true"), refused.getMessage());
    refused =
        assertThrows(
            ConfigException.class,
            () ->
                new Pretrain()
                    .run(
                        more,
                        config("{\"context\": 32, \"tokens\": 2560}"),
                        new FakeRun(folder.resolve("e"), 1)));
    assertTrue(refused.getMessage().contains("replay = 0 reads nothing"), refused.getMessage());
    Path own = base.resolve("tokenizer.json");
    Files.writeString(own, Files.readString(own).replace("\"w7\"", "\"another\""));
    var unlike =
        assertThrows(
            InputException.class,
            () ->
                new Pretrain()
                    .run(
                        more, config(settings.formatted("")), new FakeRun(folder.resolve("f"), 1)));
    assertTrue(
        unlike.getMessage().startsWith("token 7 of the corpus is «w7»"), unlike.getMessage());
  }

  private Pretrain.Inputs beside(Path teacher) {
    return new Pretrain.Inputs(
        inputs.corpus(),
        inputs.tokens(),
        inputs.vocabulary(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(new Weights(ref("weights"), teacher)));
  }

  @Test
  void aStudentLearnsFromItsTeacherAndBothPartsOfItsLossAreTold() throws Exception {
    Path teacher =
        run(
            new FakeRun(folder.resolve("a"), 1),
            "{\"depth\": 2, \"context\": 32, \"tokens\": 25600, \"learningRate\": 0.01}");
    String settings =
        "{\"depth\": 2, \"context\": 32, \"tokens\": 12800, \"learningRate\": 0.01,"
            + " \"distillation\": {%s}}";
    var run = new FakeRun(folder.resolve("b"), 2);
    Path student =
        new Pretrain()
            .run(beside(teacher), config(settings.formatted("\"hidden\": 0.5")), run)
            .base()
            .folder();
    Map<String, Number> first = run.metrics().getFirst();
    Map<String, Number> last = run.metrics().getLast();
    for (String part : List.of("targetLoss", "distillationLoss", "hiddenLoss")) {
      double begun = first.get(part).doubleValue();
      assertTrue(last.get(part).doubleValue() < 0.7 * begun, part + " began at " + begun);
    }
    assertTrue(
        run.notes().stream().anyMatch(n -> n.contains("hidden states of 2 blocks count 0.5")),
        run.notes().toString());
    assertFalse(
        Files.readString(student.resolve("config.json")).contains("distil"), "nothing of it stays");
    var unbound =
        assertThrows(
            ConfigException.class,
            () -> run(new FakeRun(folder.resolve("c"), 1), settings.formatted("\"alpha\": 1")));
    assertTrue(unbound.getMessage().contains("input teacher is not bound"), unbound.getMessage());
  }

  @Test
  void aTeacherThatCannotTeachIsRefusedByName() throws Exception {
    String settings = "{\"depth\": %d, \"context\": 32, \"tokens\": 256%s}";
    Path teacher = run(new FakeRun(folder.resolve("a"), 1), settings.formatted(1, ""));
    refused(
        teacher,
        settings.formatted(2, ", \"distillation\": {\"hidden\": 1}"),
        "hidden states of one width, and the student's are 64 wide, the teacher's 32");
    refused(
        teacher,
        settings.formatted(1, ", \"distillation\": {\"hidden\": 1, \"layers\": {\"1\": 2}}"),
        "distillation.layers.1 = 2: the student has 1 blocks, the teacher 1");
    refused(
        teacher,
        "{\"depth\": 1, \"context\": 64, \"tokens\": 256}",
        "reads 32 tokens at once, and the student is to read 64");
    refused(
        teacher,
        settings.formatted(1, ", \"architecture\": \"bert\""),
        "the student a bert of masked tokens");
    Path own = teacher.resolve("tokenizer.json");
    Files.writeString(own, Files.readString(own).replace("\"w7\"", "\"another\""));
    refused(teacher, settings.formatted(1, ""), "encode the corpus with the teacher's own");
  }

  private void refused(Path teacher, String json, String why) {
    var refused =
        assertThrows(
            ImagoException.class,
            () ->
                new Pretrain()
                    .run(beside(teacher), config(json), new FakeRun(folder.resolve("r"), 1)));
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  @Test
  void aTeachersMemoryIsPartOfTheEstimate() {
    Pretrain.Config config = config("{\"depth\": 1, \"context\": 32, \"tokens\": 256}");
    var sizes = new Sizes(32, 256);
    var teacher = TrainingCost.Model.of(Architectures.ofDepth("llama", 8, 4096, 32));
    Compute compute = Compute.ofThreads(2);
    long alone =
        Memory.cost(config, 1, 8, 64, sizes, Optional.empty(), new Room(compute, 1L << 34))
            .memoryBytes();
    long taught =
        Memory.cost(config, 1, 8, 64, sizes, Optional.of(teacher), new Room(compute, 1L << 34))
            .memoryBytes();
    assertTrue(taught - alone > 4 * teacher.parameters(), alone + " and " + taught);
  }

  @Test
  void dropoutChangesTheTrainingAndStandsInTheModelsFile() throws Exception {
    String settings =
        "{\"architecture\": \"lstm\", \"depth\": 1, \"context\": 32, \"tokens\": 512%s}";
    Path without = run(new FakeRun(folder.resolve("a"), 1), settings.formatted(""));
    Path with =
        run(
            new FakeRun(folder.resolve("b"), 1),
            settings.formatted(", \"dropout\": 0.5, \"variationalDropout\": true"));
    assertFalse(Files.readString(without.resolve("config.json")).contains("dropout"));
    ModelShape shape = Architectures.read(Files.readString(with.resolve("config.json")));
    assertEquals(0.5f, shape.dropout().residual());
    assertTrue(shape.dropout().locked());
    assertTrue(
        Files.mismatch(without.resolve("model.safetensors"), with.resolve("model.safetensors"))
            >= 0);
    var refused =
        assertThrows(
            ConfigException.class,
            () -> config("{\"dropout\": 0.1, \"variationalDropout\": true}"));
    assertTrue(refused.getMessage().contains("recurrent"), refused.getMessage());
  }

  @Test
  void aVocabularyWithoutAMaskGetsOneAndItsFilesNameIt() throws Exception {
    Path base =
        run(
            new FakeRun(folder.resolve("run"), 1),
            """
            {"architecture": "bert", "depth": 1, "context": 32, "tokens": 512, "masking": {"unit": "span"}}
            """);
    Tokenizer tokenizer = Tokenizer.load(base.resolve("tokenizer.json"));
    assertEquals(WORDS + 2, tokenizer.vocabularySize());
    assertEquals(WORDS + 1, tokenizer.id("[MASK]").orElseThrow());
    assertTrue(tokenizer.special(WORDS + 1));
    assertEquals("[3, 31, 4]", Arrays.toString(tokenizer.encode("w3 [MASK] w4")));
    assertTrue(
        Files.readString(base.resolve("tokenizer_config.json"))
            .contains("\"mask_token\" : \"[MASK]\""));
  }

  @Test
  void documentsArePackedWholeAndTheBestOfADevelopmentPartComesOut() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 2);
    run(
        run,
        """
        {"depth": 1, "context": 64, "tokens": 20480, "packing": "packed", "acrossDocuments": false,
         "optimizer": "muon", "evaluateEvery": 10, "stopping": {"development": 0.2, "keepBest": 2}}
        """);
    assertTrue(
        run.notes().stream().anyMatch(n -> n.matches("packed sequences hold \\d.* % text")),
        run.notes().toString());
    assertTrue(run.notes().stream().anyMatch(n -> n.contains("the mean of those of step")));
    assertTrue(run.metrics().getLast().containsKey("developmentLoss"));
  }

  @Test
  void aRecurrentModelRefusesToKeepDocumentsApartByName() {
    var error =
        assertThrows(
            ConfigException.class,
            () ->
                run(
                    new FakeRun(folder.resolve("run"), 1),
                    "{\"architecture\": \"lstm\", \"depth\": 1, \"acrossDocuments\": false}"));
    assertTrue(
        error
            .getMessage()
            .startsWith("pretrain.architecture = lstm with acrossDocuments = false: a recurrent"),
        error.getMessage());
  }

  @Test
  void groupsThatTheModelDoesNotHaveAreRefusedBeforeAnyWork() {
    var run = new FakeRun(folder.resolve("run"), 1);
    var error =
        assertThrows(
            ConfigException.class,
            () -> run(run, "{\"depth\": 1, \"groups\": {\"freeze\": [\"encoder.*\"]}}"));
    assertTrue(
        error.getMessage().startsWith("pretrain.groups: no parameter is called «encoder.*»"),
        error.getMessage());
    assertEquals(0, run.metrics().size());
  }

  private String refused(String json) {
    var run = new FakeRun(folder.resolve("run"), 1);
    String message = assertThrows(ImagoException.class, () -> run(run, json)).getMessage();
    assertEquals(0, run.metrics().size());
    return message;
  }

  @Test
  void whatLeavesNothingToAnOptimizerOrADevelopmentPartIsRefusedBeforeTheFirstStep() {
    String muon =
        refused(
            "{\"depth\": 1, \"optimizer\": \"muon\", \"groups\": {\"freeze\": [\"*.layers.*\"]}}");
    assertTrue(muon.startsWith("optimizer = muon is for the matrices of blocks"), muon);
    String apart =
        refused("{\"depth\": 1, \"context\": 512, \"stopping\": {\"development\": 0.05}}");
    assertTrue(apart.startsWith("pretrain.stopping.development = 0.05 sets "), apart);
  }

  @Test
  void aHeldOutPartThatIsTooShortIsTold() throws Exception {
    var header = TokenShards.header(inputs.tokens().folder());
    try (var writer = new TokenShards.Writer(inputs.tokens().folder(), Split.HELDOUT, header)) {
      writer.write(new int[] {1, 2, 3}, 8);
    }
    var run = new FakeRun(folder.resolve("run"), 1);
    run(run, "{\"depth\": 1, \"context\": 32, \"tokens\": 256}");
    assertTrue(
        run.notes().stream().anyMatch(n -> n.startsWith("4 tokens are held out, fewer than")),
        run.notes().toString());
  }

  @Test
  void theBestWeightsAreCountedOnTheDisk() {
    Sizes sizes = new Sizes(64, 10_000);
    Pretrain.Config last = config("{\"depth\": 1}");
    Pretrain.Config best =
        config("{\"depth\": 1, \"stopping\": {\"development\": 0.1, \"keepBest\": 3}}");
    long parameters = last.shape(64, 64).parameterCount();
    assertEquals(
        4 * 4 * parameters,
        Memory.cost(
                    best,
                    1,
                    8,
                    64,
                    sizes,
                    Optional.empty(),
                    new Room(Compute.ofThreads(2), 1L << 34))
                .diskBytes()
            - Memory.cost(
                    last,
                    1,
                    8,
                    64,
                    sizes,
                    Optional.empty(),
                    new Room(Compute.ofThreads(2), 1L << 34))
                .diskBytes());
  }
}
