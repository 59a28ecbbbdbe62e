package dev.imago.tensor;

import static dev.imago.tensor.Lanes.CHAINS;
import static dev.imago.tensor.Lanes.f32;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Keys and values as they are computed.
final class CacheRowsF32 extends CacheRows {
  private static final int L = Lanes.COUNT;

  private final RowsF32 rows = new RowsF32();

  @Override
  boolean write(float[] from, int at, int width, MemorySegment to, long toAt) {
    MemorySegment.copy(from, at, to, HostTensor.F32, toAt, width);
    return true; // NaN and infinities stay what they are
  }

  @Override
  long offset(int number) {
    return number * 4L;
  }

  @Override
  void products(
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
      int sumsAt) {
    if (c % 32 == 0) {
      vectors(keys, at, stride, count, q, qAt, c, to, sumsAt);
      sums(to, sumsAt, count, scale, biased, to, toAt);
      return;
    }
    for (int t = 0; t < count; t++) {
      float score = rows.dot(keys, at + t * stride, c, q, qAt) * scale;
      to[toAt + t] = biased ? score + to[toAt + t] : score;
    }
  }

  /// Of each row the sum of its chains, a vector, which is summed up in another loop: in one, the
  /// next row waits for it.
  private static void vectors(
      MemorySegment keys,
      long at,
      long stride,
      int count,
      float[] q,
      int qAt,
      int c,
      float[] to,
      int toAt) {
    if (c == 4 * L) {
      fourEach(keys, at, stride, count, q, qAt, to, toAt);
      return;
    }
    if (c == 8 * L) {
      eightEach(keys, at, stride, count, q, qAt, to, toAt);
      return;
    }
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    for (int t = 0; t < count; t++) {
      long row = at + t * stride;
      FloatVector s0 = zero, s1 = zero, s2 = zero, s3 = zero;
      for (int i = 0; i < c; i += CHAINS * L) {
        s0 = f32(keys, row + i * 4L).fma(load(q, qAt + i), s0);
        s1 = f32(keys, row + i * 4L + L * 4L).fma(load(q, qAt + i + L), s1);
        if (CHAINS == 4) {
          s2 = f32(keys, row + i * 4L + L * 8L).fma(load(q, qAt + i + 2 * L), s2);
          s3 = f32(keys, row + i * 4L + L * 12L).fma(load(q, qAt + i + 3 * L), s3);
        }
      }
      FloatVector all = CHAINS == 4 ? s0.add(s2).add(s1.add(s3)) : s0.add(s1);
      all.intoArray(to, toAt + t * L);
    }
  }

  /// Heads of four vectors, with the query in registers.
  private static void fourEach(
      MemorySegment keys,
      long at,
      long stride,
      int count,
      float[] q,
      int qAt,
      float[] to,
      int toAt) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector q0 = load(q, qAt);
    FloatVector q1 = load(q, qAt + L);
    FloatVector q2 = load(q, qAt + 2 * L);
    FloatVector q3 = load(q, qAt + 3 * L);
    for (int t = 0; t < count; t++) {
      long row = at + t * stride;
      FloatVector s0 = f32(keys, row).fma(q0, zero);
      FloatVector s1 = f32(keys, row + L * 4L).fma(q1, zero);
      FloatVector s2 = f32(keys, row + L * 8L).fma(q2, CHAINS == 4 ? zero : s0);
      FloatVector s3 = f32(keys, row + L * 12L).fma(q3, CHAINS == 4 ? zero : s1);
      FloatVector all = CHAINS == 4 ? s0.add(s2).add(s1.add(s3)) : s2.add(s3);
      all.intoArray(to, toAt + t * L);
    }
  }

  /// Heads of eight vectors.
  private static void eightEach(
      MemorySegment keys,
      long at,
      long stride,
      int count,
      float[] q,
      int qAt,
      float[] to,
      int toAt) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector q0 = load(q, qAt), q1 = load(q, qAt + L);
    FloatVector q2 = load(q, qAt + 2 * L), q3 = load(q, qAt + 3 * L);
    FloatVector q4 = load(q, qAt + 4 * L), q5 = load(q, qAt + 5 * L);
    FloatVector q6 = load(q, qAt + 6 * L), q7 = load(q, qAt + 7 * L);
    for (int t = 0; t < count; t++) {
      long row = at + t * stride;
      FloatVector s0 = f32(keys, row).fma(q0, zero);
      FloatVector s1 = f32(keys, row + L * 4L).fma(q1, zero);
      FloatVector s2 = f32(keys, row + L * 8L).fma(q2, CHAINS == 4 ? zero : s0);
      FloatVector s3 = f32(keys, row + L * 12L).fma(q3, CHAINS == 4 ? zero : s1);
      s0 = f32(keys, row + L * 16L).fma(q4, CHAINS == 4 ? s0 : s2);
      s1 = f32(keys, row + L * 20L).fma(q5, CHAINS == 4 ? s1 : s3);
      s2 = f32(keys, row + L * 24L).fma(q6, CHAINS == 4 ? s2 : s0);
      s3 = f32(keys, row + L * 28L).fma(q7, CHAINS == 4 ? s3 : s1);
      FloatVector all = CHAINS == 4 ? s0.add(s2).add(s1.add(s3)) : s2.add(s3);
      all.intoArray(to, toAt + t * L);
    }
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, x, at);
  }

  @Override
  void add(
      MemorySegment values,
      long at,
      long stride,
      int count,
      float[] w,
      int wAt,
      int c,
      float[] y,
      int yAt) {
    int i = 0;
    for (; i <= c - 4 * L; i += 4 * L) {
      add4(values, at + i * 4L, stride, count, w, wAt, y, yAt + i);
    }
    for (; i <= c - L; i += L) {
      FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, y, yAt + i);
      for (int t = 0; t < count; t++) {
        sum =
            f32(values, at + t * stride + i * 4L)
                .fma(FloatVector.broadcast(Lanes.FLOATS, w[wAt + t]), sum);
      }
      sum.intoArray(y, yAt + i);
    }
    for (; i < c; i++) {
      float sum = y[yAt + i];
      for (int t = 0; t < count; t++) {
        sum = Math.fma(values.get(HostTensor.F32, at + t * stride + i * 4L), w[wAt + t], sum);
      }
      y[yAt + i] = sum;
    }
  }

  /// Four vectors of columns side by side, whose sums do not wait for each other.
  private static void add4(
      MemorySegment values,
      long at,
      long stride,
      int count,
      float[] w,
      int wAt,
      float[] y,
      int yAt) {
    FloatVector s0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt);
    FloatVector s1 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + L);
    FloatVector s2 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + 2 * L);
    FloatVector s3 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + 3 * L);
    for (int t = 0; t < count; t++) {
      long row = at + t * stride;
      FloatVector weight = FloatVector.broadcast(Lanes.FLOATS, w[wAt + t]);
      s0 = f32(values, row).fma(weight, s0);
      s1 = f32(values, row + L * 4L).fma(weight, s1);
      s2 = f32(values, row + L * 8L).fma(weight, s2);
      s3 = f32(values, row + L * 12L).fma(weight, s3);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + L);
    s2.intoArray(y, yAt + 2 * L);
    s3.intoArray(y, yAt + 3 * L);
  }
}
