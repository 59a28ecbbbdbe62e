package dev.imago.model;

import dev.imago.tensor.HostTensor;
import java.util.Set;

/// Learned vectors that stand before each text as if they were tokens: in the place of their
/// embeddings (Lester et al. 2021, arXiv:2104.08691), or of their keys and values in each layer (Li
/// & Liang 2021, arXiv:2101.00190). No weight of the model holds them.
///
/// *n virtual tokens, D width, L layers, K·C numbers of a token's keys in a layer.*
///
/// @param values [n,D], or [n,L·2·K·C]: of each layer the keys, turned to their positions, then the
///   values
/// @param keys which of the two
public record VirtualTokens(HostTensor values, boolean keys) {
  /// Decoders: transformers' encoders take no keys from before.
  private static final Set<String> OF_KEYS = Set.of("llama", "qwen2", "qwen3", "gpt2");

  /// Those whose embeddings are what the first block gets.
  private static final Set<String> OF_INPUTS =
      Set.of("llama", "qwen2", "qwen3", "phi3", "gpt2", "bert", "roberta");

  /// n.
  public int count() {
    return (int) values.shape()[0];
  }

  /// Numbers of one virtual token.
  ///
  /// @param keys whether they are keys and values of each layer
  /// @throws IllegalArgumentException naming an architecture that has no place for them
  public static int width(ModelShape shape, boolean keys) {
    Set<String> known = keys ? OF_KEYS : OF_INPUTS;
    if (!known.contains(shape.architecture())) {
      throw new IllegalArgumentException(
          "%s are of %s, and this is a %s; low-rank additions are for all"
              .formatted(
                  keys ? "prefixes of keys and values" : "virtual tokens",
                  String.join(", ", known.stream().sorted().toList()),
                  shape.architecture()));
    }
    return keys ? shape.layers() * 2 * shape.keyWidth() : shape.width();
  }
}
