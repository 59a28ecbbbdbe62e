package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.metrics.Interval;
import dev.imago.metrics.Proportion;
import dev.imago.model.Architectures;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.model.Specials;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.classification.ClassifiedText;
import dev.imago.tasks.tagging.TaggedWords;
import dev.imago.tasks.tagging.Tagging;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LabelSystemsTest {
  private static final Classification TOPICS = new Classification(List.of("money", "sport"));
  private static final Tagging PLACES = new Tagging(List.of("O", "B-LOC", "I-LOC"));
  private static Tokenizer tokenizer;

  @TempDir Path folder;
  private int runs;

  @BeforeAll
  static void trainTokenizer() throws Exception {
    tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(290).minimumFrequency(1),
            List.of("the bank the team in Oslo in Oslo").iterator(),
            TrainingProgress.NONE);
  }

  /// Sure of the sport where the text has an «m», and of a place for each capital letter.
  private static LabelModel byRule(Output output) {
    return new LabelModel() {
      @Override
      public Tokenizer tokenizer() {
        return tokenizer;
      }

      @Override
      public int context() {
        return 64;
      }

      @Override
      public List<float[][]> scores(List<ModelInput> inputs) {
        return inputs.stream().map(input -> scores(input.ids())).toList();
      }

      @Override
      public Readout readout() {
        return Readout.PLAIN;
      }

      private float[][] scores(int[] ids) {
        if (output.ofSequences()) {
          return new float[][] {{0, tokenizer.decode(ids).contains("m") ? 1 : -1}};
        }
        float[][] rows = new float[ids.length][];
        for (int i = 0; i < ids.length; i++) {
          boolean capital = tokenizer.decode(new int[] {ids[i]}).matches(".*[A-Z].*");
          rows[i] = new float[] {0, capital ? 1 : -1, -1};
        }
        return rows;
      }

      @Override
      public void close() {}
    };
  }

  private Weights model(String name, Output output, char hash) throws Exception {
    Path to = Files.createDirectories(folder.resolve(name));
    String config =
        Architectures.ofDepth(1, 300, 64)
            .withOutput(output)
            .configJson(new Specials(0, List.of(0)));
    Files.writeString(to.resolve("config.json"), config);
    return new Weights(new Ref("weights", String.valueOf(hash).repeat(64)), to);
  }

  private Labels topics() throws Exception {
    Path to = Files.createDirectories(folder.resolve("topics"));
    Tasks.write(to, TOPICS);
    for (Split split : Split.values()) {
      var texts = new ArrayList<ClassifiedText>();
      for (int i = 0; i < 20; i++) {
        boolean sport = i % 4 == 0;
        // One text of each side has an «m» and is not of sport.
        String text = (sport || i == 1 ? "the team " : "the bank ") + split + i;
        texts.add(new ClassifiedText(split + "#" + i, text, sport ? "sport" : "money", "f"));
      }
      LabelLines.write(to, split, texts);
    }
    return new Labels(new Ref("labels", "a".repeat(64)), to);
  }

  private Labels places() throws Exception {
    Path to = Files.createDirectories(folder.resolve("places"));
    Tasks.write(to, PLACES);
    for (Split split : Split.values()) {
      var sentences = new ArrayList<TaggedWords>();
      for (int i = 0; i < 10; i++) {
        sentences.add(
            new TaggedWords(
                split + "#" + i, List.of("in", "Oslo", "x" + i), List.of("O", "B-LOC", "O"), "f"));
      }
      LabelLines.write(to, split, sentences);
    }
    return new Labels(new Ref("labels", "b".repeat(64)), to);
  }

  private JsonNode scores(FakeRun run, List<Weights> models, List<Labels> labels) throws Exception {
    var config = new Evaluate.Config(1024, 64, 10, 16, 200, 0.95, 2, 3);
    var stage =
        new Evaluate(
            (path, threads) -> {
              throw new AssertionError("no text is measured");
            },
            (path, threads) -> byRule(output(path)));
    var out =
        stage.run(
            new Evaluate.Inputs(
                Optional.empty(),
                List.of(),
                models,
                Optional.empty(),
                Optional.empty(),
                labels,
                List.of()),
            config,
            run);
    return JsonMapper.shared()
        .readTree(Files.readString(out.scores().folder().resolve("scores.json")));
  }

  private static Output output(Path folder) {
    try {
      return Architectures.read(Files.readString(folder.resolve("config.json"))).output();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private FakeRun run() {
    return new FakeRun(folder.resolve("run" + runs++), 2);
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
  void aModelOfClassesStandsBesideItsBaselinesWithTheExactIntervalOfFewMisses() throws Exception {
    FakeRun run = run();
    JsonNode scores = scores(run, List.of(model("m", TOPICS.output(), '1')), List.of(topics()));
    JsonNode tuned = named(scores, "accuracy.tuned");
    assertEquals(95, tuned.get("value").asDouble(), 1e-9);
    Interval interval = Proportion.interval(19, 20, 0.95);
    assertEquals(100 * interval.low(), tuned.get("low").asDouble(), 1e-5);
    assertEquals(100 * interval.high(), tuned.get("high").asDouble(), 1e-5);
    assertEquals(75, named(scores, "accuracy.majority").get("value").asDouble(), 1e-9);
    assertTrue(named(scores, "accuracy.naive-bayes").get("value").asDouble() >= 75);
    // sport: 5 of 6 told, 5 of 5 there; money: 14 of 14 told, 14 of 15 there.
    double macro = 100 * (10 / 11.0 + 28 / 29.0) / 2;
    assertEquals(macro, named(scores, "macro-f1.tuned").get("value").asDouble(), 1e-5);
    assertEquals(
        List.of("sport", "5", "6", "83.3", "100.0", "90.9"),
        run.row("tuned, held out, by label", "sport"));
    assertTrue(
        run.tables()
            .getOrDefault("verdicts", List.of())
            .toString()
            .contains("tuned beats majority by accuracy"));
  }

  @Test
  void severalModelsAndTasksStandInOneTable() throws Exception {
    FakeRun run = run();
    var models =
        List.of(
            model("a", TOPICS.output(), '1'),
            model("b", PLACES.output(), '2'),
            model("c", TOPICS.output(), '3'),
            model("d", new Output.Classes(List.of("x", "y")), '4'));
    JsonNode scores = scores(run, models, List.of(topics(), places()));
    assertEquals(95, named(scores, "accuracy.tuned-1111").get("value").asDouble(), 1e-9);
    assertEquals(95, named(scores, "accuracy.tuned-3333").get("value").asDouble(), 1e-9);
    assertEquals(100, named(scores, "entity-f1.tuned").get("value").asDouble(), 1e-9);
    assertEquals(100, named(scores, "entity-f1.commonest-tag").get("value").asDouble(), 1e-9);
    assertTrue(
        run.notes().stream().anyMatch(n -> n.contains("none of the labels has its classes")),
        run.notes().toString());
  }

  @Test
  void nothingThatBelongsTogetherIsRefused() {
    var e = assertThrows(InputException.class, () -> scores(run(), List.of(), List.of()));
    assertTrue(e.getMessage().startsWith("there is nothing to measure"), e.getMessage());
  }
}
