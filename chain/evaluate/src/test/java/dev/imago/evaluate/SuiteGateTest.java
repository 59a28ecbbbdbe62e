package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.suites.ModelReply;
import dev.imago.suites.PromptOptions;
import dev.imago.suites.ScoredItem;
import dev.imago.suites.Suite;
import dev.imago.suites.TaskRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is written of an evaluation, and what gates and reports make of it.
class SuiteGateTest {
  @TempDir private Path folder;

  private SuiteEvaluation.@Nullable Outcome last;

  private static final ModelLineage LINEAGE =
      new ModelLineage(
          "weights/3f2a",
          List.of(
              new ModelLineage.Made(
                  "weights/3f2a",
                  "tune",
                  42,
                  "1",
                  9,
                  List.of("labels/<9c>"),
                  List.of(
                      Map.of("step", 1.0, "loss", 3.0),
                      Map.of("step", 2.0, "loss", 2.0, "developmentLoss", 2.5))),
              new ModelLineage.Made("labels/<9c>", "", 0, "", Double.NaN, List.of(), List.of())));

  /// An evaluation of a model that is right on some items.
  private StoredEvaluation evaluation(String name, IntPredicate right, Optional<Integer> shots)
      throws Exception {
    var options =
        new PromptOptions(
            Optional.empty(),
            PromptOptions.USUAL_SEED,
            shots,
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty());
    TaskRun task =
        Suite.read(List.of(SuiteConformanceTest.task("yesno")), options).tasks().getFirst();
    var scored = new ArrayList<ScoredItem>();
    for (int i = 0; i < task.items().size(); i++) {
      boolean yes = task.items().get(i).gold().equals("yes") == right.test(i);
      List<ModelReply> replies =
          List.of(
              new ModelReply.Likelihood(yes ? -2 : -1, false, 1),
              new ModelReply.Likelihood(yes ? -1 : -2, false, 1));
      scored.add(task.scored(task.items().get(i), replies));
    }
    var result = new SuiteEvaluation.TaskResult(task, scored, task.scores(scored));
    last =
        new SuiteEvaluation.Outcome(
            name,
            name,
            List.of(result),
            List.of(),
            List.of("<noted>"),
            new EvaluationCost(1.5, 36, 0, 36, 90, true, 1 << 20));
    SuiteFiles.write(last, Map.of(), Optional.of(LINEAGE), folder.resolve(name));
    return StoredEvaluation.read(folder.resolve(name));
  }

  private StoredEvaluation evaluation(String name, IntPredicate right) throws Exception {
    return evaluation(name, right, Optional.empty());
  }

  private static SuiteGate.Outcome gate(
      StoredEvaluation model, StoredEvaluation accepted, Optional<Double> margin) {
    return SuiteGate.outcomes(model, accepted, List.of("acc"), margin, 0.95).getFirst();
  }

  @Test
  void whatIsWorseDoesNotPassAndWhatIsNotToldApartDoes() throws Exception {
    StoredEvaluation good = evaluation("good", i -> true);
    StoredEvaluation like = evaluation("like", i -> i != 4);
    StoredEvaluation bad = evaluation("bad", i -> i % 2 == 0);
    assertTrue(gate(like, good, Optional.empty()).passes());
    assertEquals(List.of(4), gate(like, good, Optional.empty()).flipped());
    assertFalse(gate(bad, good, Optional.empty()).passes());
    assertTrue(gate(good, bad, Optional.empty()).passes());
  }

  @Test
  void withAMarginWhatTheDataCannotTellDoesNotPass() throws Exception {
    StoredEvaluation good = evaluation("good", i -> true);
    StoredEvaluation like = evaluation("like", i -> i != 4);
    assertFalse(gate(like, good, Optional.of(0.01)).passes());
    assertTrue(gate(like, good, Optional.of(0.5)).passes());
    // The same answers to so few items are no proof that the next ones will be the same.
    assertFalse(gate(good, evaluation("same", i -> true), Optional.of(0.01)).passes());
  }

  @Test
  void theMarginsIntervalHasTheConfidenceThatIsAskedFor() throws Exception {
    StoredEvaluation good = evaluation("good", i -> true);
    StoredEvaluation like = evaluation("like", i -> i != 4);
    List<Boolean> passes =
        DoubleStream.of(0.5, 0.9999)
            .mapToObj(c -> SuiteGate.outcomes(like, good, List.of("acc"), Optional.of(0.2), c))
            .map(outcomes -> outcomes.getFirst().passes())
            .toList();
    assertEquals(List.of(true, false), passes);
  }

  @Test
  void aMetricThatNoTaskHasIsNotPassedOver() throws Exception {
    StoredEvaluation one = evaluation("one", i -> true);
    String said =
        assertThrows(
                InputException.class,
                () -> SuiteGate.outcomes(one, one, List.of("acc", "akk"), Optional.empty(), 0.95))
            .getMessage();
    assertTrue(said.contains("«akk»") && said.contains("there are acc, "), said);
  }

