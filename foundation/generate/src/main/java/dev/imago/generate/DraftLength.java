package dev.imago.generate;

import java.util.function.IntToDoubleFunction;

/// How many tokens are guessed next for one answer: as many as bring it on soonest by what was
/// right of late and by what guesses cost. Where that is none, a few are tried again after a while,
/// then after a longer one. With chance p that a guess is right, k of them bring 1 + p + … + pᵏ
/// tokens: Leviathan et al. 2023, arXiv:2211.17192, equation 1.
final class DraftLength {
  private static final int FEW = 3;
  private static final int SHORTEST_PAUSE = 16;
  private static final int LONGEST_PAUSE = 256;

  /// How much of what was known counts, after each step.
  private static final double STAYS = 0.8;

  private final int most;

  /// Guesses that were right; at first three of four are believed to be.
  private double right = 3;

  /// Guesses that were looked at: none after the first wrong one.
  private double seen = 4;

  private int left;
  private int pause = SHORTEST_PAUSE;
  private boolean tries;

  DraftLength(int most) {
    this.most = most;
  }

  /// For the next step.
  ///
  /// @param cost of a step with so many guesses, where one without is 1
  int next(IntToDoubleFunction cost) {
    if (left > 0) {
      left--;
      return 0;
    }
    if (tries) {
      tries = false;
      return Math.min(FEW, most);
    }
    int best = best(cost);
    if (best > 0) {
      pause = SHORTEST_PAUSE;
    } else {
      left = pause - 1; // this step is one of them
      pause = Math.min(LONGEST_PAUSE, 2 * pause);
      tries = true;
    }
    return best;
  }

  private int best(IntToDoubleFunction cost) {
    double chance = right / seen;
    double whole = 1;
    double tokens = 1;
    double fastest = 1;
    int best = 0;
    for (int k = 1; k <= most; k++) {
      whole *= chance;
      tokens += whole;
      double speed = tokens / cost.applyAsDouble(k);
      if (speed > fastest) {
        fastest = speed;
        best = k;
      }
    }
    return best;
  }

  /// Takes note of a step.
  ///
  /// @param accepted how many of the first were right
  void guessed(int drafted, int accepted) {
    if (drafted > 0) {
      right = STAYS * right + accepted;
      seen = STAYS * seen + accepted + (accepted < drafted ? 1 : 0);
    }
  }
}
