package dev.imago.tensor;

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
      int toAt) {
    for (int t = 0; t < count; t++) {
      float score = rows.dot(keys, at + t * stride, c, q, qAt) * scale;
      to[toAt + t] = biased ? score + to[toAt + t] : score;
    }
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
            Lanes.f32(values, at + t * stride + i * 4L)
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
      s0 = Lanes.f32(values, row).fma(weight, s0);
      s1 = Lanes.f32(values, row + L * 4L).fma(weight, s1);
      s2 = Lanes.f32(values, row + L * 8L).fma(weight, s2);
      s3 = Lanes.f32(values, row + L * 12L).fma(weight, s3);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + L);
    s2.intoArray(y, yAt + 2 * L);
    s3.intoArray(y, yAt + 3 * L);
  }
}
