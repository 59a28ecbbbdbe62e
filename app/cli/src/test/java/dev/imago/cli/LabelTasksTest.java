package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.Output;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The recipes of classes and tags from a user's file to scores and a model, as small as they go.
class LabelTasksTest {
  private static final List<String> NAMES = List.of("Oslo", "Paris", "Turin", "Bergen", "Lyon");
  private static final List<String> PLAIN =
      List.of(
          "people",
          "often",
          "walk",
          "near",
          "old",
          "houses",
          "while",
          "rain",
          "falls",
          "slowly",
          "over",
          "small",
          "gardens",
          "and",
          "many",
          "streets",
          "where",
          "children",
          "play");
  private static final List<String> MONEY = List.of("bank", "loan", "price", "market", "credit");
  private static final List<String> SPORT = List.of("goal", "team", "match", "coach", "league");

  @TempDir Path folder;

  private static String pick(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }

  private Map<String, Double> run(String recipe, Path labels, String... more) throws Exception {
    Path workspace = folder.resolve("workspace");
    var words =
        new ArrayList<>(
            List.of(
                "run",
                recipe,
                "--quiet",
                "--labels",
                labels.toString(),
                "--workspace",
                workspace.toString(),
                "vocabulary.vocabularySize=300",
                "prepare.nearDuplicateSimilarity=1",
                "pretrain.depth=1",
                "pretrain.context=64",
                "pretrain.tokens=8000",
                "tune.examples=1500",
                "tune.batch=16",
                "evaluate.resamples=100"));
    words.addAll(List.of(more));
    int exit = Imago.execute(words.toArray(String[]::new));
    assertEquals(0, exit);
    var scores = new HashMap<String, Double>();
    JsonNode json = JsonMapper.shared().readTree(only(workspace, "scores", "scores.json"));
    json.get("scores")
        .forEach(s -> scores.put(s.get("name").asString(), s.get("value").asDouble()));
    return scores;
  }

  /// The one file of this name among the artifacts of a kind.
  private static String only(Path workspace, String kind, String name) throws Exception {
    try (Stream<Path> files = Files.walk(workspace.resolve("artifacts").resolve(kind))) {
      return Files.readString(
          files.filter(f -> f.endsWith(name)).reduce((a, b) -> b).orElseThrow());
    }
  }

  private Output tuned() throws Exception {
    try (Stream<Path> files = Files.walk(folder.resolve("workspace/artifacts/weights"))) {
      for (Path config : files.filter(f -> f.endsWith("config.json")).toList()) {
        Output output = Architectures.read(Files.readString(config)).output();
        if (!output.names().isEmpty()) {
          return output;
        }
      }
    }
    throw new AssertionError("no model of labels");
  }

  @Test
  void aFileOfTextsAndClassesBecomesAModelThatTellsThem() throws Exception {
    var random = new Random(3);
    var rows = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      boolean money = i % 2 == 0;
      for (int w = 0; w < 8; w++) {
        boolean tells = w == 3 || w == 6;
        rows.append(pick(tells ? money ? MONEY : SPORT : PLAIN, random)).append(' ');
      }
      rows.append(i).append('\t').append(money ? "money" : "sport").append('\n');
    }
    Path file = Files.writeString(folder.resolve("rows.txt"), rows);
    Map<String, Double> scores = run("classify", file);
    assertTrue(scores.getOrDefault("accuracy.tuned", 0.0) > 80, scores.toString());
    assertTrue(scores.getOrDefault("accuracy.majority", 0.0) < 75, scores.toString());
    assertTrue(scores.getOrDefault("accuracy.naive-bayes", 0.0) > 80, scores.toString());
    assertTrue(scores.containsKey("macro-f1.tuned"), scores.toString());
    assertEquals(new Output.Classes(List.of("money", "sport")), tuned());
  }

  @Test
  void aFileOfWordsAndTagsBecomesAModelThatTellsThem() throws Exception {
    var random = new Random(4);
    var rows = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      for (int w = 0; w < 8; w++) {
        boolean name = w == 2 || w == 5;
        rows.append(pick(name ? NAMES : PLAIN, random)).append(name ? " B-LOC\n" : " O\n");
      }
      rows.append(i).append(" O\n\n");
    }
    Path file = Files.writeString(folder.resolve("rows.txt"), rows);
    Map<String, Double> scores = run("tag", file);
    assertTrue(scores.getOrDefault("entity-f1.tuned", 0.0) > 80, scores.toString());
    assertTrue(scores.containsKey("entity-f1.commonest-tag"), scores.toString());
    assertEquals(new Output.Tags(List.of("O", "B-LOC", "I-LOC")), tuned());
  }

  @Test
  void aFileOfTextsWithSeveralLabelsBecomesAModelThatTellsThem() throws Exception {
    var random = new Random(5);
    var rows = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      boolean money = i % 2 == 0;
      boolean sport = i % 3 == 0;
      for (int w = 0; w < 8; w++) {
        boolean tells = w % 4 == 1 && money || w % 4 == 3 && sport;
        rows.append(pick(tells ? w % 4 == 1 ? MONEY : SPORT : PLAIN, random)).append(' ');
      }
      rows.append(i).append('\t').append(money ? "money" : "");
      rows.append(money && sport ? "|" : "").append(sport ? "sport" : "").append('\n');
    }
    Path file = Files.writeString(folder.resolve("rows.txt"), rows);
    Map<String, Double> scores =
        run("classify", file, "annotate.task=multi-label", "tune.calibration=0.1");
    assertTrue(scores.getOrDefault("micro-f1.tuned", 0.0) > 80, scores.toString());
    assertTrue(scores.containsKey("micro-f1.naive-bayes"), scores.toString());
    assertEquals(new Output.Classes(List.of("money", "sport"), Output.Problem.SEVERAL), tuned());
    String calibration = only(folder.resolve("workspace"), "weights", "calibration.json");
    assertEquals(2, JsonMapper.shared().readTree(calibration).path("thresholds").size());
  }
}
