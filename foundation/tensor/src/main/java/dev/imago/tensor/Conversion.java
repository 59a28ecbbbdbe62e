package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// A tensor in another type: to F32, to F16 (round to nearest even), to Q8_0.
final class Conversion {
  private static final int BLOCK = 32;
  private static final int BLOCK_BYTES = 34;

  private Conversion() {}

  static HostTensor convert(HostTensor from, DataType to) {
    if (from.type() == to) {
      return from;
    }
    float[] values = from.toFloats();
    long[] shape = from.shape();
    return switch (to) {
      case F32 -> HostTensor.of(values, shape);
      case F16 -> new HostTensor(to, shape, MemorySegment.ofArray(halves(values)));
      case Q8_0 -> new HostTensor(to, shape, quantized(values, to.bytes(shape)));
      case Q4_0, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, MXFP4 ->
          throw new IllegalArgumentException(from.type() + " → " + to + " is not supported");
      case F64, BF16, I64, I32, I16, I8, U8, BOOL ->
          throw new IllegalArgumentException(
              "%s → %s is not supported; F32, F16 and Q8_0 are".formatted(from.type(), to));
    };
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

  /// As ggml's `quantize_row_q8_0_ref`, bit for bit: scale max|x| / 127 in half precision,
  /// quotients by the unrounded scale, rounded half away from zero.
  private static MemorySegment quantized(float[] values, long bytes) {
    MemorySegment to = MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
    for (int i = 0; i < values.length; i += BLOCK) {
      float most = 0;
      for (int j = 0; j < BLOCK; j++) {
        most = Math.max(most, Math.abs(values[i + j]));
      }
      float scale = most / 127;
      short half = Float.floatToFloat16(scale);
      if ((half & 0x7c00) == 0x7c00) { // not a number, too: its maximum is none
        throw new IllegalArgumentException(
            "a block at %d reaches %s, too much for Q8_0; keep F32: %s …"
                .formatted(i, most, Arrays.toString(Arrays.copyOfRange(values, i, i + 4))));
      }
      // Below 2.9e-39 the inverse is infinite, and the half-precision scale zero anyhow.
      float inverse = scale < Float.MIN_NORMAL ? 0 : 1 / scale;
      long block = (long) i / BLOCK * BLOCK_BYTES;
      to.set(HostTensor.I16, block, half);
      for (int j = 0; j < BLOCK; j++) {
        to.set(ValueLayout.JAVA_BYTE, block + 2 + j, (byte) rounded(values[i + j] * inverse));
      }
    }
    return to;
  }

  /// C's `roundf`: half away from zero.
  private static int rounded(float x) {
    int whole = (int) x;
    float rest = x - whole; // exact
    return rest >= 0.5f ? whole + 1 : rest <= -0.5f ? whole - 1 : whole;
  }
}
