package dev.imago.torch;

import java.util.Map;
import java.util.TreeMap;

/// Answers found good are to be likelier than before, answers found bad less likely, by a value
/// that is steep at the distance that the model has gone from where it began, and flat beyond:
/// Kahneman–Tversky optimisation. λ · (1 − σ(±β · (gain − KL))), + for good answers and − for bad.
/// Ethayarajh et al. 2024, arXiv:2402.01306.
///
/// A batch has votes on its answers ([ComparedAnswers#votes]); those of 0 are answers to other
/// prompts, and the mean of their gains, at least 0, is KL. It is one number of a batch, without a
/// gradient, so that a batch is learned whole, by one replica.
///
/// @param beta how dear it is to leave the model that training began as
/// @param desirable λ of good answers
/// @param undesirable λ of bad ones
public record UnpairedPreference(double beta, double desirable, double undesirable)
    implements Objective {
  private static final int TOLD = 8;

  public UnpairedPreference {
    if (!(beta > 0) || !(desirable > 0) || !(undesirable > 0)) {
      throw new IllegalArgumentException(
          "beta = %s, desirable = %s and undesirable = %s are above 0"
              .formatted(beta, desirable, undesirable));
    }
  }

  @Override
  public int group() {
    return 2;
  }

  /// All of a batch together: they have one KL.
  @Override
  public int group(Batch batch) {
    return Math.max(1, batch.sequences());
  }

  @Override
  public boolean plain() {
    return false;
  }

  @Override
  public int count(Batch batch) {
    int n = 0;
    for (int vote : batch.answers().votes()) {
      n += vote == 0 ? 0 : 1;
    }
    return n;
  }

  @Override
  public Objective measured() {
    return this;
  }

  /// The distance from the model that training began as, in nats an answer, at least 0.
  public static double distance(float[] losses, Batch batch) {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < batch.sequences(); s++) {
      if (batch.answers().votes()[s] == 0) {
        sum += gain(losses, batch, s);
        n++;
      }
    }
    return n == 0 ? 0 : Math.max(0, sum / n);
  }

  private static double gain(float[] losses, Batch batch, int sequence) {
    return batch.answers().gain(Preference.likelihood(losses, batch, sequence), sequence);
  }

  @Override
  public double value(float[] losses, Batch batch, float[] weights) {
    double far = distance(losses, batch);
    double value = 0;
    for (int s = 0; s < batch.sequences(); s++) {
      int vote = batch.answers().votes()[s];
      double own = vote > 0 ? desirable : vote < 0 ? undesirable : 0;
      double share = Preference.sigmoid(vote * beta * (gain(losses, batch, s) - far));
      value += own * (1 - share);
      // d value / d gain = −λ · ±β · σ · (1 − σ); a row's loss is −ln p of its token.
      float slope = (float) (own * vote * beta * share * (1 - share));
      int from = s * batch.length();
      java.util.Arrays.fill(weights, from, from + batch.length(), slope);
    }
    return value;
  }

  @Override
  public int sums() {
    return TOLD;
  }

  @Override
  public double[] tell(float[] losses, Batch batch) {
    double[] sums = new double[TOLD];
    double far = distance(losses, batch);
    for (int s = 0; s < batch.sequences(); s++) {
      int vote = batch.answers().votes()[s];
      if (vote != 0) {
        int side = vote > 0 ? 0 : 3;
        sums[side]++;
        sums[side + 1] += beta * gain(losses, batch, s);
        sums[side + 2] += Preference.likelihood(losses, batch, s);
        sums[6] += far;
        sums[7] += vote * (gain(losses, batch, s) - far) > 0 ? 1 : 0;
      }
    }
    return sums;
  }

  @Override
  public Map<String, Double> told(double[] sums) {
    var means = new TreeMap<String, Double>();
    if (sums.length != TOLD || sums[0] + sums[3] == 0) {
      return means;
    }
    if (sums[0] > 0) {
      means.put("chosenReward", sums[1] / sums[0]);
      means.put("chosenLogp", sums[2] / sums[0]);
    }
    if (sums[3] > 0) {
      means.put("rejectedReward", sums[4] / sums[3]);
      means.put("rejectedLogp", sums[5] / sums[3]);
    }
    if (means.size() == 4) {
      means.put("rewardMargin", sums[1] / sums[0] - sums[4] / sums[3]);
    }
    means.put("rewardAccuracy", sums[7] / (sums[0] + sums[3]));
    means.put("batchDistance", sums[6] / (sums[0] + sums[3]));
    return means;
  }
}
