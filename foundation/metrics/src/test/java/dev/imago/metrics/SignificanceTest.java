package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.metrics.PairedScores.Verdict;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Intervals, tests and verdicts, beside what `conformance/significance.py` says.
class SignificanceTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(400, 0.95, 1);

  @Test
  void intervalsAndTestsAreTheReferences() throws Exception {
    compare(MetricReferences.recorded("significance.json"));
  }

  @Test
  @Tag("conformance")
  void intervalsAndTestsAreTheReferencesOfNewSystems(@TempDir Path folder) throws Exception {
    compare(MetricReferences.asked(folder, "significance.py", 500));
  }

  private static void compare(JsonNode answers) {
    draws(answers);
    int samples = answers.get("samples").asInt();
    answers.get("systems").forEach(system -> systems(system, samples));
    for (JsonNode one : answers.get("proportions")) {
      long hits = one.get("hits").asLong();
      long n = one.get("n").asLong();
      double confidence = one.get("confidence").asDouble();
      same(one.get("exact"), Proportion.exact(hits, n, confidence), one);
      same(one.get("wilson"), Proportion.wilson(hits, n, confidence), one);
      assertEquals(one.get("p").asDouble(), new McNemar(hits, n - hits).p(), 1e-9, one::toString);
    }
    double[] values = answers.get("values").valueStream().mapToDouble(JsonNode::asDouble).toArray();
    // Both by draws, of another generator: alike, not equal.
    Interval corrected =
        new Bootstrap(20_000, 0.95, 1).corrected(values.length, Bootstrap.mean(values));
    assertEquals(answers.get("bca").get(0).asDouble(), corrected.low(), 0.02);
    assertEquals(answers.get("bca").get(1).asDouble(), corrected.high(), 0.02);
  }

  private static void same(JsonNode expected, Interval interval, JsonNode of) {
    assertEquals(expected.get(0).asDouble(), interval.low(), 1e-9, of::toString);
    assertEquals(expected.get(1).asDouble(), interval.high(), 1e-9, of::toString);
  }

  private static void draws(JsonNode answers) {
    answers
        .get("draws")
        .forEachEntry(
            (n, expected) -> {
              var random = new NumpyRandom(12_345);
              for (JsonNode draw : expected) {
                assertEquals(draw.asInt(), random.below(Integer.parseInt(n)), n);
              }
            });
    var random = new NumpyRandom(12_345);
    answers.get("bits").forEach(bit -> assertEquals(bit.asInt() == 1, random.nextBit()));
  }

  private static void systems(JsonNode one, int samples) {
    List<List<String>> references =
        MetricReferences.strings(one.get("references")).stream().map(List::of).toList();
    for (TextMetric metric : List.of(Bleu.standard(), Chrf.standard(), Ter.standard())) {
      double[][] first = metric.counts(MetricReferences.strings(one.get("first")), references);
      double[][] second = metric.counts(MetricReferences.strings(one.get("second")), references);
      for (PairedTest.Kind kind : PairedTest.Kind.values()) {
        String name = metric.name() + " " + kind.key();
        assertEquals(
            one.get("p").get(name).asDouble(),
            new PairedTest(kind, samples, 12_345).p(metric, first, second),
            1e-9,
            name);
      }
    }
  }

  @Test
  void systemsOfTheSameScoreAreNotToldApart() {
    double[] same = {0.2, 0.8, 0.5};
    assertEquals(1, PairedTest.randomisation().p(same, same));
    assertEquals(1, new McNemar(0, 0).p());
    var scores = new PairedScores(same, same, false);
    assertEquals(Verdict.NOT_TOLD_APART, scores.verdict(scores.p(), 0.95));
    assertEquals(List.of(), scores.flipped());
  }

  @Test
  void fewItemsDoNotTellMoreThanTheSignTest() {
    // Five items, all a little better: 2 · 2⁻⁵ = 1/16.
    double[] worse = {0.1, 0.2, 0.3, 0.4, 0.5};
    double[] better = Arrays.stream(worse).map(x -> x + 0.1).toArray();
    assertEquals(1.0 / 16, PairedTest.randomisation().p(better, worse), 0.01);
    assertEquals(1.0 / 16, new McNemar(5, 0).p(), 1e-12);
  }

  @Test
  void aVerdictGoesWithWhatIsBetter() {
    double[] high = new Random(3).doubles(50, 0.5, 1).toArray();
    double[] low = Arrays.stream(high).map(x -> x - 0.4).toArray();
    var scores = new PairedScores(high, low, false);
    assertEquals(Verdict.BETTER, scores.verdict(scores.p(), 0.95));
    var rates = new PairedScores(high, low, true);
    assertEquals(Verdict.WORSE, rates.verdict(rates.p(), 0.95));
    assertEquals(0.4, scores.difference(BOOTSTRAP).low(), 1e-9);
    assertEquals(Verdict.WORSE, rates.verdict(rates.difference(BOOTSTRAP)));
    assertEquals(50, scores.flipped().size());
  }

  @Test
  void theSmallestDifferenceShrinksWithTheRootOfTheItems() {
    double[] first = new Random(4).doubles(400).toArray();
    double[] second = new Random(5).doubles(400).toArray();
    double all = new PairedScores(first, second, false).smallestDifference(0.95, 0.8);
    double quarter =
        new PairedScores(Arrays.copyOf(first, 100), Arrays.copyOf(second, 100), false)
            .smallestDifference(0.95, 0.8);
    assertEquals(2, quarter / all, 0.25);
    // Of uniform scores the difference has a variance of 1/6: 2.8 · √(1/6) / 20.
    assertEquals(2.8 * Math.sqrt(1 / 6.0) / 20, all, 0.005);
  }

  @Test
  void whereNothingFlipsTheDataShowNoLessThanTheTestNeeds() {
    // Six changes one way are the fewest that McNemar's test tells apart at 0.95.
    double[] five = {1, 0, 1, 1, 0};
    assertTrue(Double.isNaN(new PairedScores(five, five, false).smallestDifference(0.95, 0.8)));
    double[] right = new double[100];
    Arrays.fill(right, 0, 70, 1);
    double share = new PairedScores(right, right, false).smallestDifference(0.95, 0.8);
    assertEquals(0.8, 1 - Distributions.binomial(5, 100, share), 1e-9);
    double[] f1 = new Random(7).doubles(100).toArray();
    assertEquals(share, new PairedScores(f1, f1, false).smallestDifference(0.95, 0.8), 1e-12);
  }

  @Test
  void scoresThatDidNotMoveAreNoProofThatTheyWillNot() {
    double[] f1 = new Random(8).doubles(20).toArray();
    var same = new PairedScores(f1, f1, false);
    assertTrue(same.fewChanged());
    Interval difference = same.exactDifference(0.95);
    assertEquals(0, difference.value());
    assertEquals(Proportion.exact(0, 20, 0.975).high(), difference.high(), 1e-12);
    assertEquals(-difference.high(), difference.low());
    double[] losses = Arrays.stream(f1).map(x -> -10 * x).toArray();
    double spread = Arrays.stream(losses).max().orElse(0) - Arrays.stream(losses).min().orElse(0);
    assertEquals(
        difference.high() * spread,
        new PairedScores(losses, losses, false).exactDifference(0.95).high(),
        1e-12);
  }

  @Test
  void holmRaisesTheLeastMost() {
    assertArrayEquals(
        new double[] {0.03, 0.06, 0.06, 0.02},
        Holm.adjusted(new double[] {0.01, 0.04, 0.03, 0.005}),
        1e-12);
    assertTrue(Holm.adjusted(new double[0]).length == 0);
  }

  /// Two systems that are alike, 400 times: told apart in about one of twenty.
  @Test
  void systemsThatAreAlikeAreSeldomToldApart() {
    var random = new Random(6);
    int told = 0;
    for (int trial = 0; trial < 400; trial++) {
      double[] first = random.doubles(60).toArray();
      double[] second = random.doubles(60).toArray();
      double p = new PairedTest(PairedTest.Kind.RANDOMISATION, 200, 1).p(first, second);
      told +=
          new PairedScores(first, second, false).verdict(p, 0.95) == Verdict.NOT_TOLD_APART ? 0 : 1;
    }
    assertTrue(told > 6 && told < 34, "told apart " + told + " of 400");
  }
}
