package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// One row of a mapped matrix times one token: what decoding spends its time in.
///
/// Rows are read one after another, as they lie in the file. Four at a time would hide more latency
/// of the products, and ran at less than half the speed from memory (5.1 against 11.5 G weights/s a
/// thread, Q8_0): the processor's prefetcher follows one stream well, and four short ones badly.
///
/// A result is two chains of fused products over vectors of [L][Lanes#COUNT] columns, the even and
/// the odd ones, added and summed as a tree, then the columns left over one by one: [PanelKernels]
/// computes the same, bit for bit, so that a token's result does not depend on how many tokens
/// share its step.
final class RowKernels {
  private static final int L = Lanes.COUNT;

  private RowKernels() {}

  static float dot(HostTensor w, int columns, long row, float[] x, int xAt) {
    MemorySegment data = w.data();
    float sum =
        switch (w.type()) {
          case F32 -> f32(data, row * columns * 4, columns, x, xAt);
          case F16 -> f16(data, row * columns * 2, columns, x, xAt);
          case BF16 -> bf16(data, row * columns * 2, columns, x, xAt);
          case Q8_0 -> q8(data, row * (columns / 32) * 34, columns, x, xAt);
          case F64, I64, I32, I16, I8, U8, BOOL -> throw new IllegalStateException(w.toString());
        };
    for (int c = columns & -L; c < columns; c++) {
      sum = Math.fma(w.number(row * columns + c), x[xAt + c], sum);
    }
    return sum;
  }

  private static float f32(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    int c = 0;
    for (; c <= columns - 2 * L; c += 2 * L) {
      long o = at + c * 4L;
      a = Lanes.f32(w, o).fma(FloatVector.fromArray(Lanes.FLOATS, x, xAt + c), a);
      b = Lanes.f32(w, o + L * 4L).fma(FloatVector.fromArray(Lanes.FLOATS, x, xAt + c + L), b);
    }
    if (c <= columns - L) {
      a = Lanes.f32(w, at + c * 4L).fma(FloatVector.fromArray(Lanes.FLOATS, x, xAt + c), a);
    }
    return Lanes.sum(a.add(b));
  }

  private static float f16(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    int c = 0;
    for (; c <= columns - 2 * L; c += 2 * L) {
      long o = at + c * 2L;
      a = Lanes.f16(w, o).fma(FloatVector.fromArray(Lanes.FLOATS, x, xAt + c), a);
      b = Lanes.f16(w, o + L * 2L).fma(FloatVector.fromArray(Lanes.FLOATS, x, xAt + c + L), b);
    }
    if (c <= columns - L) {
      a = Lanes.f16(w, at + c * 2L).fma(FloatVector.fromArray(Lanes.FLOATS, x, xAt + c), a);
    }
    return Lanes.sum(a.add(b));
  }

  private static float bf16(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    int c = 0;
    for (; c <= columns - 2 * L; c += 2 * L) {
      long o = at + c * 2L;
      a = Lanes.bf16(w, o).fma(FloatVector.fromArray(Lanes.FLOATS, x, xAt + c), a);
      b = Lanes.bf16(w, o + L * 2L).fma(FloatVector.fromArray(Lanes.FLOATS, x, xAt + c + L), b);
    }
    if (c <= columns - L) {
      a = Lanes.bf16(w, at + c * 2L).fma(FloatVector.fromArray(Lanes.FLOATS, x, xAt + c), a);
    }
    return Lanes.sum(a.add(b));
  }

  private static float q8(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    for (int i = 0; i < columns / 32; i++) {
      long block = at + i * 34L;
      int v = xAt + i * 32;
      float scale = Float.float16ToFloat(w.get(HostTensor.I16, block));
      for (int k = 0; k < 32; k += 2 * L) {
        long o = block + 2 + k;
        a = Lanes.q8(w, o, scale).fma(FloatVector.fromArray(Lanes.FLOATS, x, v + k), a);
        b = Lanes.q8(w, o + L, scale).fma(FloatVector.fromArray(Lanes.FLOATS, x, v + k + L), b);
      }
    }
    return Lanes.sum(a.add(b));
  }
}
