package dev.imago.torch;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A loss with a last layer of another kind than a softmax over its scores.
interface HeadLoss extends Objective {
  /// The value for these rows; adds to the last layer's gradients. Called without gradients.
  ///
  /// @param hidden [R,D] of the rows
  /// @param scale of the gradient
  /// @param dHidden gets by how much the value grows with each hidden state, times scale; null
  ///   where nothing is learned
  double run(
      Replica replica,
      ModelWithHead model,
      Tensor hidden,
      Batch batch,
      double scale,
      @Nullable Tensor dHidden);

  @Override
  default int group() {
    return 1;
  }

  @Override
  default Objective measured() {
    return this;
  }

  @Override
  default boolean plain() {
    return true;
  }

  @Override
  default double value(float[] losses, Batch batch, float[] weights) {
    throw new IllegalStateException(this + " is no sum of the losses of one target a row");
  }
}
