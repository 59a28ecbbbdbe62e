package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

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

  @Override
  boolean written() {
    return true;
  }

  @Override
  void quantize(
      float[] x, int at, float @Nullable [] importance, int column, MemorySegment to, long toAt) {
    float[] w = ScaleSearch.weights(x, at, 32, importance, column);
    ScaleSearch.Affine affine = ScaleSearch.affine(x, at, 32, w, 0, 31, false);
    float scale = half(to, toAt, affine.scale());
    float least = half(to, toAt + 2, affine.least());
    int fifth = 0;
    for (int j = 0; j < 16; j++) {
      int low = ScaleSearch.nearest(x[at + j] - least, scale, 0, 31);
      int high = ScaleSearch.nearest(x[at + 16 + j] - least, scale, 0, 31);
      put(to, toAt + 8 + j, low & 15 | (high & 15) << 4);
      fifth |= low >> 4 << j | high >> 4 << j + 16;
    }
    to.set(HostTensor.I32, toAt + 4, fifth);
  }
}
