package dev.imago.training;

import dev.imago.core.Bounds;

/// The bounds of the settings that every stage of training has, under the names that it has for
/// them.
public final class TrainingBounds {
  /// A week: whoever wants none gives a number of steps instead.
  private static final double MOST_MINUTES = 10_080;

  private TrainingBounds() {}

  /// @throws dev.imago.core.ConfigException for a value with which nothing is learned
  public static void check(
      double learningRate,
      double warmupRatio,
      double minLrRatio,
      double weightDecay,
      double maxGradNorm) {
    Bounds.number("learningRate", learningRate, 1e-9, 1, "0.0001 … 0.01 are usual");
    Bounds.number("warmupRatio", warmupRatio, 0, 1, "it is a share of the steps, 0.05 is usual");
    Bounds.number("minLrRatio", minLrRatio, 0, 1, "it is a share of learningRate, 0.1 is usual");
    Bounds.number("weightDecay", weightDecay, 0, 10, "0.1 is usual");
    Bounds.number("maxGradNorm", maxGradNorm, 0, 1e6, "1 is usual, 0 sets no bound");
  }

  /// @throws dev.imago.core.ConfigException for a value that means nothing
  public static void check(int checkpointEvery, double checkpointMinutes, int evaluateEvery) {
    Bounds.whole("checkpointEvery", checkpointEvery, 1, Integer.MAX_VALUE);
    Bounds.number("checkpointMinutes", checkpointMinutes, 0.01, MOST_MINUTES, "2 is usual");
    Bounds.whole("evaluateEvery", evaluateEvery, 1, Integer.MAX_VALUE);
  }
}
