package dev.imago.suites;

import java.util.List;
import java.util.Map;

/// An item with what a model replied, and what that is worth.
///
/// @param answers of generated answers, as each filter left them
/// @param values by filter, by metric
/// @param told of choices, the number of the likeliest; −1 where there are none
/// @param gold of choices, the number of a right one; −1 where there is none
public record ScoredItem(
    TaskItem item,
    List<ModelReply> replies,
    Map<String, String> answers,
    Map<String, Map<String, ItemValue>> values,
    int told,
    int gold) {
  public ScoredItem {
    replies = List.copyOf(replies);
  }

  /// Of choices, how likely each is beside the others; empty where there are none.
  public List<Double> probabilities() {
    return told < 0
        ? List.of()
        : ItemScorer.probabilities(
            replies.subList(0, item.choices().size()).stream()
                .map(ModelReply.Likelihood.class::cast)
                .toList());
  }
}
