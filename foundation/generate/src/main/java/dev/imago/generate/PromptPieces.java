package dev.imago.generate;

/// How many tokens of prompts a step takes beside the answers that run. Sized by the time that
/// steps took: the pieces of a long prompt are to cost [#SHARE] of the step without them, so that
/// gaps between tokens of others grow by as much; what a machine does beside, and prompts whose
/// later tokens cost more, come on top.
///
/// All that answers wait for a prompt is the time that reading it takes, however it is cut. A long
/// one is cut small, for there would be many long gaps; a short one is over after a few, its own
/// first token comes sooner, and so does the time when all answer, in steps that cost hardly more
/// than for one. So a piece may cost the more, the shorter the prompt is and the more wait for a
/// first token, and the less, the more wait for their next.
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

  /// Of the time of a step without pieces, what those of long prompts may cost.
  private static final double SHARE = 0.6;

  /// A prompt of so many tokens is long, even beside one answer; one of half as many may cost four
  /// times as much of a step, for a piece is as much larger as the whole is smaller.
  private static final double LONG = 4096;

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

  /// Whether the next step is to go without pieces, to know what that takes.
  ///
  /// @param answers that run beside
  boolean looks(int answers) {
    return paced && answers > 0 && (plainNanos < 0 || since >= LOOK_AGAIN);
  }

  /// The most tokens that a step takes with a piece of a prompt in it, those of others before it
  /// counted.
  ///
  /// @param answers that run beside
  /// @param prompts that are being read, this one among them
  /// @param length of this one, in tokens that were not known of others
  int room(int answers, int prompts, int length) {
    int left = Math.max(0, most() - answers);
    if (answers == 0 || !paced) {
      return left;
    }
    if (tokenNanos < 0) {
      return Math.min(left, FIRST);
    }
    double shorter = LONG / Math.max(1, length);
    double share = SHARE * Math.max(1, prompts * shorter * shorter / answers);
    double fits = tokenNanos == 0 ? MOST : share * plainNanos / tokenNanos;
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
