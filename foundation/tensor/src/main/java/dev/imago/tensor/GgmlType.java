package dev.imago.tensor;

import java.util.Optional;

/// ggml's types of a tensor, by their numbers in GGUF: all of them can be told apart and measured,
/// and those that have a [DataType] can be read.
enum GgmlType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q8_1(9, 32, 36),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, 32, 18),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, 256, 136),
  I8(24, 1, 1),
  I16(25, 1, 2),
  I32(26, 1, 4),
  I64(27, 1, 8),
  F64(28, 1, 8),
  IQ1_M(29, 256, 56),
  BF16(30, 1, 2),
  TQ1_0(34, 256, 54),
  TQ2_0(35, 256, 66),
  MXFP4(39, 32, 17);

  private final int number;
  private final int blockSize;
  private final int blockBytes;

  GgmlType(int number, int blockSize, int blockBytes) {
    this.number = number;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
  }

  static Optional<GgmlType> numbered(int number) {
    for (GgmlType type : values()) {
      if (type.number == number) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  static int numberOf(DataType type) {
    for (GgmlType ours : values()) {
      if (ours.readAs().equals(Optional.of(type))) {
        return ours.number;
      }
    }
    throw new IllegalArgumentException("ggml has no type " + type);
  }

  /// The type that reads it, if there is one yet.
  Optional<DataType> readAs() {
    return switch (this) {
      case F32 -> Optional.of(DataType.F32);
      case F16 -> Optional.of(DataType.F16);
      case BF16 -> Optional.of(DataType.BF16);
      case Q8_0 -> Optional.of(DataType.Q8_0);
      case I8 -> Optional.of(DataType.I8);
      case I16 -> Optional.of(DataType.I16);
      case I32 -> Optional.of(DataType.I32);
      case I64 -> Optional.of(DataType.I64);
      case F64 -> Optional.of(DataType.F64);
      case Q4_0 -> Optional.of(DataType.Q4_0);
      case Q4_1 -> Optional.of(DataType.Q4_1);
      case Q5_0 -> Optional.of(DataType.Q5_0);
      case Q5_1 -> Optional.of(DataType.Q5_1);
      case Q2_K -> Optional.of(DataType.Q2_K);
      case Q3_K -> Optional.of(DataType.Q3_K);
      case Q4_K -> Optional.of(DataType.Q4_K);
      case Q5_K -> Optional.of(DataType.Q5_K);
      case Q6_K -> Optional.of(DataType.Q6_K);
      case IQ4_NL -> Optional.of(DataType.IQ4_NL);
      case IQ4_XS -> Optional.of(DataType.IQ4_XS);
      case MXFP4 -> Optional.of(DataType.MXFP4);
      case Q8_1, Q8_K -> Optional.empty(); // of activations, never of a file
      case IQ2_XXS, IQ2_XS, IQ3_XXS, IQ1_S, IQ3_S, IQ2_S, IQ1_M -> Optional.empty();
      case TQ1_0, TQ2_0 -> Optional.empty();
    };
  }

  /// Bytes of a tensor of this shape, as [DataType#bytes].
  long bytes(long... shape) {
    return DataType.bytes(name(), blockSize, blockBytes, shape);
  }
}
