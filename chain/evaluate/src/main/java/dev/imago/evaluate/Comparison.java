package dev.imago.evaluate;

/// A claim that one system beats another, and what the intervals say of it.
///
/// @param claim in words
/// @param outcome what is shown
/// @param apart whether the two systems' intervals have no value in common
/// @param difference the first system's value less the second's, resampled as paired data
public record Comparison(String claim, Outcome outcome, boolean apart, Score difference) {
  /// What is shown of a claim.
  public enum Outcome {
    /// The first is better, with intervals apart.
    BEATS,
    /// The first is better on the same units (the paired difference excludes 0), though the
    /// intervals overlap.
    BETTER_PAIRED,
    /// The paired difference includes 0.
    UNDECIDED,
    /// The second is better: the paired difference excludes 0 on its side.
    WORSE,
    /// Fewer units than could ever show anything.
    TOO_FEW
  }

  /// The fewest units that can show a difference: were there none, all of n paired differences
  /// would have the same sign with a chance of 2 · 2⁻ⁿ (the sign test), and an interval over fewer
  /// claims more than the data can. Six at 95 %.
  static int fewest(double confidence) {
    return (int) Math.ceil(Math.log(2 / (1 - confidence)) / Math.log(2));
  }

  /// @param lowerIsBetter as for bits per byte
  /// @param confidence of the intervals
  static Comparison of(
      String claim,
      Score first,
      Score second,
      Score difference,
      boolean lowerIsBetter,
      double confidence) {
    boolean apart = apart(first, second);
    Outcome outcome =
        difference.n() < fewest(confidence)
            ? Outcome.TOO_FEW
            : outcome(apart, difference, lowerIsBetter);
    return new Comparison(claim, outcome, apart, difference);
  }

  /// Of means over folds, whose intervals are Student's and so know how few folds there are.
  static Comparison ofFolds(String claim, boolean apart, Score difference, boolean lowerIsBetter) {
    return new Comparison(claim, outcome(apart, difference, lowerIsBetter), apart, difference);
  }

  /// Whether the intervals of both have no value in common.
  static boolean apart(Score first, Score second) {
    return first.high() < second.low() || second.high() < first.low();
  }

  private static Outcome outcome(boolean apart, Score difference, boolean lowerIsBetter) {
    double sign = lowerIsBetter ? -1 : 1;
    if (sign * difference.low() > 0 && sign * difference.high() > 0) {
      return apart ? Outcome.BEATS : Outcome.BETTER_PAIRED;
    }
    boolean worse = sign * difference.low() < 0 && sign * difference.high() < 0;
    return worse ? Outcome.WORSE : Outcome.UNDECIDED;
  }

  /// Whether the claim is shown.
  boolean shown() {
    return outcome == Outcome.BEATS || outcome == Outcome.BETTER_PAIRED;
  }

  /// The outcome for people.
  String verdict() {
    return switch (outcome) {
      case BEATS -> "yes, intervals apart";
      case BETTER_PAIRED -> "on the same items yes, but intervals overlap";
      case UNDECIDED -> "not shown, the difference may be none";
      case WORSE ->
          apart ? "no, it is worse, intervals apart" : "no, it is worse on the same items";
      case TOO_FEW -> "cannot be told from %d".formatted(difference.n());
    };
  }
}
