package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// What attention does with keys and values of one stored type. What it gives for a row does not
/// depend on the rows beside it.
///
/// Each type has its loops to itself, alike as they are: a loop that several types share meets
/// several kernels, none of which is inlined, and its vectors become objects.
abstract sealed class CacheRows permits CacheRowsF32, CacheRowsF16, CacheRowsQ80 {
  /// Keeps one token's keys, or values: from[at … at + width − 1].
  ///
  /// @return false where the type cannot tell one of them: what is beyond its range, or no number
  abstract boolean write(float[] from, int at, int width, MemorySegment to, long toAt);

  /// Where a head's numbers begin in a row.
  abstract long offset(int number);

  /// to[toAt + t] = q · row t · scale, and where `biased` what was there is added.
  ///
  /// @param at of the first row's head, in bytes
  /// @param stride from row to row, in bytes
  /// @param sumsAt where `to` has room for a vector of each row
  abstract void products(
      MemorySegment keys,
      long at,
      long stride,
      int count,
      float[] q,
      int qAt,
      int c,
      float scale,
      boolean biased,
      float[] to,
      int toAt,
      int sumsAt);

  /// to[toAt + t] = the sum of vector t of those from x[at] on, times `scale`.
  static void sums(
      float[] x, int at, int count, float scale, boolean biased, float[] to, int toAt) {
    for (int t = 0; t < count; t++) {
      float score = Lanes.sum(FloatVector.fromArray(Lanes.FLOATS, x, at + t * Lanes.COUNT)) * scale;
      to[toAt + t] = biased ? score + to[toAt + t] : score;
    }
  }

  /// y[yAt + i] += Σ w[wAt + t] · row t [i], t after t.
  abstract void add(
      MemorySegment values,
      long at,
      long stride,
      int count,
      float[] w,
      int wAt,
      int c,
      float[] y,
      int yAt);
}
