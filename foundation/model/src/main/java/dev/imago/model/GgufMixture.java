package dev.imago.model;

import dev.imago.tensor.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Which type each matrix of a GGUF file has, by the names that llama.cpp gives such files: the
/// `_M` ones give more bits to the matrices that suffer most.
/// <https://github.com/ggml-org/llama.cpp/blob/master/src/llama-quant.cpp>
public enum GgufMixture {
  F32(DataType.F32),
  F16(DataType.F16),
  Q8_0(DataType.Q8_0),
  Q6_K(DataType.Q6_K),
  Q5_K_M(DataType.Q5_K),
  Q4_K_M(DataType.Q4_K),
  Q4_0(DataType.Q4_0);

  private final DataType type;

  GgufMixture(DataType type) {
    this.type = type;
  }

  /// The type of most matrices.
  public DataType type() {
    return type;
  }

  /// Whether its numbers stand in blocks, which scales are searched for.
  public boolean quantized() {
    return type.blockSize() > 1;
  }

  /// The mixture of a name.
  ///
  /// @throws IllegalArgumentException naming those that there are
  public static GgufMixture named(String name) {
    for (GgufMixture mixture : values()) {
      if (mixture.name().equalsIgnoreCase(name)) {
        return mixture;
      }
    }
    throw new IllegalArgumentException(
        "«%s» is no format that is written; %s are"
            .formatted(
                name, Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "))));
  }

  /// The mixture of which most matrices have this type.
  ///
  /// @throws IllegalArgumentException where there is none
  public static GgufMixture of(DataType type) {
    for (GgufMixture mixture : values()) {
      if (mixture.type == type) {
        return mixture;
      }
    }
    throw new IllegalArgumentException(
        type + " is no type for most matrices of a GGUF; F16, Q8_0 and Q4_K are some");
  }

  /// The type in which a parameter is stored: vectors stay F32; the last layer, and the embedding
  /// that is one too, have six bits or eight; rows of no whole blocks of 256 have blocks of 32, and
  /// those of no whole blocks of 32 half precision.
  ///
  /// @param all of the model
  public DataType of(Parameter parameter, List<Parameter> all) {
    if (!parameter.isMatrix() || parameter.gguf().map(Parameter.Gguf::full).orElse(false)) {
      return DataType.F32;
    }
    int columns = parameter.columns();
    DataType wanted = quantized() ? wanted(parameter, all) : type;
    if (columns % wanted.blockSize() != 0) {
      wanted =
          switch (wanted) {
            case Q4_K -> DataType.Q5_0;
            case Q5_K -> DataType.Q5_1;
            case Q6_K -> DataType.Q8_0;
            default -> wanted;
          };
    }
    return columns % wanted.blockSize() == 0 ? wanted : DataType.F16;
  }

  private DataType wanted(Parameter parameter, List<Parameter> all) {
    String name = name(parameter);
    boolean scores =
        name.equals("output.weight")
            || name.equals("token_embd.weight")
                && all.stream().noneMatch(p -> !p.tied() && name(p).equals("output.weight"));
    if (scores) {
      boolean fits = parameter.columns() % type.blockSize() == 0;
      return this == Q8_0 || !fits ? DataType.Q8_0 : DataType.Q6_K;
    }
    if (this != Q4_K_M && this != Q5_K_M) {
      return type;
    }
    if (name.endsWith("attn_qkv.weight")) {
      return this == Q4_K_M ? DataType.Q5_K : DataType.Q6_K;
    }
    boolean suffers = name.endsWith("attn_v.weight") || name.endsWith("ffn_down.weight");
    int layers = 1 + all.stream().mapToInt(Parameter::block).max().orElse(-1);
    return suffers && more(parameter.block(), layers) ? DataType.Q6_K : type;
  }

  /// Whether a layer's gets more bits: the first eighth, the last, and every third between.
  private static boolean more(int layer, int layers) {
    return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
  }

  private static String name(Parameter parameter) {
    return parameter.gguf().map(Parameter.Gguf::name).orElse("");
  }
}
