package dev.imago.moderation;

import dev.imago.core.Bounds;
import java.util.Map;

/// What flagged texts of one tenant lead to.
///
/// @param prompt before an answer is made
/// @param answer while it is
/// @param thresholds of categories, 0 … 1, where they are not the moderator's own
public record ModerationRules(
    ModerationAction prompt, ModerationAction answer, Map<String, Double> thresholds) {
  /// Nothing is looked at.
  public static final ModerationRules OFF =
      new ModerationRules(ModerationAction.OFF, ModerationAction.OFF, Map.of());

  public ModerationRules {
    thresholds = Map.copyOf(thresholds);
    thresholds.forEach(
        (category, threshold) -> Bounds.number("threshold of " + category, threshold, 0, 1));
  }

  /// Whether any text is looked at.
  public boolean looks() {
    return prompt != ModerationAction.OFF || answer != ModerationAction.OFF;
  }
}
