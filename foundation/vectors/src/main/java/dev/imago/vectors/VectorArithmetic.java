package dev.imago.vectors;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Sums and products of rows of floats. Rows are padded with zeros to a [#stride], so no loop has a
/// rest; every operation gives the same bits interpreted and compiled, which rules out the
/// library's sums of lanes.
final class VectorArithmetic {
  private static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() >= 8
          ? FloatVector.SPECIES_256
          : FloatVector.SPECIES_128;
  private static final int LANES = FLOATS.length();
  private static final int PADDED = 16;
  private static final VectorShuffle<Float> TURN_4 = VectorShuffle.iota(FLOATS, 4 % LANES, 1, true);
  private static final VectorShuffle<Float> TURN_2 = VectorShuffle.iota(FLOATS, 2, 1, true);
  private static final VectorShuffle<Float> TURN_1 = VectorShuffle.iota(FLOATS, 1, 1, true);

  private VectorArithmetic() {}

  /// Floats from one row to the next.
  static int stride(int dimension) {
    return (dimension + PADDED - 1) / PADDED * PADDED;
  }

  private static float sum(FloatVector v) {
    if (LANES == 8) {
      v = v.add(v.rearrange(TURN_4));
    }
    v = v.add(v.rearrange(TURN_2));
    return v.add(v.rearrange(TURN_1)).lane(0);
  }

  /// Σ aᵢ bᵢ of a row of `a` from `at` on and all of `b`.
  static float dot(float[] a, int at, float[] b, int stride) {
    FloatVector one = FloatVector.zero(FLOATS);
    FloatVector two = FloatVector.zero(FLOATS);
    for (int i = 0; i < stride; i += 2 * LANES) {
      one = FloatVector.fromArray(FLOATS, a, at + i).fma(FloatVector.fromArray(FLOATS, b, i), one);
      two =
          FloatVector.fromArray(FLOATS, a, at + i + LANES)
              .fma(FloatVector.fromArray(FLOATS, b, i + LANES), two);
    }
    return sum(one.add(two));
  }

  /// to[i] += times · from[i].
  static void add(float[] to, int at, float times, float[] from, int of, int stride) {
    FloatVector factor = FloatVector.broadcast(FLOATS, times);
    for (int i = 0; i < stride; i += LANES) {
      FloatVector.fromArray(FLOATS, from, of + i)
          .fma(factor, FloatVector.fromArray(FLOATS, to, at + i))
          .intoArray(to, at + i);
    }
  }

  /// A step on an output row: gradient += alpha · row, and row += alpha · hidden, as both were.
  static void exchange(
      float[] rows, int at, float[] hidden, float[] gradient, float alpha, int stride) {
    FloatVector factor = FloatVector.broadcast(FLOATS, alpha);
    for (int i = 0; i < stride; i += LANES) {
      FloatVector row = FloatVector.fromArray(FLOATS, rows, at + i);
      row.fma(factor, FloatVector.fromArray(FLOATS, gradient, i)).intoArray(gradient, i);
      FloatVector.fromArray(FLOATS, hidden, i).fma(factor, row).intoArray(rows, at + i);
    }
  }

  /// to[i] *= times.
  static void scale(float[] to, float times, int stride) {
    for (int i = 0; i < stride; i += LANES) {
      FloatVector.fromArray(FLOATS, to, i).mul(times).intoArray(to, i);
    }
  }
}
