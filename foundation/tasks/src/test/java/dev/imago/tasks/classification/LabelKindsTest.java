package dev.imago.tasks.classification;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.data.Split;
import dev.imago.model.Calibration;
import dev.imago.model.Output;
import dev.imago.tasks.LabelIds;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelReader;
import dev.imago.tasks.LabelReader.Settings;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.Measure;
import dev.imago.tasks.Tasks;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several labels, ranks, numbers, and two texts: rows, targets, what is told, and measures.
class LabelKindsTest {
  private static final Question ASKED = new Question(new int[] {1, 2}, new int[] {0}, false);

  @TempDir Path folder;

  private static <R extends LabelReader<?>> R read(R rows, Rows.Format format, String text)
      throws Exception {
    rows.read("f", new StringReader(text), format);
    return rows;
  }

  private static double measured(List<Measure> measures, String name, int n) {
    Measure measure =
        measures.stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
    return measure.of().applyAsDouble(IntStream.range(0, n).toArray());
  }

  @Test
  void labelsAreAListOrNamesInAFieldOrFieldsOfTheirOwn() throws Exception {
    var list =
        read(
            new LabelSetRows(Settings.FOUND),
            Rows.Format.JSONL,
            """
            {"text": "late and cold", "labels": ["service", "food"]}
            {"text": "all was well", "labels": []}
            """);
    assertEquals(List.of("food", "service"), list.task().labels());
    assertEquals(List.of("service", "food"), list.given().examples().getFirst().labels());
    assertEquals(List.of(), list.given().examples().get(1).labels());
    var names =
        read(
            new LabelSetRows(Settings.FOUND),
            Rows.Format.CSV,
            "text,labels\nlate,\"b | a\"\nok,\n");
    assertEquals(List.of("b", "a"), names.given().examples().getFirst().labels());
    var fields =
        read(
            new LabelSetRows(new Settings("", "rude,threat", List.of())),
            Rows.Format.CSV,
            "comment,rude,threat\nsome words,1,0\nother words,0,0\nmore words,0,maybe\n");
    assertEquals(List.of("rude", "threat"), fields.task().labels());
    assertEquals(List.of("rude"), fields.given().examples().getFirst().labels());
    assertTrue(
        fields.given().notes().getFirst().contains("neither 1 nor 0 (first: f, line 4)"),
        fields.given().notes().toString());
  }

  @Test
  void twoTextsAreFoundByTheirNamesOrNamed() throws Exception {
    var pairs =
        read(
            new ClassRows(Settings.FOUND),
            Rows.Format.CSV,
            "sentence1,sentence2,label\n"
                + "A dog runs.,An animal moves.,yes\n"
                + "A dog runs.,It is night.,-\n");
    var one = pairs.given().examples().getFirst();
    assertEquals("A dog runs.", one.text());
    assertEquals("An animal moves.", one.pair());
    assertEquals(1, pairs.given().examples().size());
    assertEquals(
        Optional.of(List.of("Query", "document")),
        TextPairs.among(Set.of("id", "document", "Query"), Optional.empty()));
    var columns = Map.of("text", "a", "text_pair", "b", "label", "c");
    var named =
        read(
            new ClassRows(new Settings("", "", List.of(), columns)),
            Rows.Format.JSONL,
            "{\"a\": \"one text\", \"b\": \"another text\", \"c\": \"no\"}\n");
    assertEquals("another text", named.given().examples().getFirst().pair());
    var wrong = new Settings("", "", List.of(), Map.of("text", "z"));
    var error =
        assertThrows(
            InputException.class,
            () -> read(new ClassRows(wrong), Rows.Format.CSV, "a,label\nword,x\n"));
    assertTrue(error.getMessage().contains("columns.text = «z» is no field"), error.getMessage());
  }

