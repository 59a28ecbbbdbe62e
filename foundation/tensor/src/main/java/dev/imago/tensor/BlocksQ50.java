package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// 32 numbers of five bits, −16 … 15, times a half-precision scale. Their fifth bits are an int,
/// the first number's the lowest; byte j of the others holds the numbers j and j + 16.
final class BlocksQ50 extends BlockFormat {
  BlocksQ50() {
    super(32, 22);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at);
    int fifth = data.get(HostTensor.I32, at + 2);
    for (int j = 0; j < 16; j++) {
      int two = unsigned(data, at + 6 + j);
      to[toAt + j] = scale * ((two & 15 | (fifth >>> j & 1) << 4) - 16);
      to[toAt + 16 + j] = scale * ((two >> 4 | (fifth >>> j + 16 & 1) << 4) - 16);
    }
  }
}
