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
    int whole = columns & -L;
    switch (w.type()) {
      case F32 -> {
        MemorySegment.copy(data, HostTensor.F32, row * columns * 4, to, at, columns);
        return;
      }
      case F16 -> {
        for (int c = 0; c < whole; c += L) {
          Lanes.f16(data, (row * columns + c) * 2).intoArray(to, at + c);
        }
      }
      case BF16 -> {
        for (int c = 0; c < whole; c += L) {
          Lanes.bf16(data, (row * columns + c) * 2).intoArray(to, at + c);
        }
      }
      case Q8_0 -> {
        long block = row * (columns / 32) * 34;
        for (int c = 0; c < columns; c += 32, block += 34) {
          float scale = Float.float16ToFloat(data.get(HostTensor.I16, block));
          for (int k = 0; k < 32; k += L) {
            Lanes.q8(data, block + 2 + k, scale).intoArray(to, at + c + k);
          }
        }
      }
      case F64, I64, I32, I16, I8, U8, BOOL -> throw new IllegalStateException(w.toString());
    }
    for (int c = whole; c < columns; c++) {
      to[at + c] = w.number(row * columns + c);
    }
  }

  /// One row times one token.
  static float dot(float[] w, int wAt, float[] x, int xAt, int columns) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    int c = 0;
    for (; c <= columns - L; c += L) {
      a = load(w, wAt + c).fma(load(x, xAt + c), a);
    }
    float sum = Lanes.sum(a);
    for (; c < columns; c++) {
      sum = Math.fma(w[wAt + c], x[xAt + c], sum);
    }
    return sum;
  }

  /// Four rows times four tokens: y[yAt + t · yStride + r], rows end to end in w, tokens in x.
  static void dot4x4(float[] w, float[] x, int xAt, int columns, float[] y, int yAt, int yStride) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector a00 = zero, a01 = zero, a02 = zero, a03 = zero;
    FloatVector a10 = zero, a11 = zero, a12 = zero, a13 = zero;
    FloatVector a20 = zero, a21 = zero, a22 = zero, a23 = zero;
    FloatVector a30 = zero, a31 = zero, a32 = zero, a33 = zero;
    int x1 = xAt + columns;
    int x2 = x1 + columns;
    int x3 = x2 + columns;
    int c = 0;
    for (; c <= columns - L; c += L) {
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
    store(a00, a01, a02, a03, y, yAt);
    store(a10, a11, a12, a13, y, yAt + yStride);
    store(a20, a21, a22, a23, y, yAt + 2 * yStride);
    store(a30, a31, a32, a33, y, yAt + 3 * yStride);
    for (; c < columns; c++) {
      for (int t = 0; t < 4; t++) {
        for (int r = 0; r < 4; r++) {
          int at = yAt + t * yStride + r;
          y[at] = Math.fma(w[r * columns + c], x[xAt + t * columns + c], y[at]);
        }
      }
    }
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, from, at);
  }

  private static void store(
      FloatVector a0, FloatVector a1, FloatVector a2, FloatVector a3, float[] y, int yAt) {
    y[yAt] = Lanes.sum(a0);
    y[yAt + 1] = Lanes.sum(a1);
    y[yAt + 2] = Lanes.sum(a2);
    y[yAt + 3] = Lanes.sum(a3);
  }
}
