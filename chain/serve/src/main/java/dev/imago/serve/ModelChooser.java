package dev.imago.serve;

import java.util.List;

/// Picks who answers a request that names the model `auto`: by what was measured of each.
@FunctionalInterface
public interface ModelChooser {
  /// A model that may answer.
  ///
  /// @param reference of its artifact, or the name of its file
  record Candidate(String name, String reference) {}

  /// What is asked of it.
  ///
  /// @param task as the hub names it; empty for any
  /// @param seconds to the first token at most
  /// @param input the price of a million tokens of prompts at most, in the price list's currency
  /// @param output that of a million tokens of answers
  record Wanted(String task, double seconds, double input, double output) {
    /// Anything.
    public static final Wanted ANY =
        new Wanted(
            "", Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  /// One that was picked.
  ///
  /// @param why it is, for people
  record Picked(String name, String why) {}

  /// Those that were picked, and of each other why it was not.
  ///
  /// @param best the first answers, the others stand in for it; empty where none is within bounds
  record Choice(List<Picked> best, List<Picked> others) {
    public Choice {
      best = List.copyOf(best);
      others = List.copyOf(others);
    }
  }

  /// Picks among models.
  Choice choose(List<Candidate> candidates, Wanted wanted);
}
