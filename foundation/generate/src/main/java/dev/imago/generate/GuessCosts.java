package dev.imago.generate;

import java.util.Arrays;

/// What it costs to make guesses and to check them, by the time that steps took: where weights are
/// read from memory a few tokens more cost next to nothing, where products are what takes the time
/// each costs as much as the first.
///
/// Of the engine's thread alone.
final class GuessCosts {
  /// Kernels take so many tokens at a time, and compute with the last again where some are missing;
  /// fewer than that go one by one.
  private static final int PASS = 4;

  /// After how many steps with guesses one goes without, to know anew what that takes: at first,
  /// while a compiler is at work, and in the end.
  private static final int FIRST_LOOK = 4;

  private static final int LAST_LOOK = 64;

  /// Before anything was measured, of a step without: a guess is tried.
  private static final double UNKNOWN = 0.1;

  // By how many answers run.
  private final double[] plainNanos = new double[PromptPieces.MOST + 1];
  private final int[] since = new int[PromptPieces.MOST + 1];
  private final int[] look = new int[PromptPieces.MOST + 1];

  private double checkNanos = -1;
  private double makeNanos = -1;

  GuessCosts() {
    Arrays.fill(plainNanos, -1);
    Arrays.fill(look, FIRST_LOOK);
  }

  /// Whether the next step, where it takes no pieces of prompts, is to go without guesses.
  boolean looks(int answers) {
    return plainNanos[answers] < 0 || since[answers] >= look[answers];
  }

  /// What a step takes in which each answer has so many guesses, where one without takes 1.
  ///
  /// @param made by a model, which takes time too
  double of(int answers, int guesses, boolean made) {
    double plain = plain(answers);
    if (plain == 0) {
      return 1; // nothing takes time
    }
    double check = checkNanos < 0 ? UNKNOWN * plain : checkNanos;
    double make = !made ? 0 : makeNanos < 0 ? UNKNOWN * plain : makeNanos;
    int all = guesses * answers;
    return 1 + (check * more(answers, all) + make * all) / plain;
  }

  /// What a step without takes, or one of the next number of answers of which that is known; 1
  /// where none is.
  private double plain(int answers) {
    for (int off = 0; off < plainNanos.length; off++) {
      if (answers >= off && plainNanos[answers - off] >= 0) {
        return plainNanos[answers - off];
      }
      if (answers + off < plainNanos.length && plainNanos[answers + off] >= 0) {
        return plainNanos[answers + off];
      }
    }
    return 1;
  }

  /// Tokens that a step computes with for guesses.
  private static int more(int answers, int guesses) {
    int tokens = answers + guesses;
    return (tokens < PASS ? tokens : Math.ceilDiv(tokens, PASS) * PASS) - answers;
  }

  /// Takes note of a step without pieces of prompts.
  ///
  /// @param answers that got a token in it
  /// @param guesses that it checked, and other tokens that were known
  /// @param nanos without those that the guesses took to be made
  void took(int answers, int guesses, long nanos) {
    if (guesses == 0) {
      plainNanos[answers] = mixed(plainNanos[answers], nanos);
      look[answers] = Math.min(LAST_LOOK, 2 * look[answers]);
      since[answers] = 0;
    } else if (plainNanos[answers] >= 0) {
      double each = Math.max(0, nanos - plainNanos[answers]) / more(answers, guesses);
      checkNanos = mixed(checkNanos, each);
      since[answers]++;
    }
  }

  /// Takes note of guesses of a model.
  void made(int guesses, long nanos) {
    if (guesses > 0) {
      makeNanos = mixed(makeNanos, (double) nanos / guesses);
    }
  }

  /// One slow step, such as of a machine that paused, says little; a fast one more, as nothing but
  /// the machine makes it so.
  private static double mixed(double known, double measured) {
    if (known < 0) {
      return measured;
    }
    double stays = measured < known ? 0.3 : 0.8;
    return stays * known + (1 - stays) * Math.min(measured, 4 * known + 1);
  }
}
