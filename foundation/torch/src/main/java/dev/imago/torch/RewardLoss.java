package dev.imago.torch;

import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// One score of an answer, its reward: of two answers that follow each other in a batch, −ln
/// σ(first − second). Bradley & Terry 1952; Ouyang et al. 2022, arXiv:2203.02155, equation 1.
///
/// *2n sequences of one score.*
public record RewardLoss() implements HeadLoss {
  private static final int TOLD = 4;

  @Override
  public int group() {
    return 2;
  }

  @Override
  public int count(Batch batch) {
    return batch.sequences() / 2;
  }

  @Override
  public double run(
      Replica replica,
      ModelWithHead model,
      Tensor hidden,
      Batch batch,
      double scale,
      @Nullable Tensor dHidden) {
    LastLayer layer = replica.lastLayer(model);
    long rows = hidden.size(0);
    if (layer.scores() != 1) {
      throw new IllegalStateException("a reward is one score, and there are " + layer.scores());
    }
    Tensor hx = layer.input(hidden);
    Tensor z = replica.place().empty(rows, 1);
    layer.score(z, hx);
    double[] sums = new double[TOLD];
    float[] slopes = new float[(int) rows];
    float[] rewards = Libtorch.floats(z);
    double value = 0;
    for (int i = 0; i + 1 < rewards.length; i += 2) {
      double apart = (double) rewards[i] - rewards[i + 1];
      value += Preference.softplus(-apart);
      slopes[i] = (float) -Preference.sigmoid(-apart);
      slopes[i + 1] = -slopes[i];
      sums[0]++;
      sums[1] += rewards[i];
      sums[2] += rewards[i + 1];
      sums[3] += apart > 0 ? 1 : 0;
    }
    replica.tell(sums);
    CrossEntropy.Gradients to = replica.gradients(model, dHidden);
    if (to != null) {
      Tensor slope = replica.place().floats(slopes, rows, 1);
      layer.backward(slope.mul(new Scalar(scale)), hx, to.hidden(), to);
    }
    return value;
  }

  @Override
  public int sums() {
    return TOLD;
  }

  @Override
  public Map<String, Double> told(double[] sums) {
    var means = new TreeMap<String, Double>();
    if (sums[0] > 0) {
      means.put("chosenReward", sums[1] / sums[0]);
      means.put("rejectedReward", sums[2] / sums[0]);
      means.put("rewardMargin", (sums[1] - sums[2]) / sums[0]);
      means.put("rewardAccuracy", sums[3] / sums[0]);
    }
    return means;
  }
}
