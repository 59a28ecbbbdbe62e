package dev.imago.torch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// The loss of scores that each have a number of their own, [Batch#ofNumbers]; its mean is by
/// sequences and scores, as PyTorch's `BCEWithLogitsLoss` and `MSELoss` have it.
///
/// *R sequences, L scores of each, z a score, y its number.*
public enum NumberLoss implements HeadLoss {
  /// −y · ln σ(z) − (1 − y) · ln σ(−z): each label is there or not, by itself.
  BINARY,
  /// (z − y)².
  SQUARED;

  @Override
  public int count(Batch batch) {
    return batch.targets().length;
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
    Tensor hx = layer.input(hidden);
    Tensor z = replica.place().empty(rows, layer.scores());
    layer.score(z, hx);
    Tensor y = replica.place().floats(batch.shares(), rows, layer.scores());
    double sum =
        switch (this) {
          case BINARY -> torch.softplus(z).sub(z.mul(y)).sum().item_double();
          case SQUARED -> z.sub(y).square().sum().item_double();
        };
    CrossEntropy.Gradients to = replica.gradients(model, dHidden);
    if (to != null) {
      Tensor slope =
          switch (this) {
            case BINARY -> z.sigmoid().sub(y);
            case SQUARED -> z.sub(y).mul(new Scalar(2.0));
          };
      layer.backward(slope.mul(new Scalar(scale)), hx, to.hidden(), to);
    }
    return sum;
  }
}
