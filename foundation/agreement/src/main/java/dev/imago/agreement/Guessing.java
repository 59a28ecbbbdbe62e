package dev.imago.agreement;

import java.util.Arrays;
import java.util.SplittableRandom;

/// MACE's rater: knows the true label with probability θ, else guesses by a habit ξ over labels.
final class Guessing implements RaterModel {
  /// MACE's smoothing of expected counts, over the number of labels.
  private static final double SMOOTHING = 0.01;

  private final double[] knows;
  private final double[] habit;

  private Guessing(int raters, int labels, SplittableRandom random) {
    knows = random.doubles(raters, 0.3, 0.9).toArray();
    habit = random.doubles((long) raters * labels, 0.5, 1.5).toArray();
    for (int r = 0; r < raters; r++) {
      double sum = Arrays.stream(habit, r * labels, (r + 1) * labels).sum();
      for (int l = 0; l < labels; l++) {
        habit[r * labels + l] /= sum;
      }
    }
  }

  static Consensus best(
      Judgements judgements, Aggregator.Stopping stopping, int restarts, long seed) {
    if (restarts < 1) {
      throw new IllegalArgumentException(restarts + " restarts estimate nothing; 10 are usual");
    }
    var random = new SplittableRandom(seed);
    Consensus best = run(judgements, stopping, random);
    for (int i = 1; i < restarts; i++) {
      Consensus next = run(judgements, stopping, random);
      best = next.logLikelihood() > best.logLikelihood() ? next : best;
    }
    return best;
  }

  private static Consensus run(
      Judgements judgements, Aggregator.Stopping stopping, SplittableRandom random) {
    var model = new Guessing(judgements.raters(), judgements.labels(), random);
    return new LatentTruth(judgements, model, false, stopping).run();
  }

  @Override
  public void update(double[] counts, double[] given, int labels) {
    int table = labels * labels;
    double smoothing = SMOOTHING / labels;
    double[] guessed = new double[labels];
    for (int r = 0; r < knows.length; r++) {
      double known = 0;
      for (int l = 0; l < labels; l++) {
        double h = (1 - knows[r]) * habit[r * labels + l];
        double share = knows[r] / (knows[r] + h);
        double right = counts[r * table + l * labels + l];
        known += share * right;
        guessed[l] = smoothing + (1 - share) * right;
        for (int truth = 0; truth < labels; truth++) {
          guessed[l] += truth == l ? 0 : counts[r * table + l * labels + truth];
        }
      }
      double sum = Arrays.stream(guessed).sum();
      knows[r] = (known + smoothing) / (known + sum - labels * smoothing + 2 * smoothing);
      for (int l = 0; l < labels; l++) {
        habit[r * labels + l] = guessed[l] / sum;
        for (int truth = 0; truth < labels; truth++) {
          given[r * table + l * labels + truth] =
              (truth == l ? knows[r] : 0) + (1 - knows[r]) * habit[r * labels + l];
        }
      }
    }
  }

  @Override
  public double competence(int rater, double[] given, double[] priors) {
    return knows[rater];
  }
}
