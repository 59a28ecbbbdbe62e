package dev.imago.tensor;

import jdk.incubator.vector.FloatVector;

/// A panel of a few rows, made floats once, times many tokens: what prefill spends its time in.
/// Results as [RowKernel]', bit for bit.
final class PanelKernels {
  private static final int L = Lanes.COUNT;

  /// Numbers that [#dot4x4] has its accumulators in.
  static final int SUMS = 16 * Lanes.CHAINS * L;

  private PanelKernels() {}

  /// One row times one token.
  static float dot(float[] w, int wAt, float[] x, int xAt, int columns) {
    FloatVector s0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int c = 0;
    for (; c <= columns - 4 * L; c += 4 * L) {
      s0 = load(w, wAt + c).fma(load(x, xAt + c), s0);
      s1 = load(w, wAt + c + L).fma(load(x, xAt + c + L), s1);
      if (Lanes.CHAINS == 4) {
        s2 = load(w, wAt + c + 2 * L).fma(load(x, xAt + c + 2 * L), s2);
        s3 = load(w, wAt + c + 3 * L).fma(load(x, xAt + c + 3 * L), s3);
      } else {
        s0 = load(w, wAt + c + 2 * L).fma(load(x, xAt + c + 2 * L), s0);
        s1 = load(w, wAt + c + 3 * L).fma(load(x, xAt + c + 3 * L), s1);
      }
    }
    if (c <= columns - L) {
      s0 = load(w, wAt + c).fma(load(x, xAt + c), s0);
      c += L;
    }
    if (c <= columns - L) {
      s1 = load(w, wAt + c).fma(load(x, xAt + c), s1);
      c += L;
    }
    if (c <= columns - L) {
      if (Lanes.CHAINS == 4) {
        s2 = load(w, wAt + c).fma(load(x, xAt + c), s2);
      } else {
        s0 = load(w, wAt + c).fma(load(x, xAt + c), s0);
      }
      c += L;
    }
    float sum = Lanes.sum(Lanes.CHAINS == 4 ? s0.add(s2).add(s1.add(s3)) : s0.add(s1));
    for (; c < columns; c++) {
      sum = Math.fma(w[wAt + c], x[xAt + c], sum);
    }
    return sum;
  }

  /// Four rows times four tokens: y[yAt + t · yStride + r], rows end to end in w, tokens in x.
  ///
  /// @param sums room for [#SUMS] numbers
  static void dot4x4(
      float[] w, float[] x, int xAt, int columns, float[] sums, float[] y, int yAt, int yStride) {
    // Each result has several accumulators: so one chain after another. Sixteen of them fit the 32
    // registers of 512 bits; where there are 16 registers, two tokens at a time leave room.
    for (int chain = 0; chain < Lanes.CHAINS; chain++) {
      int at = 16 * chain * L;
      if (Lanes.CHAINS == 4) {
        pair(w, x, xAt, columns, chain * L, sums, at);
        pair(w, x, xAt + 2 * columns, columns, chain * L, sums, at + 8 * L);
      } else {
        products(w, x, xAt, columns, chain * L, sums, at);
      }
    }
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

  /// Sixteen accumulators of [#dot4x4], over the vectors of columns of one chain.
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
    for (int c = from; c <= columns - L; c += Lanes.CHAINS * L) {
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

  /// [#products] of two tokens: eight accumulators.
  private static void pair(
      float[] w, float[] x, int xAt, int columns, int from, float[] sums, int at) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    int x1 = xAt + columns;
    for (int c = from; c <= columns - L; c += Lanes.CHAINS * L) {
      FloatVector v = load(x, xAt + c);
      FloatVector u = load(x, x1 + c);
      FloatVector row = load(w, c);
      a0 = row.fma(v, a0);
      b0 = row.fma(u, b0);
      row = load(w, columns + c);
      a1 = row.fma(v, a1);
      b1 = row.fma(u, b1);
      row = load(w, 2 * columns + c);
      a2 = row.fma(v, a2);
      b2 = row.fma(u, b2);
      row = load(w, 3 * columns + c);
      a3 = row.fma(v, a3);
      b3 = row.fma(u, b3);
    }
    a0.intoArray(sums, at);
    a1.intoArray(sums, at + L);
    a2.intoArray(sums, at + 2 * L);
    a3.intoArray(sums, at + 3 * L);
    b0.intoArray(sums, at + 4 * L);
    b1.intoArray(sums, at + 5 * L);
    b2.intoArray(sums, at + 6 * L);
    b3.intoArray(sums, at + 7 * L);
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, from, at);
  }
}
