package dev.imago.model;

import static dev.imago.model.Parameter.matrix;
import static dev.imago.model.Parameter.vector;

import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;

/// A weight and its bias: of a linear layer, or of a layer norm.
///
/// @param <W> the backend's weight
public record Affine<W>(W weight, W bias) {
  /// Its rows of a table.
  ///
  /// @param weight a vector, a matrix, or several stacked by rows
  /// @param bias of each of them
  public record Parameters(List<Parameter> weight, List<Parameter> bias) {
    public Parameters {
      weight = List.copyOf(weight);
      bias = List.copyOf(bias);
    }

    /// A linear layer: `name.weight` [rows,columns] and `name.bias`, which begins at 0.
    public static Parameters linear(String name, int rows, int columns, Initialisation initial) {
      return new Parameters(
          List.of(matrix(name + ".weight", rows, columns, initial)),
          List.of(vector(name + ".bias", rows, Initialisation.ZEROS)));
    }

    /// A layer norm: `name.weight`, which begins at 1, and `name.bias`, at 0.
    public static Parameters norm(String name, int length) {
      return new Parameters(
          List.of(vector(name + ".weight", length, Initialisation.ONES)),
          List.of(vector(name + ".bias", length, Initialisation.ZEROS)));
    }

    /// Several linear layers on the same input, stacked by rows.
    public static Parameters stacked(List<Parameters> layers) {
      return new Parameters(
          layers.stream().flatMap(l -> l.weight.stream()).toList(),
          layers.stream().flatMap(l -> l.bias.stream()).toList());
    }

    /// With names in GGUF, `name.weight` and `name.bias`; of one weight.
    public Parameters gguf(String name) {
      return new Parameters(
          List.of(weight.getFirst().gguf(name + ".weight")),
          List.of(bias.getFirst().gguf(name + ".bias")));
    }

    /// The same, the weight in F32 whatever others are.
    public Parameters ggufInFull(String name) {
      return new Parameters(
          List.of(weight.getFirst().ggufInFull(name + ".weight")),
          List.of(bias.getFirst().gguf(name + ".bias")));
    }

    /// Held as [in,out] in Hugging Face's files.
    public Parameters transposedInFiles() {
      return new Parameters(weight.stream().map(Parameter::transposedInFiles).toList(), bias);
    }

    /// Weights, then biases.
    public List<Parameter> all() {
      var to = new ArrayList<>(weight);
      to.addAll(bias);
      return to;
    }

    public <W> Affine<W> from(WeightSource<W> source) {
      return new Affine<>(source.weight(weight), source.weight(bias));
    }
  }

  /// x [N,in] → [N,out].
  public <X> X linear(Operations<W, X> ops, X x) {
    return ops.linear(x, weight, bias);
  }

  /// x [N,D] → [N,D].
  public <X> X norm(Operations<W, X> ops, X x, float epsilon) {
    return ops.layerNorm(x, weight, bias, epsilon);
  }
}
