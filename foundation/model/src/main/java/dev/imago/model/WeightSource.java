package dev.imago.model;

import java.util.List;

/// Where a model's weights come from: a backend over a file, or one that draws them at random.
///
/// @param <W> the backend's weight
@FunctionalInterface
public interface WeightSource<W> {
  /// These parameters, stacked by rows into one weight.
  W weight(List<Parameter> parts);

  /// The order of rows that the weights have.
  default Form form() {
    return Form.HUGGING_FACE;
  }
}
