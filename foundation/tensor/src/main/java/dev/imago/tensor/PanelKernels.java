package dev.imago.tensor;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/// A panel of a few rows, made floats once, times many tokens: what prefill spends its time in.
/// Results as [RowKernel]', bit for bit.
final class PanelKernels {
  private static final int L = Lanes.COUNT;

  /// Vectors of 512 bits come with 32 registers, narrower ones with 16.
  private static final boolean MANY_REGISTERS = L == 16;

  /// Rows of a panel.
  static final int ROWS = MANY_REGISTERS ? 4 : 6;

  /// Tokens that share a pass: their accumulators, their numbers and a row's fill the registers.
  private static final int TOKENS = MANY_REGISTERS ? 4 : 2;

  private static final int RESULTS = ROWS * TOKENS;

  /// Tokens that go through a stretch of columns before the next stretch begins.
  private static final int GROUP = MANY_REGISTERS ? 4 : 8;

  /// Columns of a stretch, at most: with narrow vectors a chain's pass reads a quarter of each
  /// line, so what four passes read has to stay in the first-level cache.
  private static final int STRETCH = MANY_REGISTERS ? Integer.MAX_VALUE / 2 : 768;

  /// Numbers that [#product] has its accumulators in.
  static final int SUMS = GROUP * ROWS * Lanes.CHAINS * L;

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

  /// Stretches of about the same length, whole rounds of all chains: a short one at the end would
  /// have more to set up than to compute.
  private static int stretch(int columns) {
    int stretches = (columns + STRETCH - 1) / STRETCH;
    int round = Lanes.CHAINS * L;
    return ((columns + stretches - 1) / stretches + round - 1) / round * round;
  }

  /// The first `rows` of a panel times tokens: y[yAt + t · yStride + r].
  ///
  /// @param w [#ROWS] rows, end to end; what lies in those past `rows` is computed with, for
  ///   nothing
  /// @param x `tokens` of them, end to end, from xAt on
  /// @param sums room for [#SUMS] numbers
  static void product(
      float[] w,
      int rows,
      float[] x,
      int xAt,
      int tokens,
      int columns,
      float[] sums,
      float[] y,
      int yAt,
      int yStride) {
    int stretch = stretch(columns);
    for (int n = 0; n < tokens; n += GROUP) {
      int group = Math.min(GROUP, tokens - n);
      int last = xAt + (n + group - 1) * columns;
      Arrays.fill(sums, 0, SUMS, 0);
      for (int from = 0; from <= columns - L; from += stretch) {
        int to = Math.min(columns, from + stretch);
        for (int t = 0; t < group; t += TOKENS) {
          int token = xAt + (n + t) * columns;
          for (int chain = 0; chain < Lanes.CHAINS; chain++) {
            // Each result has an accumulator a chain: so one chain after another.
            int at = (t * ROWS * Lanes.CHAINS + RESULTS * chain) * L;
            if (MANY_REGISTERS) {
              products4x4(w, x, token, last, columns, from + chain * L, to, sums, at);
            } else {
              products6x2(w, x, token, last, columns, from + chain * L, to, sums, at);
            }
          }
        }
      }
      for (int t = 0; t < group; t++) {
        int pass = t / TOKENS * TOKENS;
        int at = pass * ROWS * Lanes.CHAINS * L;
        if (pass == t) {
          Lanes.sums(sums, at, RESULTS);
        }
        for (int r = 0; r < rows; r++) {
          float sum = sums[at + (t - pass) * ROWS + r];
          for (int c = columns & -L; c < columns; c++) {
            sum = Math.fma(w[r * columns + c], x[xAt + (n + t) * columns + c], sum);
          }
          y[yAt + (n + t) * yStride + r] = sum;
        }
      }
    }
  }

