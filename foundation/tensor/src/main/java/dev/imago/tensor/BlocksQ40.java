package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// 32 numbers of four bits, −8 … 7, times a half-precision scale. Byte j holds the numbers j and
/// j + 16.
final class BlocksQ40 extends BlockFormat {
  BlocksQ40() {
    super(32, 18);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at);
    for (int j = 0; j < 16; j++) {
      int two = unsigned(data, at + 2 + j);
      to[toAt + j] = scale * ((two & 15) - 8);
      to[toAt + 16 + j] = scale * ((two >> 4) - 8);
    }
  }
}
