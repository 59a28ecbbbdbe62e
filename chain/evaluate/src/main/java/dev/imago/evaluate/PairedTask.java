package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Interval;
import dev.imago.metrics.PairedScores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A metric of one task of two models, item by item.
///
/// @param p that they differ as much by chance
/// @param difference of the first from the second, per item
/// @param flipped the items that they score otherwise
record PairedTask(
    String task,
    String metric,
    PairedScores scores,
    double p,
    Interval difference,
    List<Integer> flipped) {
  private static final int RESAMPLES = 2_000;

  /// Pairs them; empty where the metric has no number of an item, such as BLEU's.
  ///
  /// @param confidence of the difference's interval
  /// @throws InputException where the two were not asked the same
  static Optional<PairedTask> of(
      StoredEvaluation first,
      StoredEvaluation second,
      StoredEvaluation.Task a,
      StoredEvaluation.Task b,
      StoredEvaluation.Score score,
      double confidence) {
    if (!a.asked().equals(b.asked())) {
      throw new InputException(
          "%s was not asked the same of %s (%s) and %s (%s): its file, its data or its options have changed since; evaluate both again"
              .formatted(a.name(), first.model(), first.folder(), second.model(), second.folder()));
    }
    if (a.items().size() != b.items().size()) {
      throw new InputException(
          "%s has %,d items in %s and %,d in %s, though both were asked the same: a file of items was cut or changed; evaluate again"
              .formatted(
                  a.name(), a.items().size(), first.folder(), b.items().size(), second.folder()));
    }
    var one = new ArrayList<Double>();
    var other = new ArrayList<Double>();
    for (int i = 0; i < a.items().size(); i++) {
      JsonNode x = a.items().get(i).path(score.key());
      JsonNode y = b.items().get(i).path(score.key());
      if (!x.isNumber() || !y.isNumber()) {
        return Optional.empty();
      }
      one.add(x.doubleValue());
      other.add(y.doubleValue());
    }
    // Of what is a likelihood, more is better, whichever way its perplexity goes.
    boolean likelihood =
        score.metric().contains("perplexity") || score.metric().equals("bits_per_byte");
    var paired =
        new PairedScores(
            one.stream().mapToDouble(v -> v).toArray(),
            other.stream().mapToDouble(v -> v).toArray(),
            !likelihood && !score.higherIsBetter());
    return Optional.of(
        new PairedTask(
            a.name(),
            score.key(),
            paired,
            paired.p(),
            paired.fewChanged()
                ? paired.exactDifference(confidence)
                : paired.difference(new Bootstrap(RESAMPLES, confidence, 1)),
            paired.flipped()));
  }
}
