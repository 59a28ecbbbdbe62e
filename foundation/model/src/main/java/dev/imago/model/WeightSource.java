package dev.imago.model;

import java.util.List;

/// Where a model's weights come from: a backend over a file, or one that draws them at random.
///
/// @param <W> the backend's weight
@FunctionalInterface
public interface WeightSource<W> {
  /// The matrices of these names, stacked by rows into one weight.
  ///
  /// @param names Hugging Face names, such as `model.layers.0.self_attn.q_proj.weight`
  /// @param rows each matrix's rows; a vector's length
  /// @param columns the columns of all of them; 0 for a vector
  W weight(List<String> names, List<Integer> rows, int columns);
}
