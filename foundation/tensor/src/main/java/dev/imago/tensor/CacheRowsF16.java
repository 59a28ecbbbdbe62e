package dev.imago.tensor;

import static dev.imago.tensor.Lanes.CHAINS;
import static dev.imago.tensor.Lanes.f16;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Keys and values in half precision, to the nearest, ties to even.
final class CacheRowsF16 extends CacheRows {
  private static final int L = Lanes.COUNT;

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
      int toAt,
      int sumsAt) {
    if (c % 32 == 0) {
      vectors(keys, at, stride, count, q, qAt, c, to, sumsAt);
      sums(to, sumsAt, count, scale, biased, to, toAt);
      return;
    }
    for (int t = 0; t < count; t++) {
      float score = dot(keys, at + t * stride, c, q, qAt) * scale;
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
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    for (int t = 0; t < count; t++) {
      long row = at + t * stride;
      FloatVector s0 = zero, s1 = zero, s2 = zero, s3 = zero;
      for (int i = 0; i < c; i += CHAINS * L) {
        s0 = f16(keys, row + i * 2L).fma(load(q, qAt + i), s0);
        s1 = f16(keys, row + i * 2L + L * 2L).fma(load(q, qAt + i + L), s1);
        if (CHAINS == 4) {
          s2 = f16(keys, row + i * 2L + L * 4L).fma(load(q, qAt + i + 2 * L), s2);
          s3 = f16(keys, row + i * 2L + L * 6L).fma(load(q, qAt + i + 3 * L), s3);
        }
      }
      FloatVector all = CHAINS == 4 ? s0.add(s2).add(s1.add(s3)) : s0.add(s1);
      all.intoArray(to, toAt + t * L);
    }
  }

  /// A key times a query, in the chains of [RowKernel].
  private static float dot(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i <= columns - 4 * L; i += 4 * L) {
      long o = at + i * 2L;
      a = f16(w, o).fma(load(x, xAt + i), a);
      b = f16(w, o + L * 2L).fma(load(x, xAt + i + L), b);
      if (CHAINS == 4) {
        c = f16(w, o + L * 4L).fma(load(x, xAt + i + 2 * L), c);
        d = f16(w, o + L * 6L).fma(load(x, xAt + i + 3 * L), d);
      } else {
        a = f16(w, o + L * 4L).fma(load(x, xAt + i + 2 * L), a);
        b = f16(w, o + L * 6L).fma(load(x, xAt + i + 3 * L), b);
      }
    }
    if (i <= columns - L) {
      a = f16(w, at + i * 2L).fma(load(x, xAt + i), a);
      i += L;
    }
    if (i <= columns - L) {
      b = f16(w, at + i * 2L).fma(load(x, xAt + i), b);
      i += L;
    }
    if (i <= columns - L) {
      if (CHAINS == 4) {
        c = f16(w, at + i * 2L).fma(load(x, xAt + i), c);
      } else {
        a = f16(w, at + i * 2L).fma(load(x, xAt + i), a);
      }
      i += L;
    }
    float sum = Lanes.sum(CHAINS == 4 ? a.add(c).add(b.add(d)) : a.add(b));
    for (; i < columns; i++) {
      sum = Math.fma(Float.float16ToFloat(w.get(HostTensor.I16, at + i * 2L)), x[xAt + i], sum);
    }
    return sum;
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
    for (; i <= c - 2 * L; i += 2 * L) {
      add2(values, at + i * 2L, stride, count, w, wAt, y, yAt + i);
    }
    for (; i <= c - L; i += L) {
      FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, y, yAt + i);
      for (int t = 0; t < count; t++) {
        sum =
            f16(values, at + t * stride + i * 2L)
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
      s0 = f16(values, row).fma(weight, s0);
      s1 = f16(values, row + L * 2L).fma(weight, s1);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + L);
  }
}
