package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// 32 numbers of four bits (sign, two of exponent, one of fraction), times a power of two whose
/// exponent is a byte: OCP Microscaling Formats 1.0. Their bits lie as in [BlocksQ40].
final class BlocksMxfp4 extends BlockFormat {
  /// Twice the numbers: the scale is half the power.
  static final byte[] TABLE = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

  BlocksMxfp4() {
    super(32, 17);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = halfPower(unsigned(data, at));
    for (int j = 0; j < 16; j++) {
      int two = unsigned(data, at + 1 + j);
      to[toAt + j] = scale * TABLE[two & 15];
      to[toAt + 16 + j] = scale * TABLE[two >> 4];
    }
  }

  /// 2^(exponent − 128), subnormal below 2.
  static float halfPower(int exponent) {
    return Float.intBitsToFloat(exponent < 2 ? 0x00200000 << exponent : exponent - 1 << 23);
  }
}
