package dev.imago.masking;

import java.util.Map;

/// A text after its masking.
///
/// @param text the same instance where nothing was replaced
/// @param counts how many of each kind were found
public record MaskedText(String text, Map<PersonalKind, Integer> counts) {
  public MaskedText {
    counts = Map.copyOf(counts);
  }

  /// How many of a kind were found.
  public int count(PersonalKind kind) {
    return counts.getOrDefault(kind, 0);
  }

  /// How many were found in all.
  public int total() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
