package dev.imago.sequences;

/// How a conditional random field is learned.
///
/// @param penalty λ of λ/2 ‖w‖²: what great weights cost
/// @param minimumCount features that stand there fewer times are left out
/// @param iterations at most
/// @param threads that share the sequences; the sums are made in one order, so the same bits come
///   out on the same number
public record CrfSettings(
    FeatureTemplates templates, double penalty, int minimumCount, int iterations, int threads) {
  public CrfSettings {
    if (!(penalty >= 0 && penalty <= 1e6)) {
      throw new IllegalArgumentException(
          "penalty = %s is outside 0 … 1000000; 1 is usual".formatted(penalty));
    }
    if (minimumCount < 1) {
      throw new IllegalArgumentException(
          "minimum count = %d is below 1; 1 keeps every feature".formatted(minimumCount));
    }
    if (iterations < 1 || iterations > 100_000) {
      throw new IllegalArgumentException(
          "iterations = %d are outside 1 … 100000; 200 are usual".formatted(iterations));
    }
    if (threads < 1 || threads > 1024) {
      throw new IllegalArgumentException("threads = %d are outside 1 … 1024".formatted(threads));
    }
  }

  /// The usual ones for rows of so many columns.
  public static CrfSettings of(int columns) {
    return new CrfSettings(FeatureTemplates.usual(columns), 1, 1, 200, 1);
  }
}