  /// Four rows and four tokens, over the vectors of one chain's columns: added to what lies in
  /// sums.
  ///
  /// @param last where the last token begins: one past it is computed again, for nothing
  private static void products4x4(
      float[] w,
      float[] x,
      int xAt,
      int last,
      int columns,
      int from,
      int to,
      float[] sums,
      int at) {
    FloatVector a00 = load(sums, at);
    FloatVector a01 = load(sums, at + 1 * L);
    FloatVector a02 = load(sums, at + 2 * L);
    FloatVector a03 = load(sums, at + 3 * L);
    FloatVector a10 = load(sums, at + 4 * L);
    FloatVector a11 = load(sums, at + 5 * L);
    FloatVector a12 = load(sums, at + 6 * L);
    FloatVector a13 = load(sums, at + 7 * L);
    FloatVector a20 = load(sums, at + 8 * L);
    FloatVector a21 = load(sums, at + 9 * L);
    FloatVector a22 = load(sums, at + 10 * L);
    FloatVector a23 = load(sums, at + 11 * L);
    FloatVector a30 = load(sums, at + 12 * L);
    FloatVector a31 = load(sums, at + 13 * L);
    FloatVector a32 = load(sums, at + 14 * L);
    FloatVector a33 = load(sums, at + 15 * L);
    int x1 = Math.min(xAt + columns, last);
    int x2 = Math.min(x1 + columns, last);
    int x3 = Math.min(x2 + columns, last);
    for (int c = from; c <= to - L; c += Lanes.CHAINS * L) {
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

  /// The same of six rows and two tokens.
  private static void products6x2(
      float[] w,
      float[] x,
      int xAt,
      int last,
      int columns,
      int from,
      int to,
      float[] sums,
      int at) {
    FloatVector a00 = load(sums, at);
    FloatVector a01 = load(sums, at + 1 * L);
    FloatVector a02 = load(sums, at + 2 * L);
    FloatVector a03 = load(sums, at + 3 * L);
    FloatVector a04 = load(sums, at + 4 * L);
    FloatVector a05 = load(sums, at + 5 * L);
    FloatVector a10 = load(sums, at + 6 * L);
    FloatVector a11 = load(sums, at + 7 * L);
    FloatVector a12 = load(sums, at + 8 * L);
    FloatVector a13 = load(sums, at + 9 * L);
    FloatVector a14 = load(sums, at + 10 * L);
    FloatVector a15 = load(sums, at + 11 * L);
    int x1 = Math.min(xAt + columns, last);
    for (int c = from; c <= to - L; c += Lanes.CHAINS * L) {
      FloatVector v = load(x, xAt + c);
      FloatVector u = load(x, x1 + c);
      FloatVector row = load(w, c);
      a00 = row.fma(v, a00);
      a10 = row.fma(u, a10);
      row = load(w, columns + c);
      a01 = row.fma(v, a01);
      a11 = row.fma(u, a11);
      row = load(w, 2 * columns + c);
      a02 = row.fma(v, a02);
      a12 = row.fma(u, a12);
      row = load(w, 3 * columns + c);
      a03 = row.fma(v, a03);
      a13 = row.fma(u, a13);
      row = load(w, 4 * columns + c);
      a04 = row.fma(v, a04);
      a14 = row.fma(u, a14);
      row = load(w, 5 * columns + c);
      a05 = row.fma(v, a05);
      a15 = row.fma(u, a15);
    }
    a00.intoArray(sums, at);
    a01.intoArray(sums, at + 1 * L);
    a02.intoArray(sums, at + 2 * L);
    a03.intoArray(sums, at + 3 * L);
    a04.intoArray(sums, at + 4 * L);
    a05.intoArray(sums, at + 5 * L);
    a10.intoArray(sums, at + 6 * L);
    a11.intoArray(sums, at + 7 * L);
    a12.intoArray(sums, at + 8 * L);
    a13.intoArray(sums, at + 9 * L);
    a14.intoArray(sums, at + 10 * L);
    a15.intoArray(sums, at + 11 * L);
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, from, at);
  }
}