  @Test
  void whatIsWrittenOfATaskIsRead() {
    for (var task :
        List.of(
            new MultiLabel(List.of("a", "b")),
            new Ordinal(List.of("1", "2", "3")),
            new Regression(List.of("stars")))) {
      Tasks.write(folder, task);
      assertEquals(task, Tasks.read(folder));
    }
    var pair = new LabelSetText("f#1", "one", List.of("a"), "f", "two");
    LabelLines.write(folder, Split.TRAIN, List.of(pair));
    assertEquals(List.of(pair), new MultiLabel(List.of("a", "b")).examples(folder, Split.TRAIN));
  }

  @Test
  void targetsAreNumbersOfEachScore() {
    var labels = new MultiLabel(List.of("a", "b", "c"));
    var text = new LabelSetText("f#1", "x", List.of("c", "a"), "f", "");
    var places = new LabelIds(labels.labels());
    assertArrayEquals(new float[] {1, 0, 1}, labels.sequence(text, ASKED, places, folder).values());
    var ranks = new Ordinal(List.of("1", "2", "3", "4"));
    var third = new ClassifiedText("f#1", "x", "3", "f");
    assertArrayEquals(
        new float[] {1, 1, 0},
        ranks.sequence(third, ASKED, new LabelIds(ranks.labels()), folder).values());
  }

  @Test
  void labelsAreToldFromTheirThresholdsOn() {
    var output = new Output.Classes(List.of("a", "b", "c"), Output.Problem.SEVERAL);
    float[] scores = {1, 0.5f, -1};
    assertEquals(List.of("a", "b"), Verdict.of(output, scores, Calibration.NONE).told());
    var by = new Calibration(1, 9, 0, 0, List.of(0.8, 0.5, 0.2));
    Verdict verdict = Verdict.of(output, scores, by);
    assertEquals(List.of("b", "c"), verdict.told());
    assertEquals(1 / (1 + Math.exp(-1)), verdict.share(output, "a"), 1e-12);
  }

  @Test
  void aRankIsAsManyStepsUpAsAreLikelierThanNot() {
    var output = new Output.Classes(List.of("low", "mid", "high"), Output.Problem.RANK);
    assertEquals(2, output.scores());
    Verdict verdict = Verdict.of(output, new float[] {3, -2}, Calibration.NONE);
    assertEquals(List.of("mid"), verdict.told());
    assertEquals(1, verdict.shares().stream().mapToDouble(s -> s).sum(), 1e-12);
    double up = 1 / (1 + Math.exp(-3));
    double top = 1 / (1 + Math.exp(2));
    assertEquals(up - top, verdict.shares().get(1), 1e-12);
  }

  /// Recorded: scikit-learn's `f1_score` (micro, macro), `accuracy_score` of indicator matrices,
  /// and `cohen_kappa_score(weights="quadratic")`; SciPy's `pearsonr`, `spearmanr`.
  @Test
  void theMeasuresAreThoseOfScikitLearnAndSciPy() {
    var labels = new MultiLabel(List.of("a", "b", "c"));
    List<List<String>> gold = List.of(List.of("a", "b"), List.of(), List.of("b"), List.of("a"));
    List<List<String>> told = List.of(List.of("a"), List.of("c"), List.of("b"), List.of("a", "b"));
    List<Measure> sets = labels.measures(gold, told);
    assertEquals(2.0 * 3 / (4 + 5), measured(sets, "micro-f1", 4), 1e-12);
    assertEquals((1.0 + 0.5 + 0) / 3, measured(sets, "macro-f1", 4), 1e-12);
    assertEquals(0.25, measured(sets, "exact-match", 4), 1e-12);
    var ranks = new Ordinal(List.of("1", "2", "3", "4"));
    List<List<String>> is = each("1", "2", "3", "4", "4", "2");
    List<List<String>> as = each("1", "3", "3", "4", "2", "1");
    assertEquals(0.6086956521739131, measured(ranks.measures(is, as), "quadratic-kappa", 6), 1e-12);
    var numbers = new Regression(List.of("stars"));
    List<Measure> of = numbers.measures(each("1", "2", "3.5", "4"), each("1.5", "1", "3", "6"));
    assertEquals(0.8405937953733367, measured(of, "pearson", 4), 1e-9);
    assertEquals(0.8, measured(of, "spearman", 4), 1e-12);
    assertEquals((0.25 + 1 + 0.25 + 4) / 4, measured(of, "mean-squared-error", 4), 1e-12);
  }

