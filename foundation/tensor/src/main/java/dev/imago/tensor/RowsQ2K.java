package dev.imago.tensor;

import static dev.imago.tensor.Lanes.bits;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;

/// Rows of [BlocksQ2K], on vectors of eight floats or sixteen.
final class RowsQ2K extends RowKernel {
  private static final int L = Lanes.COUNT;

  @Override
  boolean fused() {
    return false;
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    long block = at;
    int i = toAt;
    for (; i < toAt + columns; block += 84) {
      float scale = BlockFormat.half(w, block + 80);
      float least = -BlockFormat.half(w, block + 82);
      for (int group = 0; group < 16; group++) {
        int packed = BlockFormat.unsigned(w, block + group);
        float s = scale * (packed & 15);
        float m = least * (packed >> 4);
        long bytes = block + 16 + (group >> 3) * 32 + (group & 1) * 16;
        int shift = group & 6;
        for (int k = 0; k < 16; k += L, i += L) {
          Lanes.affine(bits(w, bytes + k).lanewise(LSHR, shift).lanewise(AND, 3), s, m)
              .intoArray(to, i);
        }
      }
    }
  }
}
