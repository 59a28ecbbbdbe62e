package dev.imago.tensor;

import static dev.imago.tensor.Lanes.bits;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.OR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;

/// Rows of [BlocksQ3K], on vectors of eight floats or sixteen.
final class RowsQ3K extends RowKernel {
  private static final int L = Lanes.COUNT;

  @Override
  boolean fused() {
    return false;
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    long block = at;
    int i = toAt;
    for (; i < toAt + columns; block += 110) {
      float scale = BlockFormat.half(w, block + 108);
      long low = w.get(HostTensor.I64, block + 96);
      int high = w.get(HostTensor.I32, block + 104);
      for (int group = 0; group < 16; group++) {
        int four = (int) (low >>> ((group & 7) * 8 + (group >> 3) * 4)) & 15;
        int two = high >>> ((group & 3) * 8 + (group >> 2) * 2) & 3;
        float s = scale * ((four | two << 4) - 32);
        long thirds = block + (group & 1) * 16;
        long twos = thirds + 32 + (group >> 3) * 32;
        for (int k = 0; k < 16; k += L, i += L) {
          IntVector number = bits(w, twos + k).lanewise(LSHR, group & 6).lanewise(AND, 3);
          IntVector third = bits(w, thirds + k).lanewise(LSHR, group >> 1).lanewise(AND, 1);
          Lanes.affine(number.lanewise(OR, third.lanewise(LSHL, 2)), s, -4 * s).intoArray(to, i);
        }
      }
    }
  }
}
