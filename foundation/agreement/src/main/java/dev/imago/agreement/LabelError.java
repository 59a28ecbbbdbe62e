package dev.imago.agreement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A label that is probably wrong.
///
/// @param given what the rater gave
/// @param likely what it probably is
/// @param probability that the given label is the true one
public record LabelError(int item, int rater, int given, int likely, double probability) {
  /// Labels that are likely wrong by what was estimated, the surest first.
  ///
  /// @param below the probability under which a label is listed, such as 0.5
  public static List<LabelError> of(Judgements judgements, Consensus consensus, double below) {
    var errors = new ArrayList<LabelError>();
    for (int item = 0; item < judgements.items(); item++) {
      for (int j = judgements.from(item); j < judgements.to(item); j++) {
        double p = consensus.probability(item, judgements.label(j));
        if (p < below && judgements.label(j) != consensus.label(item)) {
          errors.add(
              new LabelError(
                  item, judgements.rater(j), judgements.label(j), consensus.label(item), p));
        }
      }
    }
    errors.sort(Comparator.comparingDouble(LabelError::probability));
    return List.copyOf(errors);
  }
}
