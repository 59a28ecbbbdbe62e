package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Metrics of labels beside their references, on what `conformance/label_metrics.py` says.
class LabelMetricsTest {
  @Test
  void everyMetricHasItsReferencesValues() throws Exception {
    compare(MetricReferences.recorded("label-metrics.json"));
  }

  @Test
  @Tag("conformance")
  void everyMetricHasItsReferencesValuesOnNewCases(@TempDir Path folder) throws Exception {
    compare(MetricReferences.asked(folder, "label_metrics.py", 300));
  }

  private static void compare(JsonNode answers) {
    assertAll(
        Stream.of(
                each(answers, "classes", LabelMetricsTest::classes),
                each(answers, "sets", LabelMetricsTest::sets),
                each(answers, "binary", LabelMetricsTest::binary),
                each(answers, "probabilities", LabelMetricsTest::probabilities),
                each(answers, "correlated", LabelMetricsTest::correlated),
                each(answers, "tags", LabelMetricsTest::tags))
            .flatMap(s -> s));
  }

  private static Stream<Executable> each(JsonNode answers, String kind, Consumer<JsonNode> check) {
    return answers.get(kind).valueStream().map(one -> () -> check.accept(one));
  }

  private static void same(JsonNode expected, double actual, String what, JsonNode of) {
    double theirs = expected.isNull() ? Double.NaN : expected.asDouble();
    assertEquals(theirs, actual, 1e-9, () -> what + " of " + of);
  }

  private static void classes(JsonNode one) {
    ClassScores scores =
        ClassScores.of(
            MetricReferences.strings(one.get("gold")),
            MetricReferences.strings(one.get("predicted")));
    same(one.get("accuracy"), scores.accuracy(), "accuracy", one);
    same(one.get("matthews"), scores.matthews(), "matthews", one);
    for (ClassScores.Distance distance : ClassScores.Distance.values()) {
      same(one.get("kappa").get(distance.ordinal()), scores.kappa(distance), "kappa", one);
    }
    for (Average average : Average.values()) {
      JsonNode of = one.get(average.name().toLowerCase(java.util.Locale.ROOT));
      same(of.get(0), scores.precision(average), average + " precision", one);
      same(of.get(1), scores.recall(average), average + " recall", one);
      same(of.get(2), scores.f1(average), average + " f1", one);
    }
  }

  private static Set<String> set(JsonNode array) {
    return new HashSet<>(MetricReferences.strings(array));
  }

  private static void sets(JsonNode one) {
    var scores =
        MultiLabelScores.of(
            one.get("gold").valueStream().map(LabelMetricsTest::set).toList(),
            one.get("predicted").valueStream().map(LabelMetricsTest::set).toList(),
            set(one.get("known")));
    for (Average average : Average.values()) {
      same(one.get("f1").get(average.ordinal()), scores.f1(average), average + " f1", one);
    }
    same(one.get("f1").get(3), scores.f1OfSamples(), "f1 of samples", one);
    same(one.get("subset"), scores.subsetAccuracy(), "subset accuracy", one);
  }

  private static double[] doubles(JsonNode array) {
    return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }

  private static void binary(JsonNode one) {
    boolean[] gold = new boolean[one.get("gold").size()];
    for (int i = 0; i < gold.length; i++) {
      gold[i] = one.get("gold").get(i).asBoolean();
    }
    BinaryScores scores = BinaryScores.of(gold, doubles(one.get("scores")));
    same(one.get("roc"), scores.rocArea(), "ROC area", one);
    same(one.get("average_precision"), scores.averagePrecision(), "average precision", one);
    same(one.get("precision_recall"), scores.precisionRecallArea(), "area", one);
  }

  private static void probabilities(JsonNode one) {
    int[] gold = one.get("gold").valueStream().mapToInt(JsonNode::asInt).toArray();
    double[][] rows =
        one.get("rows").valueStream().map(LabelMetricsTest::doubles).toArray(double[][]::new);
    same(one.get("log_loss"), ProbabilityScores.logLoss(gold, rows), "log loss", one);
    same(one.get("brier"), ProbabilityScores.brier(gold, rows), "Brier", one);
    double[] confidences = new double[rows.length];
    boolean[] right = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int best = 0;
      for (int c = 1; c < rows[i].length; c++) {
        best = rows[i][c] > rows[i][best] ? c : best;
      }
      confidences[i] = (float) rows[i][best]; // as torchmetrics holds them
      right[i] = best == gold[i];
    }
    for (ProbabilityScores.Norm norm : ProbabilityScores.Norm.values()) {
      // torchmetrics' bins are floats of 32 bits.
      assertEquals(
          one.get("calibration").get(norm.ordinal()).asDouble(),
          ProbabilityScores.calibrationError(confidences, right, 15, norm),
          1e-6,
          () -> norm + " of " + one);
    }
    if (rows[0].length > 2) {
      same(
          one.get("ovr").get(0),
          ProbabilityScores.rocAreaOneVersusRest(gold, rows, false),
          "ROC areas",
          one);
      same(
          one.get("ovr").get(1),
          ProbabilityScores.rocAreaOneVersusRest(gold, rows, true),
          "weighted ROC areas",
          one);
    }
  }

  private static void correlated(JsonNode one) {
    double[] a = doubles(one.get("a"));
    double[] b = doubles(one.get("b"));
    same(one.get("pearson"), Correlation.pearson(a, b), "Pearson", one);
    same(one.get("spearman"), Correlation.spearman(a, b), "Spearman", one);
  }

  private static List<List<String>> lists(JsonNode array) {
    var lists = new ArrayList<List<String>>();
    array.forEach(each -> lists.add(MetricReferences.strings(each)));
    return lists;
  }

  private static void tags(JsonNode one) {
    EntityScores scores =
        EntityScores.of(
            SpanScheme.valueOf(one.get("scheme").asString()),
            lists(one.get("gold")),
            lists(one.get("predicted")));
    same(one.get("accuracy"), scores.tagAccuracy(), "tag accuracy", one);
    for (Average average : Average.values()) {
      JsonNode of = one.get(average.name().toLowerCase(java.util.Locale.ROOT));
      if (of.get(0).isNull()) { // seqeval has no mean over no types
        assertEquals(0, scores.f1(average));
        continue;
      }
      same(of.get(0), scores.precision(average), average + " precision", one);
      same(of.get(1), scores.recall(average), average + " recall", one);
      same(of.get(2), scores.f1(average), average + " f1", one);
    }
  }
}
