package dev.imago.model;

import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// What is lost of an adapter where merged matrices are rounded: ‖rounded(W + Δ) − (W + Δ)‖ / ‖Δ‖
/// over all the matrices that it changes. In F32 nothing is; where it nears 1, what was learned is
/// as small as the rounding.
///
/// @param shares by type
public record AdapterRounding(SequencedMap<DataType, Double> shares) {
  /// Where merged weights have their adapter.
  private static final String BESIDE = "adapter";

  /// Measures it, one matrix in memory at a time.
  ///
  /// @param folder of an adapter, or of merged weights with the adapter in `adapter/`
  /// @param types in which they may be stored; rows that are no whole blocks of one are left out
  /// @return nothing for a folder without an adapter, or without the adapter's base
  /// @throws IOException where a file is broken
  public static Optional<AdapterRounding> of(Path folder, List<DataType> types) throws IOException {
    Path own = AdapterFile.isOne(folder) ? folder : folder.resolve(BESIDE);
    if (!AdapterFile.isOne(own) || !Files.exists(own.resolve("config.json"))) {
      return Optional.empty();
    }
    try (AdapterFile adapter = AdapterFile.open(own)) {
      if (adapter.base().filter(ModelFolder::isOne).isEmpty()) {
        return Optional.empty();
      }
    }
    var lost = new LinkedHashMap<DataType, Double>();
    double changed = 0;
    try (ModelFolder model = ModelFolder.open(own)) {
      for (Parameter p : model.shape().parameters()) {
        if (!p.isMatrix() || p.tied() || !model.tensors().changes(p)) {
          continue;
        }
        HostTensor merged = model.tensors().get(p);
        float[] values = merged.toFloats();
        if (model.tensors().before(p).shape()[0] < p.rows()) {
          continue; // It has rows that the base has not.
        }
        changed += distance(values, model.tensors().before(p).toFloats());
        for (DataType type : types) {
          if (p.columns() % type.blockSize() == 0) {
            lost.merge(type, distance(values, rounded(merged, type)), Double::sum);
          }
        }
      }
    }
    double all = changed;
    lost.replaceAll((_, squares) -> all == 0 ? 0 : Math.sqrt(squares / all));
    return lost.isEmpty() ? Optional.empty() : Optional.of(new AdapterRounding(lost));
  }

  private static float[] rounded(HostTensor tensor, DataType type) {
    if (type != DataType.BF16) {
      return tensor.to(type).toFloats();
    }
    float[] values = tensor.toFloats();
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      values[i] = Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
    }
    return values;
  }

  /// The square of it.
  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }

  /// In words: «F16 0.02 %, Q8_0 3.1 %».
  public String words() {
    return shares.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%s %.3g %%", e.getKey(), 100 * e.getValue()))
        .collect(Collectors.joining(", "));
  }
}
