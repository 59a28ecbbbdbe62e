package dev.imago.training;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The numbers that `conformance/training.py` has by the same formula: Murmur3's finalizer of a
/// place and a hash of a name.
final class FormulaNumbers {
  private FormulaNumbers() {}

  /// Whole ones of 32 bits, unsigned.
  static long[] whole(String name, int n) {
    long seed = 0;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      seed = seed * 31 + b & 0xffffffffL;
    }
    long[] to = new long[n];
    for (int i = 0; i < n; i++) {
      int x = (int) (seed + i);
      x ^= x >>> 16;
      x *= 0x85ebca6b;
      x ^= x >>> 13;
      x *= 0xc2b2ae35;
      x ^= x >>> 16;
      to[i] = Integer.toUnsignedLong(x);
    }
    return to;
  }

  /// A tensor's: within ±0.25, and around 1 for the weights of norms.
  static float[] tensor(String name, long[] shape) {
    float one = shape.length == 1 && name.endsWith("weight") ? 1 : 0;
    long[] whole = whole(name, (int) Arrays.stream(shape).reduce(1, Math::multiplyExact));
    float[] to = new float[whole.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = (float) (one + (whole[i] / 0x1p32 - 0.5) * 0.5);
    }
    return to;
  }
}
