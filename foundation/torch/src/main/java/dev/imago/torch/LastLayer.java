package dev.imago.torch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// The last layer of a model, which scores rows of hidden states: h [R,D] → h · wᵀ + b [R,V],
/// capped where the model says so. To be used without gradients.
final class LastLayer {
  private final Tensor weight;
  private final @Nullable Tensor bias;
  private final boolean bf16;
  private final float softCap;
  private final int threads;

  /// @param weight [V,D]
  /// @param bias [V]
  /// @param softCap c, where a score s becomes c · tanh(s / c); 0 for none
  /// @param threads to compute with
  LastLayer(Tensor weight, @Nullable Tensor bias, float softCap, Precision precision, int threads) {
    this.bf16 = precision == Precision.BF16;
    this.weight = bf16 ? weight.to(ScalarType.BFloat16) : weight;
    this.bias = bias;
    this.softCap = softCap;
    this.threads = threads;
  }

  /// V.
  long scores() {
    return weight.size(0);
  }

  /// Hidden states in the precision of the products.
  Tensor input(Tensor hidden) {
    return bf16 ? hidden.to(ScalarType.BFloat16) : hidden;
  }

  /// @param z [R,V], gets the scores
  /// @param hx [R,D], of [#input]
  void score(Tensor z, Tensor hx) {
    if (bf16) {
      z.copy_(torch.mm(hx, weight.t()));
    } else {
      Products.product(z, hx, weight.t(), threads);
    }
    if (bias != null) {
      z.add_(bias);
    }
    if (softCap > 0) {
      z.div_(new Scalar(softCap)).tanh_().mul_(new Scalar(softCap));
    }
  }

  /// By how much each score of [#score] grows with what it was before its cap: 1 − (s / c)² [R,V];
  /// null where there is none.
  @Nullable Tensor slope(Tensor z) {
    return softCap > 0 ? z.div(new Scalar(softCap)).square_().neg_().add_(new Scalar(1.0)) : null;
  }

  /// The way back through the products.
  ///
  /// @param z [R,V], by how much the loss grows with each score before its cap
  /// @param hidden [R,D], gets by how much it grows with each hidden state
  void backward(Tensor z, Tensor hx, Tensor hidden, CrossEntropy.Gradients to) {
    Tensor zx = bf16 ? z.to(ScalarType.BFloat16) : z;
    if (bf16) {
      hidden.copy_(torch.mm(zx, weight));
    } else {
      Products.product(hidden, zx, weight, threads);
    }
    if (to.weight() != null) {
      if (bf16) {
        to.weight().add_(torch.mm(zx.t(), hx));
      } else {
        Products.addTransposed(to.weight(), zx, hx, threads);
      }
    }
    if (to.rows() != null) {
      Tensor own = zx.index_select(1, to.rows().ids());
      to.rows().gradient().add_(torch.mm(own.t(), hx));
    }
    if (to.bias() != null) {
      to.bias().add_(z.sum(0));
    }
  }
}
