package dev.imago.tensor;

import jdk.incubator.vector.FloatVector;

/// A panel of a few rows, made floats once, times many tokens: what prefill spends its time in.
/// Results as [RowKernel]', bit for bit.
///
/// Each result has [CHAINS][Lanes#CHAINS] chains, and accumulators for one chain only fill the
/// registers: so one chain after another goes over its own columns. For that, rows and tokens are
/// packed, the vectors of a chain end to end and those of all rows (or tokens) of one vector's
/// columns side by side, so that a pass reads one stream of each. Goto & van de Geijn 2008.
final class PanelKernels {
  private static final int L = Lanes.COUNT;

  /// Vectors of 512 bits come with 32 registers, narrower ones with 16.
  private static final boolean MANY_REGISTERS = L == 16;

  /// Rows of a panel.
  static final int ROWS = MANY_REGISTERS ? 4 : 6;

  /// Tokens that share a pass: their accumulators, their numbers and a row's fill the registers.
  static final int TOKENS = MANY_REGISTERS ? 4 : 2;

  private static final int RESULTS = ROWS * TOKENS;

  /// Numbers that [#product] has its accumulators in.
  static final int SUMS = RESULTS * Lanes.CHAINS * L;

  private PanelKernels() {}

  /// Numbers that `tokens` of so many columns take when they are packed.
  static int packed(int tokens, int columns) {
    return (tokens + TOKENS - 1) / TOKENS * TOKENS * (columns & -L);
  }

  /// Packs tokens that share a pass. Beside the last ones of all, the last is packed again, to be
  /// computed with for nothing.
  ///
  /// @param first the first of them, a multiple of [#TOKENS]
  /// @param last the last token of all
  static void packTokens(float[] x, int first, int last, int columns, float[] to) {
    for (int t = 0; t < TOKENS; t++) {
      pack(x, Math.min(first + t, last) * columns, columns, to, first * (columns & -L), t, TOKENS);
    }
  }

  /// Packs row r of a panel, which begins in `to`.
  static void packRow(float[] row, int rowAt, int columns, float[] to, int r) {
    pack(row, rowAt, columns, to, 0, r, ROWS);
  }

  /// Vector v goes to its chain v mod CHAINS, and there to the place `slot` of `slots`.
  private static void pack(
      float[] from, int at, int columns, float[] to, int toAt, int slot, int slots) {
    int vectors = columns / L;
    for (int chain = 0; chain < Lanes.CHAINS; chain++) {
      int out = toAt + (before(chain, vectors) * slots + slot) * L;
      for (int v = chain; v < vectors; v += Lanes.CHAINS) {
        load(from, at + v * L).intoArray(to, out);
        out += slots * L;
      }
    }
  }

  /// Vectors of the chains before one.
  private static int before(int chain, int vectors) {
    return chain * (vectors / Lanes.CHAINS) + Math.min(chain, vectors % Lanes.CHAINS);
  }

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

  /// Rows that [#dots] takes at once: their accumulators are eight.
  static final int DOTS = 8 / Lanes.CHAINS;

  /// [#DOTS] rows, end to end from `wAt` on, times one token: y[yAt + row]. A row as [#dot] has it;
  /// together they wait for no sum, and load each of the token's numbers once.
  ///
  /// @param columns a multiple of 32
  /// @param sums room for eight vectors
  static void dots(
      float[] w, int wAt, float[] x, int xAt, int columns, float[] sums, float[] y, int yAt) {
    if (Lanes.CHAINS == 2) {
      fourRows(w, wAt, x, xAt, columns, sums);
    } else {
      twoRows(w, wAt, x, xAt, columns, sums);
    }
    Lanes.sums(sums, 0, DOTS);
    System.arraycopy(sums, 0, y, yAt, DOTS);
  }

