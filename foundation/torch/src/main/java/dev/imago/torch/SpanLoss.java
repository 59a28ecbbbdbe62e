package dev.imago.torch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// −ln p of where a stretch begins, and of where it ends, each by a softmax over the tokens of its
/// sequence; the mean is by both, as transformers has it. Padding is none of the tokens.
///
/// A batch's targets say it: [#START] and [#END] stand at their tokens, [#BOTH] where they are one.
///
/// *B sequences, T tokens, z [B·T,2] scores.*
public record SpanLoss() implements HeadLoss {
  /// The stretch begins here.
  public static final int START = 0;

  /// The stretch ends here.
  public static final int END = 1;

  /// The stretch is this token.
  public static final int BOTH = 2;

  /// A score that a softmax makes 0 of, and that stays finite.
  private static final double HIDDEN = -1e30;

  @Override
  public int count(Batch batch) {
    return 2 * batch.sequences();
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
    long sequences = batch.sequences();
    Tensor hx = layer.input(hidden);
    Tensor z = replica.place().empty(rows, 2);
    layer.score(z, hx);
    z.add_(replica.place().floats(padding(batch), rows, 1));
    Tensor logs = z.view(sequences, batch.length(), 2).log_softmax(1);
    Tensor told = replica.place().floats(told(batch), sequences, batch.length(), 2);
    double sum = -logs.mul(told).sum().item_double();
    CrossEntropy.Gradients to = replica.gradients(model, dHidden);
    if (to != null) {
      Tensor slope = logs.exp_().sub_(told).mul_(new Scalar(scale)).view(rows, 2);
      layer.backward(slope, hx, to.hidden(), to);
    }
    return sum;
  }

  private static float[] padding(Batch batch) {
    float[] hidden = new float[batch.ids().length];
    for (int i = 0; i < hidden.length && batch.lengths().length > 0; i++) {
      boolean counts = i % batch.length() < batch.lengths()[i / batch.length()];
      hidden[i] = counts ? 0 : (float) HIDDEN;
    }
    return hidden;
  }

  private static float[] told(Batch batch) {
    float[] told = new float[2 * batch.targets().length];
    for (int i = 0; i < batch.targets().length; i++) {
      int target = batch.targets()[i];
      told[2 * i] = target == START || target == BOTH ? 1 : 0;
      told[2 * i + 1] = target == END || target == BOTH ? 1 : 0;
    }
    return told;
  }
}