  @Test
  void itemsThatWereCutAreNotCompared() throws Exception {
    StoredEvaluation one = evaluation("one", i -> true);
    evaluation("other", i -> true);
    Path items = folder.resolve("other").resolve(SuiteFiles.items("tiny_yesno"));
    List<String> lines = Files.readAllLines(items);
    Files.write(items, lines.subList(0, lines.size() - 1));
    StoredEvaluation cut = StoredEvaluation.read(folder.resolve("other"));
    String said =
        assertThrows(InputException.class, () -> gate(one, cut, Optional.empty())).getMessage();
    assertTrue(said.contains("evaluate again"), said);
  }

  @Test
  void whatWasNotAskedTheSameIsNotCompared() throws Exception {
    StoredEvaluation one = evaluation("one", i -> true);
    StoredEvaluation other = evaluation("other", i -> true, Optional.of(3));
    String said =
        assertThrows(InputException.class, () -> gate(one, other, Optional.empty())).getMessage();
    assertTrue(said.contains("tiny_yesno was not asked the same"), said);
    SuiteEvaluation.Outcome shown = Objects.requireNonNull(last);
    assertEquals(List.of("tiny_yesno"), SuiteFiles.changed(shown, folder.resolve("one")));
    assertEquals(List.of(), SuiteFiles.changed(shown, folder.resolve("other")));
    assertEquals(List.of(), SuiteFiles.changed(shown, folder.resolve("none")));
  }

  @Test
  void modelsThatAreNotToldApartShareARank() throws Exception {
    List<StoredEvaluation> models =
        List.of(
            evaluation("bad", i -> i % 2 == 0),
            evaluation("good", i -> true),
            evaluation("like", i -> i != 4));
    assertArrayEquals(new int[] {3, 1, 1}, ModelRanks.of(models, "tiny_yesno", "acc"));
    assertArrayEquals(
        new boolean[] {true, false, true},
        ModelRanks.front(new double[] {1, 1, 2}, new double[] {1, 2, 3}));
  }

  @Test
  void thePageLeadsFromEachFigureToItsItemsAndNeedsNoNetwork() throws Exception {
    List<StoredEvaluation> models =
        List.of(evaluation("good", i -> true), evaluation("<bad>", i -> i % 2 == 0));
    String page = SuiteReportPage.of(models, Optional.of(models.getFirst()));
    assertTrue(page.contains("<a href=\"#m0-tiny_yesno\">1.0000</a>"), page);
    assertTrue(page.contains("id=\"m1-tiny_yesno-3\""), page);
    assertTrue(page.contains("&lt;bad&gt;") && !page.contains("<bad>"), page);
    assertTrue(page.contains("&lt;noted&gt;"));
    assertTrue(page.contains("<h3>tiny_yesno, good</h3>"), "confusion of yes and no");
    Pattern.compile("href=\"#([^\"]+)\"")
        .matcher(page)
        .results()
        .forEach(l -> assertTrue(page.contains("id=\"" + l.group(1) + "\""), l.group()));
    assertFalse(page.matches("(?s).*(https?:|src=|@import).*"));
    assertTrue(page.contains("<td class=n>90 estimated<td class=n>1 MB"), "joules, memory");
    assertTrue(page.contains("loss 2.0000 at the end, developmentLoss 2.5000"), "a curve");
    assertTrue(page.contains("<tr id=\"l1-labels__9c_\">") && !page.contains("<9c>"), "lineage");
  }

  @Test
  void theReportAsJsonHasWhatThePageShows() throws Exception {
    List<StoredEvaluation> models =
        List.of(evaluation("good", i -> true), evaluation("bad", i -> i % 2 == 0));
    JsonNode report =
        JsonMapper.shared().readTree(SuiteReportJson.of(models, Optional.of(models.getFirst())));
    JsonNode bad = report.path("models").path(1);
    assertEquals("weights/3f2a", bad.path("artifact").stringValue());
    assertEquals(90, bad.path("cost").path("joules_estimated").doubleValue());
    assertEquals(9, bad.path("training").path("seconds").doubleValue());
    assertFalse(bad.path("on_front").booleanValue());
    JsonNode task = bad.path("tasks").path("tiny_yesno");
    assertEquals(2, task.path("scores").path(0).path("rank").intValue());
    assertTrue(task.path("calibration").path("error").isNumber());
    assertTrue(task.path("confusion").path(0).path("examples").path(0).isNumber());
    JsonNode change = report.path("changes").path("models").path(0).path("outcomes").path(0);
    assertEquals("worse", change.path("verdict").stringValue());
    assertTrue(change.path("smallest_difference").doubleValue() > 0);
    assertEquals("labels/<9c>", bad.path("lineage").path(0).path("inputs").path(0).asString());
  }
}