  private static void fourRows(float[] w, int wAt, float[] x, int xAt, int columns, float[] sums) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    int w1 = wAt + columns;
    int w2 = w1 + columns;
    int w3 = w2 + columns;
    for (int c = 0; c < columns; c += 2 * L) {
      FloatVector v = load(x, xAt + c);
      a0 = load(w, wAt + c).fma(v, a0);
      a1 = load(w, w1 + c).fma(v, a1);
      a2 = load(w, w2 + c).fma(v, a2);
      a3 = load(w, w3 + c).fma(v, a3);
      v = load(x, xAt + c + L);
      b0 = load(w, wAt + c + L).fma(v, b0);
      b1 = load(w, w1 + c + L).fma(v, b1);
      b2 = load(w, w2 + c + L).fma(v, b2);
      b3 = load(w, w3 + c + L).fma(v, b3);
    }
    a0.intoArray(sums, 0);
    a1.intoArray(sums, L);
    a2.intoArray(sums, 2 * L);
    a3.intoArray(sums, 3 * L);
    b0.intoArray(sums, 4 * L);
    b1.intoArray(sums, 5 * L);
    b2.intoArray(sums, 6 * L);
    b3.intoArray(sums, 7 * L);
  }

  private static void twoRows(float[] w, int wAt, float[] x, int xAt, int columns, float[] sums) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector a0 = zero, b0 = zero, c0 = zero, d0 = zero;
    FloatVector a1 = zero, b1 = zero, c1 = zero, d1 = zero;
    int w1 = wAt + columns;
    for (int c = 0; c < columns; c += 4 * L) {
      FloatVector v = load(x, xAt + c);
      a0 = load(w, wAt + c).fma(v, a0);
      a1 = load(w, w1 + c).fma(v, a1);
      v = load(x, xAt + c + L);
      b0 = load(w, wAt + c + L).fma(v, b0);
      b1 = load(w, w1 + c + L).fma(v, b1);
      v = load(x, xAt + c + 2 * L);
      c0 = load(w, wAt + c + 2 * L).fma(v, c0);
      c1 = load(w, w1 + c + 2 * L).fma(v, c1);
      v = load(x, xAt + c + 3 * L);
      d0 = load(w, wAt + c + 3 * L).fma(v, d0);
      d1 = load(w, w1 + c + 3 * L).fma(v, d1);
    }
    a0.intoArray(sums, 0);
    a1.intoArray(sums, L);
    b0.intoArray(sums, 2 * L);
    b1.intoArray(sums, 3 * L);
    c0.intoArray(sums, 4 * L);
    c1.intoArray(sums, 5 * L);
    d0.intoArray(sums, 6 * L);
    d1.intoArray(sums, 7 * L);
  }

  /// The first `rows` of a packed panel times packed tokens, but for the columns past the last
  /// whole vector: y[yAt + t · yStride + r].
  ///
  /// @param w what lies in rows past `rows` is computed with, for nothing
  /// @param x from token `first` on, a multiple of [#TOKENS]
  /// @param sums room for [#SUMS] numbers
  static void product(
      float[] w,
      int rows,
      float[] x,
      int first,
      int tokens,
      int columns,
      float[] sums,
      float[] y,
      int yAt,
      int yStride) {
    int vectors = columns / L;
    for (int t = 0; t < tokens; t += TOKENS) {
      int token = (first + t) * vectors * L;
      for (int chain = 0; chain < Lanes.CHAINS; chain++) {
        int before = before(chain, vectors);
        int steps = before(chain + 1, vectors) - before;
        int wAt = before * ROWS * L;
        int xAt = token + before * TOKENS * L;
        if (MANY_REGISTERS) {
          products4x4(w, wAt, x, xAt, steps, sums, chain * RESULTS * L);
        } else {
          products6x2(w, wAt, x, xAt, steps, sums, chain * RESULTS * L);
        }
      }
      Lanes.sums(sums, 0, RESULTS);
      for (int n = 0; n < Math.min(TOKENS, tokens - t); n++) {
        System.arraycopy(sums, n * ROWS, y, yAt + (t + n) * yStride, rows);
      }
    }
  }

  /// Four rows and four tokens, over the vectors of one chain.
  private static void products4x4(
      float[] w, int wAt, float[] x, int xAt, int steps, float[] sums, int at) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector a00 = zero, a01 = zero, a02 = zero, a03 = zero;
    FloatVector a10 = zero, a11 = zero, a12 = zero, a13 = zero;
    FloatVector a20 = zero, a21 = zero, a22 = zero, a23 = zero;
    FloatVector a30 = zero, a31 = zero, a32 = zero, a33 = zero;
    for (int i = 0; i < steps; i++) {
      int row = wAt + i * 4 * L;
      int token = xAt + i * 4 * L;
      FloatVector w0 = load(w, row);
      FloatVector w1 = load(w, row + L);
      FloatVector w2 = load(w, row + 2 * L);
      FloatVector w3 = load(w, row + 3 * L);
      FloatVector v = load(x, token);
      a00 = w0.fma(v, a00);
      a01 = w1.fma(v, a01);
      a02 = w2.fma(v, a02);
      a03 = w3.fma(v, a03);
      v = load(x, token + L);
      a10 = w0.fma(v, a10);
      a11 = w1.fma(v, a11);
      a12 = w2.fma(v, a12);
      a13 = w3.fma(v, a13);
      v = load(x, token + 2 * L);
      a20 = w0.fma(v, a20);
      a21 = w1.fma(v, a21);
      a22 = w2.fma(v, a22);
      a23 = w3.fma(v, a23);
      v = load(x, token + 3 * L);
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

  /// Six rows and two tokens.
  private static void products6x2(
      float[] w, int wAt, float[] x, int xAt, int steps, float[] sums, int at) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector a00 = zero, a01 = zero, a02 = zero, a03 = zero, a04 = zero, a05 = zero;
    FloatVector a10 = zero, a11 = zero, a12 = zero, a13 = zero, a14 = zero, a15 = zero;
    for (int i = 0; i < steps; i++) {
      int rows = wAt + i * 6 * L;
      FloatVector v = load(x, xAt + i * 2 * L);
      FloatVector u = load(x, xAt + i * 2 * L + L);
      FloatVector row = load(w, rows);
      a00 = row.fma(v, a00);
      a10 = row.fma(u, a10);
      row = load(w, rows + L);
      a01 = row.fma(v, a01);
      a11 = row.fma(u, a11);
      row = load(w, rows + 2 * L);
      a02 = row.fma(v, a02);
      a12 = row.fma(u, a12);
      row = load(w, rows + 3 * L);
      a03 = row.fma(v, a03);
      a13 = row.fma(u, a13);
      row = load(w, rows + 4 * L);
      a04 = row.fma(v, a04);
      a14 = row.fma(u, a14);
      row = load(w, rows + 5 * L);
      a05 = row.fma(v, a05);
      a15 = row.fma(u, a15);
    }
    a00.intoArray(sums, at);
    a01.intoArray(sums, at + L);
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
