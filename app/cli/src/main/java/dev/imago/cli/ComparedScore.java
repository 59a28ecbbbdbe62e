package dev.imago.cli;

import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Interval;
import dev.imago.metrics.PairedScores;
import dev.imago.metrics.PairedScores.Verdict;
import dev.imago.metrics.PairedTest;
import dev.imago.metrics.TextMetric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Two systems by one score: both values, their difference, and how likely chance makes it.
///
/// @param items the scores of each item, of which those that differ are listed
/// @param p before it is raised for several scores; NaN where clusters decide by the interval
record ComparedScore(
    String name,
    double first,
    double second,
    Interval difference,
    double p,
    String test,
    PairedScores items) {
  /// Of scores of items.
  ///
  /// @param clusters of items that belong together, where they do
  static ComparedScore of(
      String name, PairedScores items, Bootstrap bootstrap, @Nullable List<int[]> clusters) {
    Bootstrap.Measure first = Bootstrap.mean(items.first());
    Bootstrap.Measure second = Bootstrap.mean(items.second());
    int[] all = java.util.stream.IntStream.range(0, items.first().length).toArray();
    return new ComparedScore(
        name,
        first.of(all),
        second.of(all),
        clusters == null ? items.difference(bootstrap) : items.difference(bootstrap, clusters),
        clusters == null ? items.p() : Double.NaN,
        clusters == null ? items.test() : "bootstrap of %,d clusters".formatted(clusters.size()),
        items);
  }

  /// Of texts, by a metric of the whole.
  static ComparedScore of(
      TextMetric metric,
      List<String> first,
      List<String> second,
      List<List<String>> references,
      Bootstrap bootstrap) {
    double[][] a = metric.counts(first, references);
    double[][] b = metric.counts(second, references);
    return new ComparedScore(
        metric.name(),
        MetricOptions.score(metric, a),
        MetricOptions.score(metric, b),
        bootstrap.interval(
            a.length, Bootstrap.difference(Bootstrap.of(metric, a), Bootstrap.of(metric, b))),
        PairedTest.randomisation().cautious(metric, a, b),
        "approximate randomisation",
        new PairedScores(each(metric, a), each(metric, b), metric.lowerIsBetter()));
  }

  private static double[] each(TextMetric metric, double[][] counts) {
    double[] scores = new double[counts.length];
    for (int i = 0; i < scores.length; i++) {
      double score = metric.score(counts[i]);
      scores[i] = Double.isNaN(score) ? 0 : Math.min(score, Double.MAX_VALUE);
    }
    return scores;
  }

  /// @param raised p, among all scores that are compared
  Verdict verdict(double raised, double confidence) {
    if (Double.isNaN(p)) {
      return items.verdict(difference);
    }
    if (raised >= 1 - confidence || first == second) {
      return Verdict.NOT_TOLD_APART;
    }
    return first > second != items.lowerIsBetter() ? Verdict.BETTER : Verdict.WORSE;
  }
}
