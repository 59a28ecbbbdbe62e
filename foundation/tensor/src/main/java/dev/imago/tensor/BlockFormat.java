package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// How ggml stores a few numbers together: a block of them with scales of its own.
///
/// What a format is stands in its file, and only there: the sizes, how a block becomes floats, and
/// where we write it how floats become a block. Floats are gguf-py's, bit for bit.
/// <https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h>
abstract sealed class BlockFormat
    permits BlocksQ40,
        BlocksQ41,
        BlocksQ50,
        BlocksQ51,
        BlocksQ80,
        BlocksQ2K,
        BlocksQ3K,
        BlocksQ4K,
        BlocksQ5K,
        BlocksQ6K,
        BlocksIq4Nl,
        BlocksIq4Xs,
        BlocksMxfp4 {
  private final int size;
  private final int bytes;

  /// @param size numbers of a block
  /// @param bytes that they take
  BlockFormat(int size, int bytes) {
    this.size = size;
    this.bytes = bytes;
  }

  /// Numbers of a block.
  final int size() {
    return size;
  }

  /// Bytes of a block.
  final int bytes() {
    return bytes;
  }

  /// Makes the block at byte `at` floats: to[toAt … toAt + size − 1].
  abstract void expand(MemorySegment data, long at, float[] to, int toAt);

  /// Makes numbers of whole blocks floats, from the block at byte `at` on.
  final void expand(MemorySegment data, long at, int numbers, float[] to, int toAt) {
    for (int i = 0; i < numbers; i += size) {
      expand(data, at, to, toAt + i);
      at += bytes;
    }
  }

  /// Whether we write it.
  boolean written() {
    return false;
  }

  /// Makes a block of x[at … at + size − 1], with the scales that leave the least error.
  ///
  /// @param importance of each column's error, the first number's at `column`; null for the same of
  ///   all
  /// @throws IllegalArgumentException for numbers too large for it, or none
  void quantize(
      float[] x, int at, float @Nullable [] importance, int column, MemorySegment to, long toAt) {
    throw new IllegalStateException("a format that is only read");
  }

  /// Writes a number in half precision, and gives what it is there.
  static float half(MemorySegment to, long at, float value) {
    short half = Float.floatToFloat16(value);
    if ((half & 0x7c00) == 0x7c00) { // not a number, too
      throw new IllegalArgumentException(
          "a block needs a scale of %s, and half precision ends at 65504; keep F32"
              .formatted(value));
    }
    to.set(HostTensor.I16, at, half);
    return Float.float16ToFloat(half);
  }

  static void put(MemorySegment to, long at, int value) {
    to.set(ValueLayout.JAVA_BYTE, at, (byte) value);
  }

  static float half(MemorySegment data, long at) {
    return Float.float16ToFloat(data.get(HostTensor.I16, at));
  }

  /// A byte, 0 … 255.
  static int unsigned(MemorySegment data, long at) {
    return data.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }
}
