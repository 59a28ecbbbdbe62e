package dev.imago.tensor;

import static dev.imago.tensor.Lanes.CHAINS;
import static dev.imago.tensor.Lanes.bf16;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Rows of floats without their last sixteen bits.
final class RowsBf16 extends RowKernel {
  private static final int L = Lanes.COUNT;

  @Override
  float dot(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i <= columns - 4 * L; i += 4 * L) {
      long o = at + i * 2L;
      a = bf16(w, o).fma(load(x, xAt + i), a);
      b = bf16(w, o + L * 2L).fma(load(x, xAt + i + L), b);
      if (CHAINS == 4) {
        c = bf16(w, o + L * 4L).fma(load(x, xAt + i + 2 * L), c);
        d = bf16(w, o + L * 6L).fma(load(x, xAt + i + 3 * L), d);
      } else {
        a = bf16(w, o + L * 4L).fma(load(x, xAt + i + 2 * L), a);
        b = bf16(w, o + L * 6L).fma(load(x, xAt + i + 3 * L), b);
      }
    }
    if (i <= columns - L) {
      a = bf16(w, at + i * 2L).fma(load(x, xAt + i), a);
      i += L;
    }
    if (i <= columns - L) {
      b = bf16(w, at + i * 2L).fma(load(x, xAt + i), b);
      i += L;
    }
    if (i <= columns - L) {
      if (CHAINS == 4) {
        c = bf16(w, at + i * 2L).fma(load(x, xAt + i), c);
      } else {
        a = bf16(w, at + i * 2L).fma(load(x, xAt + i), a);
      }
      i += L;
    }
    float sum = Lanes.sum(CHAINS == 4 ? a.add(c).add(b.add(d)) : a.add(b));
    for (; i < columns; i++) {
      sum =
          Math.fma(Float.intBitsToFloat(w.get(HostTensor.I16, at + i * 2L) << 16), x[xAt + i], sum);
    }
    return sum;
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, x, at);
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    int i = 0;
    for (; i <= columns - L; i += L) {
      bf16(w, at + i * 2L).intoArray(to, toAt + i);
    }
    for (; i < columns; i++) {
      to[toAt + i] = Float.intBitsToFloat(w.get(HostTensor.I16, at + i * 2L) << 16);
    }
  }
}
