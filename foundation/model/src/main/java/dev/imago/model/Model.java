package dev.imago.model;

import dev.imago.tensor.Operations;
import java.util.List;

/// A forward pass, bound to its weights.
///
/// *N tokens of a step, B its sequences, D width, V vocabulary, L labels.*
///
/// @param <W> the backend's weight
public interface Model<W> {
  /// Everything before the last layer → [N,D], a row for each token, or [B,D] where the output is
  /// of whole sequences.
  <X> X hidden(Operations<W, X> ops);

  /// The last layer and what reads it out.
  HeadLayer.Bound<W> last();

  /// The last layer.
  ///
  /// @throws IllegalArgumentException where there is none: the output is an embedding
  default Head<W> head() {
    return last().head();
  }

  /// The weights that a readout has beside the last layer's: a CRF's in the order of
  /// [Transitions#parameters], a parser's in that of [Biaffine#parameters]; else none.
  default List<W> readout() {
    return last().readout();
  }

  /// Scores: of the next or masked token [N,V], of the tags [N,L], of the classes [B,L]; what
  /// stands for a sequence where there is no last layer.
  default <X> X logits(Operations<W, X> ops, X hidden) {
    return last().logits(ops, hidden);
  }
}
