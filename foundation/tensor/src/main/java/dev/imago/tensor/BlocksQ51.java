package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// 32 numbers of five bits, 0 … 31, times a half-precision scale, plus a half-precision least
/// number; their bits lie as in [BlocksQ50].
final class BlocksQ51 extends BlockFormat {
  BlocksQ51() {
    super(32, 24);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at);
    float least = half(data, at + 2);
    int fifth = data.get(HostTensor.I32, at + 4);
    for (int j = 0; j < 16; j++) {
      int two = unsigned(data, at + 8 + j);
      to[toAt + j] = scale * (two & 15 | (fifth >>> j & 1) << 4) + least;
      to[toAt + 16 + j] = scale * (two >> 4 | (fifth >>> j + 16 & 1) << 4) + least;
    }
  }
}
