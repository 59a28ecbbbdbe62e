package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Keys and values in half precision, to the nearest, ties to even.
final class CacheRowsF16 extends CacheRows {
  private static final int L = Lanes.COUNT;

  private final RowsF16 rows = new RowsF16();

  @Override
  boolean write(float[] from, int at, int width, MemorySegment to, long toAt) {
    boolean all = true;
    for (int i = 0; i < width; i++) {
      short half = Float.floatToFloat16(from[at + i]);
      to.set(HostTensor.I16, toAt + i * 2L, half);
      all &= (half & 0x7c00) != 0x7c00;
    }
    return all;
  }

  @Override
  long offset(int number) {
    return number * 2L;
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
    for (; i <= c - 2 * L; i += 2 * L) {
      add2(values, at + i * 2L, stride, count, w, wAt, y, yAt + i);
    }
    for (; i <= c - L; i += L) {
      FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, y, yAt + i);
      for (int t = 0; t < count; t++) {
        sum =
            Lanes.f16(values, at + t * stride + i * 2L)
                .fma(FloatVector.broadcast(Lanes.FLOATS, w[wAt + t]), sum);
      }
      sum.intoArray(y, yAt + i);
    }
    for (; i < c; i++) {
      float sum = y[yAt + i];
      for (int t = 0; t < count; t++) {
        sum =
            Math.fma(
                Float.float16ToFloat(values.get(HostTensor.I16, at + t * stride + i * 2L)),
                w[wAt + t],
                sum);
      }
      y[yAt + i] = sum;
    }
  }

  /// Two vectors of columns side by side, whose sums do not wait for each other.
  private static void add2(
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
    for (int t = 0; t < count; t++) {
      long row = at + t * stride;
      FloatVector weight = FloatVector.broadcast(Lanes.FLOATS, w[wAt + t]);
      s0 = Lanes.f16(values, row).fma(weight, s0);
      s1 = Lanes.f16(values, row + L * 2L).fma(weight, s1);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + L);
  }
}
