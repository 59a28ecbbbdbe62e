package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// 32 numbers of four bits, −8 … 7, times a half-precision scale. Byte j holds the number j and the
/// sixteenth after it.
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

  @Override
  boolean written() {
    return true;
  }

  @Override
  void quantize(
      float[] x, int at, float @Nullable [] importance, int column, MemorySegment to, long toAt) {
    float[] w = ScaleSearch.weights(x, at, 32, importance, column);
    float scale = half(to, toAt, ScaleSearch.symmetric(x, at, 32, w, 0, 8));
    for (int j = 0; j < 16; j++) {
      int low = ScaleSearch.nearest(x[at + j], scale, -8, 7) + 8;
      int high = ScaleSearch.nearest(x[at + 16 + j], scale, -8, 7) + 8;
      put(to, toAt + 2 + j, low | high << 4);
    }
  }
}
