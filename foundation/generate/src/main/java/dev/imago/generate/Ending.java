package dev.imago.generate;

import java.util.List;
import java.util.Set;

/// When an answer ends.
///
/// @param maxTokens the most to generate; 0 where only the prompt is asked about
/// @param minTokens before this many, no id that ends an answer is chosen and no stop text is
///   looked for; 0 … maxTokens
/// @param ignoreEos whether the ids at which the model ends its answers are never chosen
/// @param stopIds further ids that end the answer, and are no part of it
/// @param stop texts that end the answer, and are no part of it
public record Ending(
    int maxTokens, int minTokens, boolean ignoreEos, Set<Integer> stopIds, List<String> stop) {
  public Ending {
    SamplingBounds.within("maxTokens", maxTokens, 0, Integer.MAX_VALUE);
    SamplingBounds.within("minTokens", minTokens, 0, maxTokens);
    stopIds = Set.copyOf(stopIds);
    stop = List.copyOf(stop);
    if (stop.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("an empty stop text would end every answer at once");
    }
  }

  /// Where the model ends its answer, or after this many tokens.
  public static Ending after(int maxTokens) {
    return new Ending(maxTokens, 0, false, Set.of(), List.of());
  }

  public Ending withStop(List<String> changed) {
    return new Ending(maxTokens, minTokens, ignoreEos, stopIds, changed);
  }
}
