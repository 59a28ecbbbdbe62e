package dev.imago.model;

import dev.imago.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/// A family of models: what a folder below this package gives to [Architectures].
public interface Architecture {
  /// The `model_type`s of `config.json` that it reads, its own first.
  List<String> modelTypes();

  /// The values of GGUF's `general.architecture` that it reads.
  List<String> ggufArchitectures();

  /// @throws IllegalArgumentException naming the field that it cannot compute, or that is absurd
  ModelShape read(ConfigJson config);

  /// @param tensors of the file, which say what the keys leave out
  /// @throws IllegalArgumentException naming the key that it cannot compute, or that is absurd
  ModelShape read(GgufFields fields, Map<String, HostTensor> tensors);

  /// The names under which [#ofDepth] makes a model.
  default List<String> dials() {
    return List.of(modelTypes().getFirst());
  }

  /// The one dial.
  ///
  /// @param name one of [#dials]
  /// @param depth layers, 1 … 64, from which all else follows
  ModelShape ofDepth(String name, int depth, int vocabularySize, int context);
}
