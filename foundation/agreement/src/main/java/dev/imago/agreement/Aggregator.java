package dev.imago.agreement;

/// Makes one label of several people's.
@FunctionalInterface
public interface Aggregator {
  Consensus of(Judgements judgements);

  /// When an estimate ends.
  ///
  /// @param iterations at most
  /// @param tolerance of the log-likelihood's change, as a share of it
  record Stopping(int iterations, double tolerance) {
    public static final Stopping USUAL = new Stopping(100, 1e-7);

    public Stopping {
      if (iterations < 1 || !(tolerance >= 0)) {
        throw new IllegalArgumentException(
            "%d iterations and a tolerance of %s estimate nothing; 100 and 1e-7 are usual"
                .formatted(iterations, tolerance));
      }
    }
  }

  /// The label that most gave; probabilities are shares of votes.
  static Aggregator majority() {
    return new MajorityVote();
  }

  /// Dawid & Skene 1979: each rater has a table of what is called what.
  static Aggregator dawidSkene(Stopping stopping) {
    return judgements -> new LatentTruth(judgements, new ConfusionTables(), true, stopping).run();
  }

  /// MACE: each rater knows the label or guesses by habit. Hovy et al. 2013, N13-1132; the best of
  /// some restarts by likelihood.
  static Aggregator mace(Stopping stopping, int restarts, long seed) {
    return judgements -> Guessing.best(judgements, stopping, restarts, seed);
  }

  /// The label model of weak supervision: each labelling function is right with one probability,
  /// whatever the label, and errs evenly; where it abstains it says nothing. Dawid & Skene with one
  /// coin a rater, as Ratner et al. 2016 (arXiv:1605.07723) with independent functions, and as
  /// there with labels that are as likely as each other beforehand: functions that know one label
  /// each would otherwise be explained by one label being everywhere.
  static Aggregator labelModel(Stopping stopping) {
    return judgements -> new LatentTruth(judgements, new OneAccuracy(), false, stopping).run();
  }
}
