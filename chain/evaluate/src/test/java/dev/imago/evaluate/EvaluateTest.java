// Past 400 lines: one stage on the same made-up models, which each test needs.
package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Ref;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvaluateTest {
  private static final int V = 64;

  @TempDir Path folder;
  private Path ran;
  private int runs;

  private final List<Example> heldout = new ArrayList<>();
  private final List<Example> training = new ArrayList<>();

  @BeforeEach
  void write() {
    for (int i = 0; i < 40; i++) {
      training.add(pair("t" + i, "int get" + name(i) + "()", "Returns the " + name(i) + "."));
      heldout.add(pair("h" + i, "int fetch" + name(i) + "()", "Returns the " + name(i) + " now."));
    }
    labels();
    tokens(Split.TRAIN, 30);
    tokens(Split.HELDOUT, 30);
    TokenShards.writeHeader(folder, new TokenShards.Header(V, 0));
  }

  private static Example pair(String id, String prompt, String completion) {
    return new Example(id, prompt, completion, "doc");
  }

  private static String name(int i) {
    return "" + (char) ('A' + i % 26) + "a" + (char) ('a' + i / 26) + "x";
  }

  private void labels() {
    Examples.write(folder, Split.TRAIN, training);
    Examples.write(folder, Split.HELDOUT, heldout);
  }

  /// Documents that count 1, 2, 3 … from a random start, wrapping round: with one token of context
  /// the next one is almost certain.
  private void tokens(Split split, int documents) {
    var random = new Random(split.ordinal());
    try (var writer = new TokenShards.Writer(folder, split, new TokenShards.Header(V, 0))) {
      for (int d = 0; d < documents; d++) {
        int[] ids = new int[40 + random.nextInt(100)];
        int start = random.nextInt(V - 1);
        for (int i = 0; i < ids.length; i++) {
          ids[i] = 1 + (start + i) % (V - 1);
        }
        writer.write(ids, ids.length);
      }
    }
  }

  /// A model that gives each token the same probability and answers by rule.
  private record Fake(
      double probability, String suffix, int vocabulary, ModelCard card, String architecture)
      implements TextModel {
    Fake(double probability, String suffix, int vocabulary) {
      this(probability, suffix, vocabulary, ModelCard.named(""));
    }

    Fake(double probability, String suffix, int vocabulary, ModelCard card) {
      this(probability, suffix, vocabulary, card, "llama");
    }

    @Override
    public Optional<ModelShape> shape() {
      return Optional.of(Architectures.ofDepth(architecture, 2, vocabulary, 128));
    }

    @Override
    public float[] logProbabilities(int[] ids) {
      float[] logs = new float[ids.length - 1];
      java.util.Arrays.fill(logs, (float) Math.log(probability));
      return logs;
    }

    @Override
    public int[] prompt(List<Example.Message> given) {
      String text = given.getLast().content();
      return encode(text);
    }

    @Override
    public List<String> answers(List<int[]> prompts, int maxNewTokens, Progress progress) {
      return prompts.stream()
          .map(ids -> new String(ids, 0, ids.length))
          .map(p -> p.replaceAll("int fetch(\\w+)\\(\\)", suffix))
          .toList();
    }

    @Override
    public int context() {
      return 128;
    }

    @Override
    public int vocabularySize() {
      return vocabulary;
    }

    @Override
    public int[] tokenBytes() {
      int[] bytes = new int[vocabulary];
      java.util.Arrays.fill(bytes, 1);
      bytes[0] = 0;
      return bytes;
    }

    @Override
    public int[] encode(String text) {
      return text.chars().toArray();
    }

    @Override
    public String decode(int[] ids) {
      return java.util.Arrays.toString(ids);
    }

    @Override
    public List<String> continuations(
        List<int[]> prompts, int maxNewTokens, float temperature, long seed) {
      return prompts.stream().map(ids -> suffix + "\n after " + ids.length).toList();
    }

    @Override
    public double tokensPerSecond() {
      return vocabulary / probability;
    }

    @Override
    public void close() {}
  }

  private static final Fake BASE = new Fake(0.25, "int int int", V);
  private static final Fake TUNED = new Fake(0.125, "Returns the $1 now.", V);

  private static Evaluate.Config config(int pairs) {
    return new Evaluate.Config(1 << 20, 64, pairs, 16, 200, 0.95, Math.min(2, pairs), 3);
  }

  private FakeRun run(Fake base, Fake tuned, Evaluate.Config config) throws Exception {
    return run(base, tuned, config, true);
  }

  private FakeRun run(Fake base, Fake tuned, Evaluate.Config config, boolean text)
      throws Exception {
    ran = folder.resolve("run" + runs++);
    var run = new FakeRun(ran, 2);
    String hash = "0".repeat(64);
    Path tunedFolder = folder.resolve("tuned");
    new Evaluate(
            (path, threads) -> path.equals(tunedFolder) ? tuned : base,
            (path, threads) -> {
              throw new AssertionError(path);
            })
        .run(
            new Evaluate.Inputs(
                Optional.of(new Weights(new Ref("weights", hash), folder)),
                List.of(),
                List.of(new Weights(new Ref("weights", hash), tunedFolder)),
                Optional.of(new Vocabulary(new Ref("vocabulary", hash), folder)),
                Optional.of(new Tokens(new Ref("tokens", hash), folder)).filter(_ -> text),
                List.of(new Labels(new Ref("labels", hash), folder)),
                List.of()),
            config,
            run);
    return run;
  }

  private JsonNode scores() throws Exception {
    return JsonMapper.shared().readTree(Files.readString(ran.resolve("scores/scores.json")));
  }

  private static JsonNode named(JsonNode scores, String name) {
    for (JsonNode score : scores.get("scores")) {
      if (score.get("name").asString().equals(name)) {
        return score;
      }
    }
    throw new AssertionError(name + " is missing from " + scores);
  }

  @Test
  void knownProbabilitiesAndAnswersGiveTheScoresWorkedOutByHand() throws Exception {
    FakeRun run = run(BASE, TUNED, config(10));
    JsonNode scores = scores();
    long bytes = 0;
    long ids = 0;
    try (TokenShards shards = TokenShards.open(folder, Split.HELDOUT)) {
      bytes = shards.bytes();
      ids = shards.size();
    }
    // Two bits a token, end-of-text included, over the bytes of the text.
    assertEquals(
        2.0 * ids / bytes, named(scores, "bits-per-byte.base").get("value").asDouble(), 1e-5);
    assertEquals(
        3.0 * ids / bytes, named(scores, "bits-per-byte.tuned").get("value").asDouble(), 1e-5);
    assertTrue(named(scores, "bits-per-byte.bigram").get("value").asDouble() < 1);
    assertEquals(30, named(scores, "bits-per-byte.base").get("n").asInt());
    assertEquals(ids, scores.get("protocol").get("tokens").asLong());
    assertEquals(100, named(scores, "rouge-l.tuned").get("value").asDouble());
    assertEquals(100, named(scores, "chrf.tuned").get("value").asDouble());
    assertEquals(0, named(scores, "rouge-l.untuned").get("value").asDouble());
    // «Returns the X.» against «Returns the X now.»: 3 words of 3, and of 4.
    assertEquals(600.0 / 7, named(scores, "rouge-l.retrieval").get("value").asDouble(), 1e-5);
    String verdicts = String.valueOf(run.tables().get("verdicts"));
    assertTrue(
        verdicts.contains("the tuned model beats retrieval by chrF, yes, intervals apart"),
        verdicts);
    assertTrue(
        verdicts.contains("token bigram on held-out text, no, it is worse, intervals apart"),
        verdicts);
    List<String> samples = Files.readAllLines(ran.resolve("scores/samples.jsonl"));
    assertEquals(2, samples.size());
    JsonNode sample = JsonMapper.shared().readTree(samples.getFirst());
    assertEquals(sample.get("reference").asString(), sample.get("tuned").asString());
    assertEquals("int int int", sample.get("untuned").asString());
  }

  @Test
  void aModelThatLosesIsToldWhichSettingsWouldHelpIt() throws Exception {
    var reading = new ModelCard.Reading(30, 90_000, 40_000, 8_000, 42, Map.of(), Map.of());
    var card = new ModelCard("", "", "", 4_000, List.of(), reading, new ModelCard.Tuning(40, 60));
    FakeRun run = run(BASE, new Fake(0.125, "wrong", V, card), config(10));
    List<List<String>> rows = run.tables().get("What would help the tuned model");
    // 20 tokens for each of 4,000 parameters; 4 passes over 40 pairs.
    assertEquals("pretrain.tokens=80000", rows.get(0).getFirst());
    assertEquals(
        "it read 8,000 of 40,000 tokens; 10 times the time of pretrain", rows.get(0).getLast());
    assertEquals("tune.examples=160", rows.get(1).getFirst());
    assertEquals("more labelled pairs", rows.get(2).getFirst());
    assertEquals(3, rows.size());
  }

  @Test
  void aModelThatAnswersASourceIsMeasuredByItsAnswersAlone() throws Exception {
    var answers = new Fake(Double.NaN, "Returns the $1 now.", V, ModelCard.named(""), "t5");
    FakeRun run = run(answers, answers, config(10));
    List<String> measured =
        scores().get("scores").valueStream().map(score -> score.get("name").asString()).toList();
    assertEquals(
        List.of("bits-per-byte.bigram"),
        measured.stream().filter(name -> name.startsWith("bits-per-byte")).toList());
    assertEquals(100, named(scores(), "rouge-l.tuned").get("value").asDouble());
    assertTrue(
        run.notes()
            .contains(
                "tuned answers one text with another: its answers are measured, and no bits per"
                    + " byte"),
        run.notes().toString());
  }

  @Test
  void withoutTokensAnswersAloneAreMeasured() throws Exception {
    FakeRun run = run(BASE, TUNED, config(10), false);
    JsonNode scores = scores();
    assertEquals(100, named(scores, "rouge-l.tuned").get("value").asDouble());
    assertEquals(0, named(scores, "rouge-l.untuned").get("value").asDouble());
    assertTrue(
        scores
            .get("scores")
            .valueStream()
            .noneMatch(score -> score.get("name").asString().startsWith("bits-per-byte")));
    assertTrue(String.valueOf(run.tables().get("verdicts")).contains("beats retrieval"));
    var none = assertThrows(InputException.class, () -> run(BASE, TUNED, config(0), false));
    assertTrue(none.getMessage().startsWith("there is nothing to measure"), none.getMessage());
  }

  @Test
  void aModelThatWinsIsToldNothing() throws Exception {
    var sure = new Fake(0.999, "Returns the $1 now.", V);
    FakeRun run = run(sure, sure, config(10));
    assertEquals(List.of("scores", "verdicts"), List.copyOf(run.tables().keySet()));
  }

  @Test
  void chineseAnswersAreCountedByCharacterAndItIsSaid() throws Exception {
    heldout.replaceAll(e -> pair(e.id(), e.prompt(), "返回长度"));
    labels();
    FakeRun run = run(BASE, new Fake(0.125, "返回宽度", V), config(10));
    // Three characters of four.
    assertEquals(75, named(scores(), "rouge-l.tuned").get("value").asDouble(), 1e-9);
    assertTrue(
        run.notes().getLast().endsWith("40 of 40 in the reference answers"), run.notes().getLast());
  }

  @Test
  void theSameRunWritesTheSameBytes() throws Exception {
    run(BASE, TUNED, config(10));
    String first = Files.readString(ran.resolve("scores/scores.json"));
    run(BASE, TUNED, config(10));
    assertEquals(first, Files.readString(ran.resolve("scores/scores.json")));
  }

  @Test
  void zeroPairsMeasuresTextAlone() throws Exception {
    Files.delete(folder.resolve("heldout.jsonl"));
    run(BASE, TUNED, config(0));
    assertEquals(3, scores().get("scores").size());
    assertEquals(1, scores().get("verdicts").size());
  }

  @Test
  void promptsTooLongForTheContextArePassedOver() throws Exception {
    heldout.set(3, pair("long", "int fetchX() " + "x".repeat(200), "Returns."));
    labels();
    FakeRun run = run(BASE, TUNED, config(200));
    assertEquals(39, scores().get("protocol").get("pairs").asInt());
    assertEquals("passed over 1 held-out prompts of more than 112 tokens", run.notes().getFirst());
  }

  @Test
  void tooFewPairsLeaveTextAloneAndSaySo() throws Exception {
    List<Example> trained = List.copyOf(training);
    heldout.clear();
    labels();
    assertTextAlone("held-out pairs = 0,");
    heldout.add(training.getFirst());
    labels();
    assertTextAlone("held-out pairs = 1,");
    heldout.addAll(trained);
    training.clear();
    labels();
    assertTextAlone("training pairs = 0,");
    training.addAll(trained);
    heldout.replaceAll(e -> pair(e.id(), e.prompt() + "x".repeat(200), e.completion()));
    labels();
    assertTextAlone("0 of 41 held-out prompts");
  }

  private void assertTextAlone(String why) throws Exception {
    FakeRun run = run(BASE, TUNED, config(10));
    assertEquals("answers are not measured: " + why, cut(run.notes().getLast(), why), "the note");
    assertEquals(3, scores().get("scores").size());
    assertEquals(0, scores().get("protocol").get("pairs").asInt());
    assertEquals("", Files.readString(ran.resolve("scores/samples.jsonl")));
  }

  private static String cut(String note, String why) {
    return note.substring(0, Math.min(note.length(), note.indexOf(':') + 2 + why.length()));
  }

  @Test
  void noHeldOutDocumentIsRefused() {
    tokens(Split.HELDOUT, 0);
    assertRefused("held-out documents = 0");
  }

  @Test
  void oneHeldOutDocumentIsResampledByItsStretches() throws Exception {
    tokens(Split.HELDOUT, 1);
    FakeRun run = run(BASE, TUNED, config(10));
    long ids;
    try (TokenShards shards = TokenShards.open(folder, Split.HELDOUT)) {
      ids = shards.size();
    }
    JsonNode base = named(scores(), "bits-per-byte.base");
    assertEquals((ids + 31) / 32, base.get("n").asLong(), "a window is 64");
    assertEquals(2.0 * ids / (ids - 1), base.get("value").asDouble(), 1e-5);
    assertTrue(
        run.notes().getFirst().startsWith("one document is held out"), run.notes().getFirst());
  }

  @Test
  void oneStretchIsMeasuredAndNotCompared() throws Exception {
    try (var writer = new TokenShards.Writer(folder, Split.HELDOUT, new TokenShards.Header(V, 0))) {
      writer.write(new int[] {1, 2, 3, 4, 5}, 5);
    }
    FakeRun run = run(BASE, TUNED, config(0));
    assertEquals(2.0 * 6 / 5, named(scores(), "bits-per-byte.base").get("value").asDouble(), 1e-5);
    assertEquals(0, scores().get("verdicts").size());
    assertTrue(run.notes().getFirst().contains("one stretch of 6 tokens"), run.notes().getFirst());
  }

  @Test
  void noTrainingTokensAreRefused() {
    tokens(Split.TRAIN, 0);
    assertRefused("training tokens = 0");
  }

  @Test
  void aModelOfAnotherVocabularyIsRefused() {
    var small = new Fake(0.5, "", V - 1);
    var e = assertThrows(InputException.class, () -> run(small, TUNED, config(10)));
    assertTrue(e.getMessage().startsWith("a model of 63 ids cannot score"), e.getMessage());
  }

  @Test
  void impossibleSettingsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> config(1));
    assertThrows(IllegalArgumentException.class, () -> config(-1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Evaluate.Config(1000, 64, 2, 16, 200, 0.95, 2, 3));
    assertThrows(
        IllegalArgumentException.class, () -> new Evaluate.Config(2000, 1, 2, 16, 200, 0.95, 2, 3));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Evaluate.Config(2000, 64, 2, 16, 200, Double.NaN, 2, 3));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Evaluate.Config(2000, 64, 2, 16, 200, 0.95, 3, 3));
  }

  private void assertRefused(String start) {
    var e = assertThrows(InputException.class, () -> run(BASE, TUNED, config(10)));
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
  }
}
