package dev.imago.torch;

import java.util.Map;

/// Direct preference optimisation: sequence 2i of a batch was preferred to sequence 2i + 1, and the
/// model is to prefer it by more than the model that it began as did. −ln σ(β · (chosen −
/// rejected)), where each is ln p(answer) less what it was before. Rafailov et al. 2023,
/// arXiv:2305.18290.
///
/// @param beta how dear it is to leave the model it began as
/// @param before ln p(answer) of that model, by the ids of the sequence
public record Preference(double beta, Map<Ids, Double> before) implements Objective {
  /// A sequence's ids and targets, as a key.
  public record Ids(java.util.List<Integer> ids, java.util.List<Integer> targets) {}

  public Preference {
    if (!(beta > 0)) {
      throw new IllegalArgumentException("beta = %s is above 0, such as 0.1".formatted(beta));
    }
    before = Map.copyOf(before);
  }

  /// A sequence's key.
  public static Ids key(Batch batch, int sequence) {
    int from = sequence * batch.length();
    int to = from + batch.length();
    return new Ids(
        java.util.Arrays.stream(batch.ids(), from, to).boxed().toList(),
        java.util.Arrays.stream(batch.targets(), from, to).boxed().toList());
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
  public double value(float[] losses, Batch batch, float[] weights) {
    double value = 0;
    int t = batch.length();
    for (int s = 0; s + 1 < batch.sequences(); s += 2) {
      double margin = beta * (gain(losses, batch, s) - gain(losses, batch, s + 1));
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

  private double gain(float[] losses, Batch batch, int sequence) {
    Double was = before.get(key(batch, sequence));
    if (was == null) {
      throw new IllegalArgumentException("a sequence of the batch has no likelihood from before");
    }
    double sum = 0;
    for (int i = 0; i < batch.length(); i++) {
      sum -= losses[sequence * batch.length() + i];
    }
    return sum - was;
  }
}
