package dev.imago.tensor;

import java.util.Optional;

/// How a tensor's numbers are stored, in the names of safetensors.
public enum DataType {
  F64(8, 1),
  F32(4, 1),
  F16(2, 1),
  BF16(2, 1),
  I64(8, 1),
  I32(4, 1),
  I16(2, 1),
  I8(1, 1),
  U8(1, 1),
  BOOL(1, 1),
  /// Blocks of 32: a half-precision scale, then 32 signed bytes. GGUF only.
  Q8_0(34, 32);

  private final int blockBytes;
  private final int blockSize;

  DataType(int blockBytes, int blockSize) {
    this.blockBytes = blockBytes;
    this.blockSize = blockSize;
  }

  /// Bytes of one block.
  public int blockBytes() {
    return blockBytes;
  }

  /// Numbers a block holds: 1 but for the quantised.
  public int blockSize() {
    return blockSize;
  }

  /// The type of this name, if it is one that safetensors files may hold.
  static Optional<DataType> ofSafetensors(String name) {
    for (DataType type : values()) {
      if (type != Q8_0 && type.name().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /// Bytes of a tensor of this shape, rows whole blocks.
  ///
  /// @throws IllegalArgumentException for a negative length, a row that is no multiple of the
  ///   block, or a size past 2⁶³ − 1
  public long bytes(long... shape) {
    return bytes(name(), blockSize, blockBytes, shape);
  }

  static long bytes(String type, int blockSize, int blockBytes, long... shape) {
    long numbers = 1;
    for (long length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException("a shape's length of " + length + " is negative");
      }
      try {
        numbers = Math.multiplyExact(numbers, length);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("a shape has more than 2^63 numbers", e);
      }
    }
    long row = shape.length == 0 ? 1 : shape[shape.length - 1];
    if (row % blockSize != 0) {
      throw new IllegalArgumentException(
          "rows of %d are no multiple of the %d numbers of a %s block"
              .formatted(row, blockSize, type));
    }
    try {
      return Math.multiplyExact(numbers / blockSize, blockBytes);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("a tensor has more than 2^63 bytes", e);
    }
  }
}
