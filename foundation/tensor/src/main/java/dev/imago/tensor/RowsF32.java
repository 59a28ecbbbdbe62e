package dev.imago.tensor;

import static dev.imago.tensor.Lanes.CHAINS;
import static dev.imago.tensor.Lanes.f32;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Rows of floats.
final class RowsF32 extends RowKernel {
  private static final int L = Lanes.COUNT;

  @Override
  float dot(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i <= columns - 4 * L; i += 4 * L) {
      long o = at + i * 4L;
      a = f32(w, o).fma(load(x, xAt + i), a);
      b = f32(w, o + L * 4L).fma(load(x, xAt + i + L), b);
      if (CHAINS == 4) {
        c = f32(w, o + L * 8L).fma(load(x, xAt + i + 2 * L), c);
        d = f32(w, o + L * 12L).fma(load(x, xAt + i + 3 * L), d);
      } else {
        a = f32(w, o + L * 8L).fma(load(x, xAt + i + 2 * L), a);
        b = f32(w, o + L * 12L).fma(load(x, xAt + i + 3 * L), b);
      }
    }
    if (i <= columns - L) {
      a = f32(w, at + i * 4L).fma(load(x, xAt + i), a);
      i += L;
    }
    if (i <= columns - L) {
      b = f32(w, at + i * 4L).fma(load(x, xAt + i), b);
      i += L;
    }
    if (i <= columns - L) {
      if (CHAINS == 4) {
        c = f32(w, at + i * 4L).fma(load(x, xAt + i), c);
      } else {
        a = f32(w, at + i * 4L).fma(load(x, xAt + i), a);
      }
      i += L;
    }
    float sum = Lanes.sum(CHAINS == 4 ? a.add(c).add(b.add(d)) : a.add(b));
    for (; i < columns; i++) {
      sum = Math.fma(w.get(HostTensor.F32, at + i * 4L), x[xAt + i], sum);
    }
    return sum;
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, x, at);
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    MemorySegment.copy(w, HostTensor.F32, at, to, toAt, columns);
  }
}
