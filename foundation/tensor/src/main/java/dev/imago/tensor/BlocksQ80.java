package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// 32 signed bytes, times the half-precision scale before them.
final class BlocksQ80 extends BlockFormat {
  BlocksQ80() {
    super(32, 34);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at);
    for (int j = 0; j < 32; j++) {
      to[toAt + j] = scale * data.get(ValueLayout.JAVA_BYTE, at + 2 + j);
    }
  }
}
