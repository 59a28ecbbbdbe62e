package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
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
import dev.imago.tasks.Tasks;
import dev.imago.tasks.answering.Answering;
import dev.imago.tasks.preference.Judging;
import dev.imago.tasks.preference.Preferring;
import dev.imago.tasks.preference.Rewarding;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Precision;
import dev.imago.training.AnswerSampler;
import dev.imago.training.TrainableModel;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What people prefer, planted as a rule: of two answers the shorter one. A small model first
/// learns answers of any length, then the rule.
class PreferenceTuneTest {
  private static final List<String> NAMES = List.of("cat", "dog", "fox", "owl", "hen", "cow");

  @TempDir static Path folder;

  private static Vocabulary vocabulary;
  private static Weights base;
  private static Labels pairs;
  private static Labels judged;
  private static Labels rewarded;
  private static Labels answered;

  private static Ref ref(String kind) {
    return new Ref(kind, "0".repeat(64));
  }

  /// One to eight times the same word.
  private static String answer(String name, int words) {
    return IntStream.range(0, words).mapToObj(_ -> name).collect(Collectors.joining(" "));
  }

  private static String question(Random random) {
    return IntStream.range(0, 3)
        .mapToObj(_ -> NAMES.get(random.nextInt(NAMES.size())))
        .collect(Collectors.joining(" "));
  }

