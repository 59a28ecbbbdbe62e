package dev.imago.tensor;

import static dev.imago.tensor.Lanes.bits;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.OR;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Rows of [BlocksQ6K], on vectors of eight floats or sixteen.
final class RowsQ6K extends RowKernel {
  private static final int L = Lanes.COUNT;

  /// A product of so many parts is more than the compiler inlines, and its vectors become objects:
  /// at half the speed of floats first.
  @Override
  boolean fused() {
    return false;
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    long block = at;
    int i = toAt;
    for (; i < toAt + columns; block += 210) {
      float scale = BlockFormat.half(w, block + 208);
      for (int group = 0; group < 8; group++) {
        int half = group >> 2;
        int quarter = group & 3;
        long low = block + half * 64 + (quarter & 1) * 32;
        long high = block + 128 + half * 32;
        for (int k = 0; k < 32; k += L, i += L) {
          float s = scale * w.get(ValueLayout.JAVA_BYTE, block + 192 + group * 2 + k / 16);
          number(bits(w, low + k), (quarter >> 1) * 4, bits(w, high + k), quarter * 2, s)
              .intoArray(to, i);
        }
      }
    }
  }

  /// Four bits, two above them, less 32, times a scale.
  private static FloatVector number(
      IntVector low, int shift, IntVector high, int shiftHigh, float scale) {
    IntVector four = low.lanewise(LSHR, shift).lanewise(AND, 15);
    IntVector two = high.lanewise(LSHR, shiftHigh).lanewise(AND, 3).lanewise(LSHL, 4);
    return ((FloatVector) four.lanewise(OR, two).castShape(Lanes.FLOATS, 0))
        .fma(
            FloatVector.broadcast(Lanes.FLOATS, scale),
            FloatVector.broadcast(Lanes.FLOATS, -32 * scale));
  }
}
