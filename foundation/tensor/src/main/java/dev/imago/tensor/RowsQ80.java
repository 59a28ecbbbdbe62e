package dev.imago.tensor;

import static dev.imago.tensor.Lanes.CHAINS;
import static dev.imago.tensor.Lanes.q8;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Rows of [BlocksQ80].
final class RowsQ80 extends RowKernel {
  private static final int L = Lanes.COUNT;

  @Override
  float dot(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < columns; i += 32) {
      long block = at + i / 32 * 34L;
      float scale = BlockFormat.half(w, block);
      for (int k = 0; k < 32; k += CHAINS * L) {
        long o = block + 2 + k;
        int v = xAt + i + k;
        a = q8(w, o, scale).fma(load(x, v), a);
        b = q8(w, o + L, scale).fma(load(x, v + L), b);
        if (CHAINS == 4) {
          c = q8(w, o + 2 * L, scale).fma(load(x, v + 2 * L), c);
          d = q8(w, o + 3 * L, scale).fma(load(x, v + 3 * L), d);
        }
      }
    }
    return Lanes.sum(CHAINS == 4 ? a.add(c).add(b.add(d)) : a.add(b));
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, x, at);
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    for (int i = 0; i < columns; i += 32) {
      long block = at + i / 32 * 34L;
      float scale = BlockFormat.half(w, block);
      for (int k = 0; k < 32; k += L) {
        q8(w, block + 2 + k, scale).intoArray(to, toAt + i + k);
      }
    }
  }
}
