package dev.imago.training;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.util.List;
import java.util.Map;

/// Which parameters train otherwise than the rest, by their Hugging Face names; `*` in a name
/// stands for any text.
///
/// @param layerDecay times the learning rate for each block further from the head: the last block
///   has it once, the embedding most often; 1 for the same rate everywhere. Clark et al. 2020,
///   arXiv:2003.10555
/// @param freeze what does not train
/// @param learningRates by name, times the learning rate
/// @param noDecay what weight decay spares, beside vectors
public record ParameterGroups(
    double layerDecay,
    List<String> freeze,
    Map<String, Double> learningRates,
    List<String> noDecay) {
  /// All train alike.
  public static final ParameterGroups NONE = new ParameterGroups(1, List.of(), Map.of(), List.of());

  public ParameterGroups {
    Bounds.number("layerDecay", layerDecay, 0.01, 1, "0.8 … 1 are usual");
    freeze = List.copyOf(freeze);
    noDecay = List.copyOf(noDecay);
    for (Map.Entry<String, Double> rate : learningRates.entrySet()) {
      if (!(rate.getValue() >= 0 && rate.getValue() <= 1000)) {
        throw new ConfigException(
            "learningRates.%s = %s is outside 0 … 1000; it is a factor of learningRate"
                .formatted(rate.getKey(), rate.getValue()));
      }
    }
    learningRates = Map.copyOf(learningRates);
  }
}
