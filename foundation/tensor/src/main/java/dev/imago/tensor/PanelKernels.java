package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// A panel of a few rows, made floats once, times many tokens: what prefill spends its time in.
/// Results as [RowKernels]', bit for bit.
final class PanelKernels {
  private static final int L = Lanes.COUNT;

  private PanelKernels() {}

  /// Makes one row floats: to[at … at + columns − 1].
  static void expand(HostTensor w, int columns, long row, float[] to, int at) {
    MemorySegment data = w.data();
    switch (w.type()) {
      case F32 -> MemorySegment.copy(data, HostTensor.F32, row * columns * 4, to, at, columns);
      case F16 -> f16(data, row * columns * 2, columns, to, at);
      case BF16 -> bf16(data, row * columns * 2, columns, to, at);
      case Q8_0 -> q8(data, row * (columns / 32) * 34, columns, to, at);
      case F64, I64, I32, I16, I8, U8, BOOL -> throw new IllegalStateException(w.toString());
    }
    int whole = w.type() == DataType.F32 ? columns : columns & -L;
    for (int c = whole; c < columns; c++) {
      to[at + c] = w.number(row * columns + c);
    }
  }

  private static void f16(MemorySegment data, long from, int columns, float[] to, int at) {
    for (int c = 0; c <= columns - L; c += L) {
      Lanes.f16(data, from + c * 2L).intoArray(to, at + c);
    }
  }

  private static void bf16(MemorySegment data, long from, int columns, float[] to, int at) {
    for (int c = 0; c <= columns - L; c += L) {
      Lanes.bf16(data, from + c * 2L).intoArray(to, at + c);
    }
  }

  private static void q8(MemorySegment data, long from, int columns, float[] to, int at) {
    for (int b = 0; b < columns / 32; b++) {
      long block = from + b * 34L;
      float scale = Float.float16ToFloat(data.get(HostTensor.I16, block));
      for (int k = 0; k < 32; k += L) {
        Lanes.q8(data, block + 2 + k, scale).intoArray(to, at + b * 32 + k);
      }
    }
  }

  /// One row times one token.
  static float dot(float[] w, int wAt, float[] x, int xAt, int columns) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    int c = 0;
    for (; c <= columns - 2 * L; c += 2 * L) {
      a = load(w, wAt + c).fma(load(x, xAt + c), a);
      b = load(w, wAt + c + L).fma(load(x, xAt + c + L), b);
    }
    if (c <= columns - L) {
      a = load(w, wAt + c).fma(load(x, xAt + c), a);
      c += L;
    }
    float sum = Lanes.sum(a.add(b));
    for (; c < columns; c++) {
      sum = Math.fma(w[wAt + c], x[xAt + c], sum);
    }
    return sum;
  }

  /// Four rows times four tokens: y[yAt + t · yStride + r], rows end to end in w, tokens in x.
  ///
  /// @param sums room for 32 · L numbers
  static void dot4x4(
      float[] w, float[] x, int xAt, int columns, float[] sums, float[] y, int yAt, int yStride) {
    // Sixteen accumulators fit the registers, and each result has two: so first the even vectors
    // of columns, then the odd ones.
    products(w, x, xAt, columns, 0, sums, 0);
    products(w, x, xAt, columns, L, sums, 16 * L);
    Lanes.sums(sums, 16);
    for (int t = 0; t < 4; t++) {
      for (int r = 0; r < 4; r++) {
        float sum = sums[t * 4 + r];
        for (int c = columns & -L; c < columns; c++) {
          sum = Math.fma(w[r * columns + c], x[xAt + t * columns + c], sum);
        }
        y[yAt + t * yStride + r] = sum;
      }
    }
  }

  /// Sixteen accumulators of [#dot4x4], over every other vector of columns.
  private static void products(
      float[] w, float[] x, int xAt, int columns, int from, float[] sums, int at) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector a00 = zero, a01 = zero, a02 = zero, a03 = zero;
    FloatVector a10 = zero, a11 = zero, a12 = zero, a13 = zero;
    FloatVector a20 = zero, a21 = zero, a22 = zero, a23 = zero;
    FloatVector a30 = zero, a31 = zero, a32 = zero, a33 = zero;
    int x1 = xAt + columns;
    int x2 = x1 + columns;
    int x3 = x2 + columns;
    for (int c = from; c <= columns - L; c += 2 * L) {
      FloatVector w0 = load(w, c);
      FloatVector w1 = load(w, columns + c);
      FloatVector w2 = load(w, 2 * columns + c);
      FloatVector w3 = load(w, 3 * columns + c);
      FloatVector v = load(x, xAt + c);
      a00 = w0.fma(v, a00);
      a01 = w1.fma(v, a01);
      a02 = w2.fma(v, a02);
      a03 = w3.fma(v, a03);
      v = load(x, x1 + c);
      a10 = w0.fma(v, a10);
      a11 = w1.fma(v, a11);
      a12 = w2.fma(v, a12);
      a13 = w3.fma(v, a13);
      v = load(x, x2 + c);
      a20 = w0.fma(v, a20);
      a21 = w1.fma(v, a21);
      a22 = w2.fma(v, a22);
      a23 = w3.fma(v, a23);
      v = load(x, x3 + c);
      a30 = w0.fma(v, a30);
      a31 = w1.fma(v, a31);
      a32 = w2.fma(v, a32);
      a33 = w3.fma(v, a33);
    }
    a00.intoArray(sums, at);
    a01.intoArray(sums, at + L);
    a02.intoArray(sums, at + 2 * L);
    a03.intoArray(sums, at + 3 * L);
    a10.intoArray(sums, at + 4 * L);
    a11.intoArray(sums, at + 5 * L);
    a12.intoArray(sums, at + 6 * L);
    a13.intoArray(sums, at + 7 * L);
    a20.intoArray(sums, at + 8 * L);
    a21.intoArray(sums, at + 9 * L);
    a22.intoArray(sums, at + 10 * L);
    a23.intoArray(sums, at + 11 * L);
    a30.intoArray(sums, at + 12 * L);
    a31.intoArray(sums, at + 13 * L);
    a32.intoArray(sums, at + 14 * L);
    a33.intoArray(sums, at + 15 * L);
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, from, at);
  }
}
