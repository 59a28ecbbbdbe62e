package dev.imago.model;

import dev.imago.tensor.Operations;

/// A forward pass, bound to its weights.
///
/// *N tokens of a step, B its sequences, D width, V vocabulary, L labels.*
///
/// @param <W> the backend's weight
public interface Model<W> {
  /// Everything before the last layer → [N,D], a row for each token, or [B,D] where the output is
  /// of whole sequences.
  <X> X hidden(Operations<W, X> ops);

  /// The last layer.
  ///
  /// @throws IllegalArgumentException where there is none: the output is an embedding
  Head<W> head();

  /// Scores: of the next or masked token [N,V], of the tags [N,L], of the classes [B,L].
  default <X> X logits(Operations<W, X> ops, X hidden) {
    return head().logits(ops, hidden);
  }
}
