package dev.imago.moderation;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a moderator says of a text.
///
/// @param scores of each category, 0 … 1
/// @param flagged the categories whose score reaches their threshold
public record ModerationVerdict(Map<String, Double> scores, Set<String> flagged) {
  public ModerationVerdict {
    scores = Collections.unmodifiableMap(new TreeMap<>(scores));
    flagged = Collections.unmodifiableSet(new TreeSet<>(flagged));
    for (String category : flagged) {
      if (!scores.containsKey(category)) {
        throw new IllegalArgumentException("flagged without a score: " + category);
      }
    }
  }

  /// Whether any category is flagged.
  public boolean isFlagged() {
    return !flagged.isEmpty();
  }

  /// Both together: of each category the higher score.
  public ModerationVerdict with(ModerationVerdict other) {
    var all = new TreeMap<>(scores);
    other.scores.forEach((category, score) -> all.merge(category, score, Math::max));
    var either = new TreeSet<>(flagged);
    either.addAll(other.flagged);
    return new ModerationVerdict(all, either);
  }
}
