package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// 32 numbers of four bits, 0 … 15, times a half-precision scale, plus a half-precision least
/// number. Byte j holds the numbers j and j + 16.
final class BlocksQ41 extends BlockFormat {
  BlocksQ41() {
    super(32, 20);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at);
    float least = half(data, at + 2);
    for (int j = 0; j < 16; j++) {
      int two = unsigned(data, at + 4 + j);
      to[toAt + j] = scale * (two & 15) + least;
      to[toAt + 16 + j] = scale * (two >> 4) + least;
    }
  }
}