  @BeforeAll
  static void writeInputs() throws Exception {
    Path words = Files.createDirectories(folder.resolve("words"));
    var tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(290)
                .minimumFrequency(1)
                .specialTokens(
                    List.of(BpeTrainer.END_OF_TEXT, BpeTrainer.TURN_START, BpeTrainer.TURN_END)),
            List.of("cat dog fox owl hen cow user assistant ".repeat(3)).iterator(),
            TrainingProgress.NONE);
    Files.write(words.resolve("tokenizer.json"), tokenizer.toJson());
    Files.write(
        words.resolve("tokenizer_config.json"),
        tokenizer.toConfigJson(ChatTemplate.CHATML, BpeTrainer.END_OF_TEXT, 96));
    vocabulary = new Vocabulary(ref("vocabulary"), words);
    Path random = Files.createDirectories(folder.resolve("random"));
    var shape = Architectures.ofDepth("llama", 1, tokenizer.vocabularySize(), 96);
    try (var model = TrainableModel.random(shape, 1, 2, Precision.F32)) {
      model.write(random, new Specials(0, List.of(0)));
    }
    var draw = new Random(5);
    var rows = new ArrayList<Example>();
    var votes = new ArrayList<Example>();
    for (int i = 0; i < 240; i++) {
      String asked = question(draw);
      String name = asked.substring(0, 3);
      int one = 1 + draw.nextInt(8);
      int other = 1 + (one - 1 + 1 + draw.nextInt(7)) % 8;
      String shorter = answer(name, Math.min(one, other));
      String longer = answer(name, Math.max(one, other));
      rows.add(new Example("f#" + i, asked, shorter, "f").rejecting(longer));
      boolean good = draw.nextBoolean();
      votes.add(new Example("f#" + i, asked, good ? shorter : longer, "f").judged(good));
    }
    pairs = labels("pairs", rows);
    Tasks.write(pairs.folder(), new Preferring());
    rewarded = labels("rewarded", rows);
    judged = labels("judged", votes);
    Tasks.write(judged.folder(), new Judging());
    // What the model learns first has both answers alike.
    var both = new ArrayList<Example>();
    rows.forEach(r -> both.addAll(List.of(r, r.worse())));
    answered = labels("answers", both);
    base =
        tune(
            new Weights(ref("weights"), random),
            answered,
            "\"examples\": 1600, \"maxEpochs\": 4, \"learningRate\": 0.005",
            new FakeRun(folder.resolve("first"), 1));
  }

  private static Labels labels(String name, List<Example> rows) throws Exception {
    Path to = Files.createDirectories(folder.resolve(name));
    Examples.write(to, Split.TRAIN, rows);
    Files.writeString(to.resolve("heldout.jsonl"), "tuning does not read this");
    return new Labels(ref("labels"), to);
  }

  private static Weights tune(Weights from, Labels labels, String settings, FakeRun run)
      throws Exception {
    return tune(from, labels, settings, run, Optional.empty());
  }

  private static Weights tune(
      Weights from, Labels labels, String settings, FakeRun run, Optional<Weights> reward)
      throws Exception {
    var json = (ObjectNode) JsonMapper.shared().readTree("{\"batch\": 16, " + settings + "}");
    Tune.Config config = Binder.bind("tune", json, new Tune().defaults());
    return new Tune()
        .run(
            new Tune.Inputs(
                from,
                Optional.of(vocabulary),
                labels,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                reward),
            config,
            run)
        .tuned();
  }

  /// Lengths of answers to prompts that nobody has seen.
  private static List<int[]> answers(Weights of) throws Exception {
    Path words = vocabulary.folder();
    int stop = new Answering().encoder(words).stops().getFirst();
    Tokenizer tokenizer = Tokenizer.load(words.resolve("tokenizer.json"));
    var random = new Random(77);
    var prompts = new ArrayList<int[]>();
    for (int i = 0; i < 64; i++) {
      prompts.add(
          tokenizer.encode(
              "<|im_start|>user\n%s<|im_end|>\n<|im_start|>assistant\n"
                  .formatted(question(random))));
    }
    try (var model = TrainableModel.read(of.folder(), 2, Precision.F32)) {
      return new AnswerSampler(List.of(stop), 40, 1, 0).answers(model, prompts, 3);
    }
  }

  /// How often an answer is shorter than the other to the same prompt; as long counts half.
  private static double wins(List<int[]> ours, List<int[]> theirs) {
    double won = 0;
    for (int i = 0; i < ours.size(); i++) {
      int apart = theirs.get(i).length - ours.get(i).length;
      won += apart > 0 ? 1 : apart == 0 ? 0.5 : 0;
    }
    return won / ours.size();
  }

  private static double cell(FakeRun run, String row, int column) {
    return Double.parseDouble(run.row("Answers set apart", row).get(column).replace(" %", ""));
  }

  @Test
  void aPlantedRuleIsLearnedFromPairsWithinATellableDistance() throws Exception {
    var run = new FakeRun(folder.resolve("dpo"), 1);
    Weights tuned =
        tune(
            base,
            pairs,
            "\"examples\": 320, \"learningRate\": 0.001, \"evaluateEvery\": 10,"
                + " \"checkpointEvery\": 10",
            run);
    List<int[]> before = answers(base);
    double wins = wins(answers(tuned), before);
    assertTrue(wins >= 0.8, wins + " of unseen prompts are won; " + run.tables());
    assertEquals(0.5, wins(before, before));
    assertTrue(cell(run, "pairs told aright", 2) > 90, run.tables().toString());
    double distance = cell(run, "distance, nats an answer", 2);
    assertTrue(distance > 0 && distance < 15, run.tables().toString());
    assertTrue(
        cell(run, "tokens of an answer", 2) < cell(run, "tokens of an answer", 1),
        run.tables().toString());
    var last = run.metrics().getLast();
    for (String key :
        List.of(
            "rewardAccuracy",
            "rewardMargin",
            "chosenLogp",
            "heldoutRewardAccuracy",
            "heldoutChosenLogp",
            "distance",
            "answerTokens")) {
      assertTrue(last.containsKey(key), key + " is not in " + last);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "pairs, '\"beta\": 2.0, \"preference\": {\"loss\": \"simpo\", \"rpoAlpha\": 0.5}'",
    "pairs, '\"beta\": 0.5, \"preference\": {\"loss\": \"orpo\"}'",
    "pairs, '\"preference\": {\"loss\": \"ipo\"}, \"adapter\": {\"rank\": 4}'",
    "judged, '\"beta\": 0.3'"
  })
  void everyWayMakesGoodAnswersLikelierThanBadOnes(String labels, String settings)
      throws Exception {
    var run = new FakeRun(Files.createTempDirectory(folder, "way"), 1);
    Weights _ =
        tune(
            base,
            labels.equals("pairs") ? pairs : judged,
            "\"examples\": 96, \"learningRate\": 0.001, " + settings,
            run);
    double apart =
        cell(run, "ln p of good answers", 2)
            - cell(run, "ln p of bad answers", 2)
            - (cell(run, "ln p of good answers", 1) - cell(run, "ln p of bad answers", 1));
    assertTrue(apart > 0.1, run.tables().toString());
  }

  @Test
  void aRewardModelTellsTheShorterAnswerAsTheBetterOneAndIsServedAsOneNumber() throws Exception {
    Tasks.write(rewarded.folder(), new Rewarding());
    var run = run("reward");
    Weights tuned =
        tune(base, rewarded, "\"examples\": 640, \"maxEpochs\": 4, \"learningRate\": 0.002", run);
    assertTrue(cell(run, "pairs told aright", 2) > 85, run.tables().toString());
    String config = Files.readString(tuned.folder().resolve("config.json"));
    assertTrue(config.contains("\"problem_type\" : \"regression\""), config);
    assertTrue(config.contains("LlamaForSequenceClassification"), config);
    var learned = run("rewarded");
    String grpo = "\"batch\": 8, \"examples\": 2, \"grpo\": {\"rewards\": \"model\", ";
    var _ = tune(base, answered, grpo + "\"numGenerations\": 4}", learned, Optional.of(tuned));
    double reward = learned.metrics().getLast().get("reward").doubleValue();
    assertTrue(Double.isFinite(reward) && reward != 0, learned.metrics().toString());
    String refused =
        assertThrows(
                InputException.class,
                () ->
                    tune(
                        base,
                        answered,
                        grpo + "\"numGenerations\": 4}",
                        learned,
                        Optional.of(base)))
            .getMessage();
    assertTrue(refused.contains("the input reward tells one number"), refused);
  }

  @Test
  void rewardsAndATeacherAreNotLearnedFromTogether() {
    var json =
        (ObjectNode)
            JsonMapper.shared().readTree("{\"batch\": 16, \"grpo\": {\"rewards\": \"exact\"}}");
    Tune.Config config = Binder.bind("tune", json, new Tune().defaults());
    var inputs =
        new Tune.Inputs(
            base,
            Optional.of(vocabulary),
            answered,
            Optional.empty(),
            Optional.of(base),
            Optional.empty());
    var error =
        assertThrows(ConfigException.class, () -> new Tune().run(inputs, config, run("refused")));
    assertTrue(
        error.getMessage().contains("the input teacher is of answers that are given"),
        error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pairs", "judged"})
  void aKilledRunGoesOnToTheSameBitsWithTheLikelihoodsThatItHas(String name) throws Exception {
    Labels labels = name.equals("pairs") ? pairs : judged;
    String settings = "\"examples\": 64, \"learningRate\": 0.001, \"checkpointEvery\": 2";
    Path whole = tune(base, labels, settings, run(name + "-whole")).folder();
    assertThrows(
        FakeRun.Killed.class,
        () -> tune(base, labels, settings, run(name + "-killed").killedAfter(3)));
    Path kept = folder.resolve(name + "-killed/scratch/reference-train.bin");
    var then = FileTime.fromMillis(1000);
    Files.setLastModifiedTime(kept, then);
    Path resumed = tune(base, labels, settings, run(name + "-killed")).folder();
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("model.safetensors")),
        Files.readAllBytes(resumed.resolve("model.safetensors")));
    assertEquals(then, Files.getLastModifiedTime(kept), "computed again");
  }

  private static final String GROUPS =
      "\"batch\": 32, \"learningRate\": 0.002, \"evaluateEvery\": 30, \"grpo\": {\"rewards\":"
          + " \"regex\", \"pattern\": \"[a-z]+( [a-z]+)?\", \"maxCompletionLength\": 24, ";

  @Test
  void aRewardRisesOnPromptsThatNobodyLearns() throws Exception {
    var run = run("grpo");
    var _ = tune(base, answered, GROUPS + "\"beta\": 0.01}, \"examples\": 120", run);
    String table = "Answers to 24 prompts set apart";
    double before = Double.parseDouble(run.row(table, "reward").get(1));
    double after = Double.parseDouble(run.row(table, "reward").get(2));
    assertTrue(before < 0.5 && after > before + 0.3, run.tables() + " " + run.notes());
    var last = run.metrics().getLast();
    for (String key :
        List.of("reward", "kl", "completionLength", "clipRatio", "entropy", "heldoutReward")) {
      assertTrue(last.containsKey(key), key + " is not in " + last);
    }
  }

  @Test
  void aKilledRunGoesOnFromTheAnswersThatItDrew() throws Exception {
    String settings =
        GROUPS
            + "\"numIterations\": 2, \"lossType\": \"grpo\", \"heldoutPrompts\": 0},"
            + " \"examples\": 12, \"checkpointEvery\": 3";
    Path whole = tune(base, answered, settings, run("grpo-whole")).folder();
    assertThrows(
        FakeRun.Killed.class,
        () -> tune(base, answered, settings, run("grpo-killed").killedAfter(4)));
    Path resumed = tune(base, answered, settings, run("grpo-killed")).folder();
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("model.safetensors")),
        Files.readAllBytes(resumed.resolve("model.safetensors")));
  }

  private static FakeRun run(String name) {
    return new FakeRun(folder.resolve(name), 1);
  }

  @ParameterizedTest
  @CsvSource({
    "pairs, '\"preference\": {\"desirableWeight\": 2}', tune.preference.desirableWeight",
    "judged, '\"preference\": {\"loss\": \"ipo\"}', tune.preference.loss = ipo",
    "judged, '\"accumulate\": 2', tune.accumulate = 2",
    "pairs, '\"beta\": 0, \"preference\": {\"rpoAlpha\": 1}', tune.beta = 0 learns the good",
    "pairs, '\"preference\": {\"simpoGamma\": 1}', tune.preference.simpoGamma = 1.0",
    "pairs, '\"preference\": {\"loss\": \"hinge\"; \"labelSmoothing\": 0.1}', loss = hinge has"
        + " none",
    "pairs, '\"preference\": {\"loss\": \"orpo\"; \"rpoAlpha\": 1}', rpoAlpha = 1.0 adds",
    "pairs, '\"grpo\": {\"rewards\": \"exact\"}', these labels are for preference",
    "pairs, '\"grpo\": {\"rewards\": \"regex\"}', tune.grpo.rewards = regex needs pattern",
    "pairs, '\"grpo\": {\"rewards\": \"model\"}', the input reward says",
    "pairs, '\"grpo\": {\"beta\": 1}', tune.grpo.rewards names none",
    "answered, '\"grpo\": {\"rewards\": \"exact\"; \"lossType\": \"bnpo\"}; \"accumulate\": 2',"
        + " lossType = bnpo divides by the tokens of a micro-batch"
  })
  void aSettingThatNothingWouldReadIsRefused(String labels, String settings, String words) {
    var error =
        assertThrows(
            ConfigException.class,
            () ->
                tune(
                    base,
                    switch (labels) {
                      case "pairs" -> pairs;
                      case "judged" -> judged;
                      default -> answered;
                    },
                    settings.replace(';', ','),
                    run("refused")));
    assertTrue(String.valueOf(error.getMessage()).contains(words), error.getMessage());
  }
}
