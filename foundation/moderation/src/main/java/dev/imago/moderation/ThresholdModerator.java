package dev.imago.moderation;

import dev.imago.core.Bounds;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Flags by other thresholds than a moderator's own, such as a tenant's. Where none is given for a
/// category, what the moderator flags stays flagged.
public final class ThresholdModerator implements Moderator {
  private final Moderator moderator;
  private final Map<String, Double> thresholds;

  /// @param thresholds of categories, 0 … 1: a score that reaches it is flagged
  public ThresholdModerator(Moderator moderator, Map<String, Double> thresholds) {
    this.moderator = moderator;
    this.thresholds = new HashMap<>(thresholds);
    thresholds.forEach((category, threshold) -> Bounds.number(category, threshold, 0, 1));
  }

  @Override
  public Set<String> categories() {
    return moderator.categories();
  }

  @Override
  public ModerationVerdict judge(String text) {
    ModerationVerdict verdict = moderator.judge(text);
    var flagged = new TreeSet<String>();
    verdict
        .scores()
        .forEach(
            (category, score) -> {
              Double threshold = thresholds.get(category);
              if (threshold == null
                  ? verdict.flagged().contains(category)
                  : !text.isEmpty() && score >= threshold) {
                flagged.add(category);
              }
            });
    return new ModerationVerdict(verdict.scores(), flagged);
  }
}
