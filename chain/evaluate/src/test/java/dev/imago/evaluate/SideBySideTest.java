package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Ngrams;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.ngram.NgramSettings;
import dev.imago.ngram.NgramTrainer;
import dev.imago.ngram.NgramUnit;
import dev.imago.ngram.Smoothing;
import dev.imago.ngram.TokenIds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Models side by side, on the runtime that serves them.
class SideBySideTest {
  @TempDir static Path folder;
  private static FakeRun counting; // with the counted model, three continuations

  @BeforeAll
  static void measured() throws Exception {
    text();
    counting = run("run", 3, List.of(counted(5, ByteModel.V, 'f')));
  }

  private static void text() {
    var header = new TokenShards.Header(ByteModel.V, 0);
    TokenShards.writeHeader(folder, header);
    for (Split split : Split.values()) {
      try (var writer = new TokenShards.Writer(folder, split, header)) {
        for (int d = 0; d < 12; d++) {
          String text = "Document %d of %s:\nnaïve 文本 goes on.\n".formatted(d, split);
          int bytes = text.getBytes(StandardCharsets.UTF_8).length;
          writer.write(ByteModel.tokenizer().encodeOrdinary(text), bytes);
        }
      }
    }
  }

  private static Weights weights(String name, float scale, char digit) throws Exception {
    return new Weights(
        new Ref("weights", String.valueOf(digit).repeat(64)),
        ByteModel.write(folder.resolve(name), scale));
  }

  private static FakeRun run(String name, int continuations, List<Ngrams> ngrams) throws Exception {
    Weights slow = weights("slow", 0.3f, 'a');
    var run =
        new FakeRun(folder.resolve(name), 2)
            .madeBy(
                slow,
                List.of(
                    Map.of("tokensPerSecond", 10.0),
                    Map.of("step", 20.0),
                    Map.of("tokensPerSecond", 3000.0),
                    Map.of("tokensPerSecond", 20.0)));
    new Evaluate()
        .run(
            new Evaluate.Inputs(
                Optional.of(weights("base", 0, 'b')),
                List.of(slow, weights("other", 0.1f, 'c')),
                List.of(),
                Optional.of(new Vocabulary(new Ref("vocabulary", "d".repeat(64)), folder)),
                Optional.of(new Tokens(new Ref("tokens", "e".repeat(64)), folder)),
                List.of(),
                ngrams),
            new Evaluate.Config(1 << 20, 64, 0, 24, 200, 0.95, 0, continuations),
            run);
    return run;
  }

  @Test
  void eachModelHasARowWithItsRatesAndSize() throws Exception {
    List<List<String>> rows = rows();
    assertEquals(
        List.of("bigram", "5-gram", "llama-aaaa", "llama-cccc", "base"),
        rows.stream().map(List::getFirst).toList());
    List<String> slow = rows.get(2);
    assertEquals("llama", slow.get(1));
    assertEquals("20", slow.get(6), "the median of the steps");
    assertEquals("–", rows.get(3).get(6), "nobody here trained it");
    for (List<String> row : rows) {
      assertTrue(Double.parseDouble(row.get(7).replace(",", "")) > 0, row.toString());
    }
    JsonNode scores = read("run/scores/scores.json");
    // All tokens are equally likely to the pre-trained one.
    assertEquals("%.3f".formatted(value(scores, "bits-per-byte.base")), rows.get(4).get(2));
    assertEquals(4, scores.get("verdicts").size());
  }

  @Test
  void allGoOnFromTheSameBeginningsAndTheSameSeedDrawsTheSameTexts() throws Exception {
    assertEquals(2 + 1 + 3, counting.tables().size(), counting.tables().keySet().toString());
    List<String> lines = Files.readAllLines(folder.resolve("run/scores/samples.jsonl"));
    assertEquals(3, lines.size());
    JsonNode first = JsonMapper.shared().readTree(lines.getFirst());
    assertTrue(first.get("beginning").asString().startsWith("Document "), lines.getFirst());
    assertTrue(first.get("heldOut").asString().contains("naïve"), lines.getFirst());
    // Counted pairs know the text; random weights do not.
    assertNotEquals(first.get("bigram"), first.get("base"));
    run("again", 3, List.of(counted(5, ByteModel.V, 'f')));
    assertEquals(lines, Files.readAllLines(folder.resolve("again/scores/samples.jsonl")));
  }

  @Test
  void aModelThatWasCountedHasARowToo() throws Exception {
    assertEquals("Witten–Bell", rows().get(1).get(1));
    JsonNode scores = read("run/scores/scores.json");
    // The held-out documents differ from the others by a word: five tokens back tell more than one.
    assertTrue(value(scores, "bits-per-byte.5-gram") < value(scores, "bits-per-byte.bigram"));
  }

  @Test
  void oneOfAnotherVocabularyIsRefused() {
    var e =
        assertThrows(
            InputException.class,
            () -> run("refused", 1, List.of(counted(2, ByteModel.V - 1, 'f'))));
    assertTrue(String.valueOf(e.getMessage()).contains("is not of the tokens' vocabulary"));
  }

  private static Ngrams counted(int order, int vocabulary, char digit) throws Exception {
    Path counted = Files.createDirectories(folder.resolve("counted-" + vocabulary));
    var settings = NgramSettings.of(order).smoothing(Smoothing.WITTEN_BELL).unit(NgramUnit.IDS);
    try (var trainer = new NgramTrainer(settings, new TokenIds(vocabulary, 0), counted);
        TokenShards train = TokenShards.open(folder, Split.TRAIN)) {
      for (int d = 0; d < train.documents(); d++) {
        int[] ids = new int[(int) (train.start(d + 1) - train.start(d) - 1)];
        train.read(train.start(d), ids);
        trainer.add(java.util.Arrays.stream(ids).filter(id -> id < vocabulary).toArray());
      }
      trainer.write(counted.resolve("model.ngram"));
    }
    return new Ngrams(new Ref("ngram", String.valueOf(digit).repeat(64)), counted);
  }

  @Test
  void withoutContinuationsTheTableStandsAlone() throws Exception {
    FakeRun run = run("none", 0, List.of());
    List<List<String>> rows = run.tables().get("side by side");
    assertEquals(
        List.of("bigram", "llama-aaaa", "llama-cccc", "base"),
        rows.stream().map(List::getFirst).toList());
    assertEquals("–", rows.getFirst().get(7), "nothing was drawn");
    assertEquals(List.of(), Files.readAllLines(folder.resolve("none/scores/samples.jsonl")));
  }

  private static List<List<String>> rows() {
    return counting.tables().get("side by side");
  }

  private JsonNode read(String name) throws Exception {
    return JsonMapper.shared().readTree(Files.readString(folder.resolve(name)));
  }

  private static double value(JsonNode scores, String name) {
    for (JsonNode score : scores.get("scores")) {
      if (score.get("name").asString().equals(name)) {
        return score.get("value").asDouble();
      }
    }
    throw new AssertionError(name);
  }
}
