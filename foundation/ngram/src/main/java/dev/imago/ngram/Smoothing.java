package dev.imago.ngram;

/// How probability is taken from what was seen and given to what was not.
public enum Smoothing {
  /// Interpolated modified Kneser–Ney: three discounts an order from the counts of counts; lower
  /// orders count different left neighbours. Chen & Goodman 1999, §3.
  KNESER_NEY,

  /// Interpolated Witten–Bell: a context keeps back as much as it has different successors. Witten
  /// & Bell 1991; Chen & Goodman 1999, §2.5.
  WITTEN_BELL,

  /// Relative frequencies, and 0.4 of the shorter context's score where an n-gram was not seen:
  /// scores, which do not sum to 1. Brants et al. 2007, D07-1090.
  STUPID_BACKOFF;

  /// What stands for 0.4 in Brants et al. 2007.
  private static final double STUPID = 0.4;

  /// Whether all words' probabilities after a context sum to 1.
  public boolean normalised() {
    return this != STUPID_BACKOFF;
  }

  /// What a context leaves to the lower order.
  ///
  /// @param all that was counted after it, of which `left` is left out
  /// @param different words that follow
  /// @param held the discounts of those that are kept
  double backOff(long all, long left, long different, double held) {
    return switch (this) {
      case KNESER_NEY -> (held + left) / all;
      case WITTEN_BELL -> (different + (double) left) / (all + different);
      case STUPID_BACKOFF -> STUPID;
    };
  }

  /// A successor's own part.
  double share(Discounts discounts, long count, long all, long different) {
    return switch (this) {
      case KNESER_NEY -> (count - discounts.of(count)) / all;
      case WITTEN_BELL -> count / (double) (all + different);
      case STUPID_BACKOFF -> count / (double) all;
    };
  }
}
