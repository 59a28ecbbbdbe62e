package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.metrics.Holm;
import dev.imago.metrics.Interval;
import dev.imago.metrics.PairedScores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Whether a model is no worse than an accepted one, on the same items of the same tasks.
///
/// Without a margin it fails where a metric is worse by its test (McNemar or approximate
/// randomisation, raised by Holm's over all metrics). With one, it passes only where the interval
/// of the difference lies above what may be lost: what the data cannot tell does not pass.
public final class SuiteGate {
  /// The chance with which the smallest difference shows.
  private static final double POWER = 0.8;

  private SuiteGate() {}

  /// A metric's outcome.
  ///
  /// @param p raised over all metrics
  /// @param difference of the new model from the accepted one
  /// @param smallest the smallest difference that so many items show four times of five; NaN where
  ///   they are too few to show any
  public record Outcome(
      String task,
      String metric,
      double value,
      double accepted,
      Interval difference,
      double smallest,
      double p,
      String verdict,
      boolean passes,
      List<Integer> flipped) {}

  /// @param metrics the keys that count; empty for the first of each task
  /// @param margin what may be lost of an item's score; empty for the test alone
  /// @param confidence of the test, and of the difference's interval
  /// @throws InputException where the two have no task in common, or were not asked the same
  public static List<Outcome> outcomes(
      StoredEvaluation model,
      StoredEvaluation accepted,
      List<String> metrics,
      Optional<Double> margin,
      double confidence) {
    var pairs = new ArrayList<PairedTask>();
    var values = new ArrayList<double[]>();
    for (StoredEvaluation.Task task : model.tasks().values()) {
      StoredEvaluation.Task other = accepted.tasks().get(task.name());
      if (other == null) {
        continue;
      }
      boolean first = true;
      for (StoredEvaluation.Score score : task.scores()) {
        boolean wanted = metrics.isEmpty() ? first : metrics.contains(score.key());
        Optional<PairedTask> pair =
            wanted
                ? PairedTask.of(model, accepted, task, other, score, confidence)
                : Optional.empty();
        if (pair.isPresent()) {
          pairs.add(pair.get());
          values.add(new double[] {score.value(), value(other, score)});
          first = false;
        }
      }
    }
    if (pairs.isEmpty()) {
      throw new InputException(
          "%s and %s have no task and metric in common of which items have numbers%s; evaluate both on the same"
              .formatted(
                  model.folder(),
                  accepted.folder(),
                  metrics.isEmpty() ? "" : " (" + String.join(", ", metrics) + ")"));
    }
    for (String metric : metrics) {
      if (pairs.stream().noneMatch(p -> p.metric().equals(metric))) {
        throw new InputException(
            "no task of both %s and %s has the metric «%s» with a number for each item; there are %s"
                .formatted(model.folder(), accepted.folder(), metric, keys(model)));
      }
    }
    double[] raised = Holm.adjusted(pairs.stream().mapToDouble(PairedTask::p).toArray());
    var outcomes = new ArrayList<Outcome>();
    for (int i = 0; i < pairs.size(); i++) {
      PairedTask pair = pairs.get(i);
      PairedScores.Verdict verdict = pair.scores().verdict(raised[i], confidence);
      boolean passes =
          margin.map(m -> within(pair, m)).orElse(verdict != PairedScores.Verdict.WORSE);
      outcomes.add(
          new Outcome(
              pair.task(),
              pair.metric(),
              values.get(i)[0],
              values.get(i)[1],
              pair.difference(),
              pair.scores().smallestDifference(confidence, POWER),
              raised[i],
              verdict.words(),
              passes,
              pair.flipped()));
    }
    return outcomes;
  }

  private static String keys(StoredEvaluation model) {
    return model.tasks().values().stream()
        .flatMap(t -> t.scores().stream())
        .map(StoredEvaluation.Score::key)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static boolean within(PairedTask pair, double margin) {
    return pair.scores().lowerIsBetter()
        ? pair.difference().high() <= margin
        : pair.difference().low() >= -margin;
  }

  private static double value(StoredEvaluation.Task task, StoredEvaluation.Score like) {
    return task.scores().stream()
        .filter(s -> s.key().equals(like.key()))
        .mapToDouble(StoredEvaluation.Score::value)
        .findFirst()
        .orElse(Double.NaN);
  }
}
