package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Scores;
import dev.imago.fixtures.FakeRun;
import dev.imago.metrics.FoldInterval;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CrossValidationTest {
  private static final String CLAIM = "tuned beats nb-svm by accuracy";

  @TempDir Path folder;

  private Scores fold(int number, double tuned, double baseline) throws Exception {
    Path to = Files.createDirectories(folder.resolve("fold" + number));
    var difference = new Score("accuracy.tuned-minus-nb-svm", tuned - baseline, 0, 0, 9, "0–100");
    var file =
        new Report.File(
            0.95,
            100,
            Map.of("texts", 9),
            List.of(
                new Score("accuracy.tuned", tuned, 0, 0, 9, "0–100"),
                new Score("accuracy.nb-svm", baseline, 0, 0, 9, "0–100")),
            List.of(new Comparison(CLAIM, Comparison.Outcome.TOO_FEW, false, difference)));
    Files.writeString(to.resolve("scores.json"), JsonMapper.shared().writeValueAsString(file));
    Files.writeString(
        to.resolve("predictions.jsonl"),
        "{\"id\":\"r%d\",\"gold\":[\"a\"],\"told\":{\"tuned\":[\"a\"]}}\n".formatted(number));
    return new Scores(new Ref("scores", String.valueOf(number).repeat(64)), to);
  }

  @Test
  void meansHaveIntervalsOverTheFoldsAndRowsTheirPredictions() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 1);
    var inputs =
        new CrossValidation.Inputs(List.of(fold(1, 90, 85), fold(2, 92, 88), fold(3, 91, 86)));
    Path made =
        new CrossValidation().run(inputs, CrossValidation.Config.defaults(), run).scores().folder();
    JsonNode json = JsonMapper.shared().readTree(Files.readString(made.resolve("scores.json")));
    JsonNode tuned = json.path("scores").path(0);
    assertEquals(91, tuned.path("value").asDouble(), 1e-9);
    double high = FoldInterval.of(new double[] {90, 92, 91}, 0.95).high();
    assertEquals(high, tuned.path("high").asDouble(), 1e-6);
    assertEquals(3, tuned.path("n").asInt());
    JsonNode verdict = json.path("verdicts").path(0);
    assertEquals("BETTER_PAIRED", verdict.path("outcome").asString());
    assertEquals(14.0 / 3, verdict.path("difference").path("value").asDouble(), 1e-6);
    List<String> rows = Files.readAllLines(made.resolve("predictions.jsonl"));
    assertEquals(3, rows.size());
    assertTrue(rows.get(1).startsWith("{\"fold\":2,\"id\":\"r2\""), rows.get(1));
    assertTrue(run.tables().containsKey("Over 3 folds"), run.tables().keySet().toString());
  }

  @Test
  void intervalsThatHaveNothingInCommonAreToldApart() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 1);
    var inputs =
        new CrossValidation.Inputs(
            List.of(fold(1, 90, 60), fold(2, 91, 61), fold(3, 90, 61), fold(4, 91, 60)));
    Path made =
        new CrossValidation().run(inputs, CrossValidation.Config.defaults(), run).scores().folder();
    JsonNode json = JsonMapper.shared().readTree(Files.readString(made.resolve("scores.json")));
    assertEquals("BEATS", json.path("verdicts").path(0).path("outcome").asString());
    assertTrue(json.path("verdicts").path(0).path("apart").asBoolean());
  }

  @Test
  void ofLossesTheLowerIsBetterInFoldsToo() {
    var difference = new Score("bits-per-byte.base-minus-bigram", -2, -3, -1, 3, "bits per byte");
    assertEquals("bits-per-byte.base", Report.firstOf(difference.name()));
    assertEquals("bits-per-byte.bigram", Report.secondOf(difference.name()));
    assertEquals(
        Comparison.Outcome.BETTER_PAIRED,
        Comparison.ofFolds("a", false, difference, true).outcome());
    assertEquals(
        Comparison.Outcome.WORSE, Comparison.ofFolds("a", true, difference, false).outcome());
  }

  @Test
  void oneFoldIsNone() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 1);
    var inputs = new CrossValidation.Inputs(List.of(fold(1, 90, 85)));
    assertThrows(
        InputException.class,
        () -> new CrossValidation().run(inputs, CrossValidation.Config.defaults(), run));
  }
}
