package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

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

  @Override
  boolean written() {
    return true;
  }

  @Override
  void quantize(
      float[] x, int at, float @Nullable [] importance, int column, MemorySegment to, long toAt) {
    float[] w = ScaleSearch.weights(x, at, 32, importance, column);
    float scale = half(to, toAt, ScaleSearch.symmetric(x, at, 32, w, 0, 16));
    int fifth = 0;
    for (int j = 0; j < 16; j++) {
      int low = ScaleSearch.nearest(x[at + j], scale, -16, 15) + 16;
      int high = ScaleSearch.nearest(x[at + 16 + j], scale, -16, 15) + 16;
      put(to, toAt + 6 + j, low & 15 | (high & 15) << 4);
      fifth |= low >> 4 << j | high >> 4 << j + 16;
    }
    to.set(HostTensor.I32, toAt + 2, fifth);
  }
}
