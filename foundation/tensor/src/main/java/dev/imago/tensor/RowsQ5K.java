package dev.imago.tensor;

import static dev.imago.tensor.Lanes.bits;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.OR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Rows of [BlocksQ5K], on vectors of eight floats or sixteen.
final class RowsQ5K extends RowKernel {
  private static final int L = Lanes.COUNT;

  @Override
  boolean fused() {
    return false;
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    long block = at;
    int i = toAt;
    for (; i < toAt + columns; block += 176) {
      float scale = BlockFormat.half(w, block);
      float least = -BlockFormat.half(w, block + 2);
      long scales = RowsQ4K.scales(w, block);
      long leasts = RowsQ4K.leasts(w, block);
      for (int group = 0; group < 8; group += 2, i += 64) {
        long fours = block + 48 + group * 16;
        float s = scale * (scales & 0xff);
        float m = least * (leasts & 0xff);
        float s2 = scale * (scales >>> 8 & 0xff);
        float m2 = least * (leasts >>> 8 & 0xff);
        scales >>>= 16;
        leasts >>>= 16;
        for (int k = 0; k < 32; k += L) {
          IntVector two = bits(w, fours + k);
          IntVector fifths = bits(w, block + 16 + k).lanewise(LSHR, group);
          number(two, fifths.lanewise(LSHL, 4), s, m).intoArray(to, i + k);
          number(two.lanewise(LSHR, 4), fifths.lanewise(LSHL, 3), s2, m2).intoArray(to, i + 32 + k);
        }
      }
    }
  }

  /// The lowest four bits of one, and a fifth of another.
  private static FloatVector number(IntVector low, IntVector high, float scale, float least) {
    return Lanes.affine(low.lanewise(AND, 15).lanewise(OR, high.lanewise(AND, 16)), scale, least);
  }
}
