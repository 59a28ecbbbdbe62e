package dev.imago.corpus;

import dev.imago.core.InputException;
import java.util.Arrays;
import java.util.List;

/// Between which perplexities prose is kept.
///
/// @param least the smallest that passes
/// @param most the largest that passes
public record PerplexityBounds(double least, double most) {
  /// Those of the settings, where no percentiles are asked for.
  public static PerplexityBounds of(QualityRules settings) {
    return new PerplexityBounds(Double.NEGATIVE_INFINITY, settings.maxPerplexity());
  }

  /// Percentiles of what was measured: the value below which so many of a hundred lie, at 0 and 100
  /// no bound.
  ///
  /// @param measured perplexities, in any order
  /// @throws InputException where nothing was measured
  public static PerplexityBounds of(List<Double> percentiles, double[] measured) {
    if (measured.length == 0) {
      throw new InputException(
          "there is no prose whose perplexity could be measured, and percentiles are of those; give prepare.prose.quality.maxPerplexity in place of percentiles");
    }
    double[] sorted = measured.clone();
    Arrays.sort(sorted);
    double from = percentiles.getFirst();
    double to = percentiles.getLast();
    return new PerplexityBounds(
        from == 0 ? Double.NEGATIVE_INFINITY : sorted[place(from, sorted.length)],
        to == 100 ? Double.POSITIVE_INFINITY : sorted[place(to, sorted.length)]);
  }

  private static int place(double percentile, int size) {
    return Math.clamp((long) Math.ceil(percentile / 100 * size) - 1, 0, size - 1);
  }
}
