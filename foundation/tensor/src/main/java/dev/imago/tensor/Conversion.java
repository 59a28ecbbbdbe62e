package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A tensor in another type: to F32, to F16 (round to nearest even), to blocks.
final class Conversion {
  private Conversion() {}

  /// Numbers of a task: enough to be worth a thread's turn.
  private static final int TASK = 1 << 16;

  static HostTensor convert(
      HostTensor from, DataType to, float @Nullable [] importance, int threads) {
    if (from.type() == to) {
      return from;
    }
    float[] values = from.toFloats();
    long[] shape = from.shape();
    BlockFormat blocks = to.blocks();
    if (blocks != null && blocks.written()) {
      return new HostTensor(to, shape, quantized(values, shape, to, blocks, importance, threads));
    }
    return switch (to) {
      case F32 -> HostTensor.of(values, shape);
      case F16 -> new HostTensor(to, shape, MemorySegment.ofArray(halves(values)));
      case F64, BF16, I64, I32, I16, I8, U8, BOOL -> throw unsupported(from, to);
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, MXFP4 ->
          throw unsupported(from, to);
    };
  }

  private static IllegalArgumentException unsupported(HostTensor from, DataType to) {
    return new IllegalArgumentException(
        "%s → %s is not supported; F32, F16, Q8_0, Q6_K, Q5_K, Q4_K, Q5_1, Q5_0 and Q4_0 are"
            .formatted(from.type(), to));
  }

  private static MemorySegment quantized(
      float[] values,
      long[] shape,
      DataType type,
      BlockFormat blocks,
      float @Nullable [] importance,
      int threads) {
    MemorySegment to = MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes(shape))]);
    int columns = shape.length == 0 ? 1 : (int) shape[shape.length - 1];
    if (importance != null && importance.length != columns) {
      throw new IllegalArgumentException(
          "importance of %d columns does not fit rows of %d".formatted(importance.length, columns));
    }
    // A block is a function of its numbers alone, so the bytes are the same whatever the threads.
    int size = TASK / blocks.size() * blocks.size();
    int tasks = (int) ((values.length + (long) size - 1) / size);
    new Shares(tasks)
        .run(
            threads,
            task -> {
              int end = (int) Math.min(values.length, (task + 1L) * size);
              for (int i = task * size; i < end; i += blocks.size()) {
                quantize(values, i, type, blocks, importance, i % columns, to);
              }
            });
    return to;
  }

  private static void quantize(
      float[] values,
      int i,
      DataType type,
      BlockFormat blocks,
      float @Nullable [] importance,
      int column,
      MemorySegment to) {
    try {
      long at = (long) i / blocks.size() * blocks.bytes();
      blocks.quantize(values, i, importance, column, to, at);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "numbers from %d on as %s: %s".formatted(i, type, e.getMessage()), e);
    }
  }

  private static byte[] halves(float[] values) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, 2)];
    MemorySegment to = MemorySegment.ofArray(bytes);
    for (int i = 0; i < values.length; i++) {
      short half = Float.floatToFloat16(values[i]);
      if ((half & 0x7c00) == 0x7c00) {
        throw new IllegalArgumentException(
            "%s at %d does not fit half precision (at most 65504); keep F32"
                .formatted(values[i], i));
      }
      to.set(HostTensor.I16, i * 2L, half);
    }
    return bytes;
  }
}
