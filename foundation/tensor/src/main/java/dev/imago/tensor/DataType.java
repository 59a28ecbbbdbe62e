package dev.imago.tensor;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a tensor's numbers are stored, in the names of safetensors.
public enum DataType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1),
  // ggml's blocks, in GGUF only: what each is stands in its class.
  Q4_0(new BlocksQ40()),
  Q4_1(new BlocksQ41()),
  Q5_0(new BlocksQ50()),
  Q5_1(new BlocksQ51()),
  Q8_0(new BlocksQ80()),
  Q2_K(new BlocksQ2K()),
  Q3_K(new BlocksQ3K()),
  Q4_K(new BlocksQ4K()),
  Q5_K(new BlocksQ5K()),
  Q6_K(new BlocksQ6K()),
  IQ4_NL(new BlocksIq4Nl()),
  IQ4_XS(new BlocksIq4Xs()),
  MXFP4(new BlocksMxfp4());

  private final int blockBytes;
  private final int blockSize;
  private final @Nullable BlockFormat blocks;

  DataType(int bytes) {
    this.blockBytes = bytes;
    this.blockSize = 1;
    this.blocks = null;
  }

  DataType(BlockFormat blocks) {
    this.blockBytes = blocks.bytes();
    this.blockSize = blocks.size();
    this.blocks = blocks;
  }

  /// Bytes of one block.
  public int blockBytes() {
    return blockBytes;
  }

  /// Numbers a block holds: 1 but for the quantised.
  public int blockSize() {
    return blockSize;
  }

  /// How its blocks are laid out; null where a number stands for itself.
  @Nullable BlockFormat blocks() {
    return blocks;
  }

  /// The type of this name, if it is one that safetensors files may hold.
  static Optional<DataType> ofSafetensors(String name) {
    for (DataType type : values()) {
      if (type.blocks == null && type.name().equals(name)) {
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
