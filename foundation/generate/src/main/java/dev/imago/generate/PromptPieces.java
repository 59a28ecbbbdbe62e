package dev.imago.generate;

/// How many tokens of prompts a step takes beside the answers that run, so that none of these waits
/// much longer for its next token than it would alone. Sized by the time that steps took: a piece
/// is to cost [#SHARE] of the step without it, so that gaps grow by as much; what a machine does
/// beside, and prompts whose later tokens cost more, come on top.
///
/// Where nobody waits for a next token, a step takes as many as it can: the whole is done sooner.
///
/// Of the engine's thread alone.
final class PromptPieces {
  /// The most tokens of one step: each weight is reused well, and a cancel is heard soon.
  static final int MOST = 128;

  /// The same where nobody waits: weights are read half as often.
  private static final int MOST_UNPACED = 2 * MOST;

  /// The least, so that prompts go on whatever was measured.
  private static final int LEAST = 2;

  /// What is taken before anything was measured.
  private static final int FIRST = 8;

  /// Of the time of a step without pieces, what they may cost.
  private static final double SHARE = 0.6;

  /// After so many steps with pieces one goes without, to know anew what that takes.
  private static final int LOOK_AGAIN = 32;

  /// How much of what was known stays, of each new measure.
  private static final double STAYS = 0.7;

  private final boolean paced;
  private double plainNanos = -1;
  private double tokenNanos = -1;
  private int since;

  /// @param paced whether somebody waits for each token
  PromptPieces(boolean paced) {
    this.paced = paced;
  }

  /// The most tokens of one step.
  int most() {
    return paced ? MOST : MOST_UNPACED;
  }

  /// @param answers that run beside
  int room(int answers) {
    int left = Math.max(0, most() - answers);
    if (answers == 0 || !paced) {
      return left;
    }
    if (plainNanos < 0 || since >= LOOK_AGAIN) {
      return 0;
    }
    if (tokenNanos < 0) {
      return Math.min(left, FIRST);
    }
    double fits = tokenNanos == 0 ? MOST : SHARE * plainNanos / tokenNanos;
    return Math.min(left, (int) Math.clamp(fits, LEAST, MOST));
  }

  /// Takes note of a step.
  ///
  /// @param answers that got a token in it
  /// @param pieces tokens of prompts in it
  void took(int answers, int pieces, long nanos) {
    if (answers > 0 && pieces == 0) {
      plainNanos = plainNanos < 0 ? nanos : mixed(plainNanos, Math.min(nanos, 4 * plainNanos + 1));
      since = 0;
    } else if (answers > 0) {
      double each = Math.max(0, nanos - plainNanos) / pieces;
      // One slow step, such as of a machine that paused, says little.
      tokenNanos = tokenNanos < 0 ? each : mixed(tokenNanos, Math.min(each, 4 * tokenNanos + 1));
      since++;
    }
  }

  private static double mixed(double known, double measured) {
    return STAYS * known + (1 - STAYS) * measured;
  }
}
