package dev.imago.model;

import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import org.jspecify.annotations.Nullable;

/// A model's last layer, whose scores a softmax takes.
///
/// @param weight [V,D], or [L,D]: the embedding where the two are tied
/// @param bias [V] or [L], where there is one
/// @param softCap c, where a score s becomes c · tanh(s / c) (Gemma Team 2024, arXiv:2408.00118); 0
///   for scores as they are
/// @param <W> the backend's weight
public record Head<W>(W weight, @Nullable W bias, float softCap) {
  /// Of scores as they are.
  public Head(W weight, @Nullable W bias) {
    this(weight, bias, 0);
  }

  /// x [N,D] → [N,V] or [N,L].
  public <X> X logits(Operations<W, X> ops, X x) {
    X scores = ops.linear(x, weight, bias);
    return softCap == 0
        ? scores
        : ops.scale(ops.apply(Nonlinearity.TANH, ops.scale(scores, 1 / softCap)), softCap);
  }

  /// The last layer that there must be.
  ///
  /// @throws IllegalArgumentException where there is none
  public static <W> Head<W> required(@Nullable Head<W> head) {
    if (head == null) {
      throw new IllegalArgumentException(
          "a model of embeddings has no last layer to train or to score with; choose another"
              + " output");
    }
    return head;
  }
}