  private static List<List<String>> each(String... all) {
    return Arrays.stream(all).map(List::of).toList();
  }

  @Test
  void ranksOfNamesNeedTheirOrder() throws Exception {
    var error =
        assertThrows(
            InputException.class,
            () -> read(new RankRows(Settings.FOUND), null, "some words\tgood\n"));
    assertTrue(error.getMessage().contains("annotate.labelNames"), error.getMessage());
    var settings = new Settings("", "", List.of("bad", "good"));
    var rows = read(new RankRows(settings), null, "some words\tgood\nother words\tbad\n");
    assertEquals(List.of("bad", "good"), rows.task().labels());
  }

  @Test
  void whatIsNoNumberIsLeftOutAndOneNumberIsNoTask() throws Exception {
    var rows = read(new NumberRows(Settings.FOUND), null, "some words\t4.5\nother words\tmany\n");
    assertEquals(4.5, rows.given().examples().getFirst().value());
    assertTrue(rows.given().notes().getFirst().contains("1, no number (first: f, line 2)"));
    assertThrows(IllegalArgumentException.class, rows::task);
  }

  @Test
  void thresholdsHaveTheBestF1OfTheDevelopmentPart() {
    // The second label is there once, where it is the least likely that is told of anything.
    float[][] scores = {{2, -6}, {1.5f, -9}, {1, -9}, {0.5f, -9}, {-1, -9}, {-3, -9}};
    float[][] there = {{1, 1}, {1, 0}, {1, 0}, {1, 0}, {1, 0}, {0, 0}};
    Calibration by = Calibration.ofSeveral(List.of(scores), List.of(there), true);
    double fifth = Calibration.sigmoid(-1 / by.temperature());
    double last = Calibration.sigmoid(-3 / by.temperature());
    assertEquals((fifth + last) / 2, by.threshold(0), 1e-9);
    assertEquals(0.5, by.threshold(1));
    assertTrue(by.lossAfter() <= by.lossBefore());
  }

  /// Of words that tell, every baseline but the majority knows what is there, an unseen text too.
  @Test
  void aLinearModelStandsBesideSeveralLabelsAndRanks() {
    var texts = new ArrayList<LabelSetText>();
    var ranked = new ArrayList<ClassifiedText>();
    for (int i = 0; i < 24; i++) {
      var there = new ArrayList<String>();
      var text = new StringBuilder("a text about " + i);
      if (i % 2 == 0) {
        there.add("money");
        text.append(" bank");
      }
      if (i % 3 == 0) {
        there.add("sport");
        text.append(" team");
      }
      there.add("all");
      texts.add(new LabelSetText("t" + i, text.toString(), there, "f", ""));
      String rank = i % 2 == 0 ? "good" : "bad";
      ranked.add(new ClassifiedText("r" + i, rank + " film " + i, rank, "f"));
    }
    var several = new MultiLabel(List.of("money", "sport", "all", "none")).baselines(texts);
    assertEquals(
        List.of("majority", "naive-bayes", "nb-svm"),
        several.stream().map(LabelTask.Baseline::name).toList());
    assertEquals(
        List.of("sport", "all"),
        several.get(2).predict(new LabelSetText("x", "my team", List.of(), "f", "")));
    var ranks = new Ordinal(List.of("bad", "good")).baselines(ranked);
    assertEquals("nb-svm", ranks.get(2).name());
    assertEquals(
        List.of("good"), ranks.get(2).predict(new ClassifiedText("x", "a good one", "bad", "f")));
  }
}
