package dev.imago.torch;

import java.util.List;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// The gradients of a loss that is computed of the last layer's scores and of weights beside it,
/// such as a CRF's, by libtorch's own.
final class ReadoutGradients {
  private ReadoutGradients() {}

  /// The value of a loss; adds to the gradients where something is learned.
  ///
  /// @param hidden [R,D]
  /// @param loss of the scores [R,V] and of copies of [ModelWithHead#readout]
  static double run(
      Replica replica,
      ModelWithHead model,
      Tensor hidden,
      double scale,
      @Nullable Tensor dHidden,
      BiFunction<Tensor, List<Tensor>, Tensor> loss) {
    LastLayer layer = replica.lastLayer(model);
    Tensor hx = layer.input(hidden);
    Tensor scores = replica.place().empty(hidden.size(0), layer.scores());
    layer.score(scores, hx);
    boolean learns = dHidden != null;
    try (AutoGradMode _ = new AutoGradMode(learns)) {
      Tensor z = leaf(scores, learns);
      List<Tensor> weights =
          model.readout().stream()
              .map(slot -> leaf(replica.leaf(slot).detach().clone(), learns))
              .toList();
      Tensor value = loss.apply(z, weights);
      if (dHidden != null) {
        value.mul(new Scalar(scale)).backward();
        backward(replica, model, layer, z, hx, weights, dHidden);
      }
      return value.item_double();
    }
  }

  private static Tensor leaf(Tensor values, boolean learns) {
    return learns ? values.set_requires_grad(true) : values;
  }

  private static void backward(
      Replica replica,
      ModelWithHead model,
      LastLayer layer,
      Tensor z,
      Tensor hx,
      List<Tensor> weights,
      Tensor dHidden) {
    try (AutoGradMode _ = new AutoGradMode(false)) {
      CrossEntropy.Gradients to = replica.gradients(model, dHidden);
      if (to != null) {
        layer.backward(z.grad(), hx, to.hidden(), to);
      }
      for (int i = 0; i < weights.size(); i++) {
        Tensor gradient = weights.get(i).grad();
        if (gradient.defined()) { // a batch may have no use for one of them
          replica.addGradient(model.readout().get(i), gradient);
        }
      }
    }
  }
}
