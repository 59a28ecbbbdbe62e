package dev.imago.torch;

/// Direct preference optimisation: sequence 2i of a batch was preferred to sequence 2i + 1, and the
/// model is to prefer it by more than the model that it began as did. −ln σ(β · (chosen −
/// rejected)), where each is ln p(answer) less what it was before. Rafailov et al. 2023,
/// arXiv:2305.18290.
///
/// @param beta how dear it is to leave the model it began as
public record Preference(double beta) implements Objective {
  public Preference {
    if (!(beta > 0)) {
      throw new IllegalArgumentException("beta = %s is above 0, such as 0.1".formatted(beta));
    }
  }

  @Override
  public int group() {
    return 2;
  }

  @Override
  public boolean plain() {
    return false;
  }

  @Override
  public int count(Batch batch) {
    return batch.sequences() / 2;
  }

  @Override
  public Objective measured() {
    return this;
  }

  @Override
  public double value(float[] losses, Batch batch, float[] weights) {
    double value = 0;
    int t = batch.length();
    for (int s = 0; s + 1 < batch.sequences(); s += 2) {
      double margin = margin(losses, batch, s);
      value += Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin);
      // d value / d margin = −σ(−margin); a loss is −ln p.
      float slope = (float) (beta / (1 + Math.exp(margin)));
      for (int i = 0; i < t; i++) {
        weights[s * t + i] = slope;
        weights[(s + 1) * t + i] = -slope;
      }
    }
    return value;
  }

  /// By how much a chosen sequence's reward is above that of the rejected one behind it, where a
  /// reward is β · (ln p − what it was before).
  ///
  /// @param losses of the batch's rows
  public double margin(float[] losses, Batch batch, int chosen) {
    return beta * (gain(losses, batch, chosen) - gain(losses, batch, chosen + 1));
  }

  private static double gain(float[] losses, Batch batch, int sequence) {
    if (batch.before().length == 0) {
      throw new IllegalArgumentException("the batch does not say how likely it was before");
    }
    return likelihood(losses, batch, sequence) - batch.before()[sequence];
  }

  /// ln p of a sequence's targets.
  ///
  /// @param losses of the batch's rows
  public static double likelihood(float[] losses, Batch batch, int sequence) {
    double sum = 0;
    for (int i = 0; i < batch.length(); i++) {
      sum -= losses[sequence * batch.length() + i];
    }
    return sum;
  }
}
