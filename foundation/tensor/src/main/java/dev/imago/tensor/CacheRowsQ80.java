package dev.imago.tensor;

import static dev.imago.tensor.Lanes.CHAINS;
import static dev.imago.tensor.Lanes.q8;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Keys and values in blocks of 32 bytes and a scale, as [BlocksQ80]. Heads are whole blocks.
final class CacheRowsQ80 extends CacheRows {
  private static final int L = Lanes.COUNT;

  @Override
  boolean write(float[] from, int at, int width, MemorySegment to, long toAt) {
    boolean all = true;
    for (int i = 0; i < width; i += 32) {
      float most = 0;
      for (int j = 0; j < 32; j++) {
        most = Math.max(most, Math.abs(from[at + i + j]));
      }
      float scale = most / 127;
      long block = toAt + i / 32 * 34L;
      short half = Float.floatToFloat16(scale);
      to.set(HostTensor.I16, block, half);
      all &= (half & 0x7c00) != 0x7c00;
      float inverse = scale < Float.MIN_NORMAL ? 0 : 1 / scale;
      for (int j = 0; j < 32; j++) {
        BlockFormat.put(to, block + 2 + j, BlocksQ80.rounded(from[at + i + j] * inverse));
      }
    }
    return all;
  }

  @Override
  long offset(int number) {
    return number / 32 * 34L;
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
    vectors(keys, at, stride, count, q, qAt, c, to, sumsAt);
    sums(to, sumsAt, count, scale, biased, to, toAt);
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
      for (int i = 0; i < c; i += 32) {
        long block = row + i / 32 * 34L;
        float scale = BlockFormat.half(keys, block);
        for (int k = 0; k < 32; k += CHAINS * L) {
          long o = block + 2 + k;
          int x = qAt + i + k;
          s0 = q8(keys, o, scale).fma(load(q, x), s0);
          s1 = q8(keys, o + L, scale).fma(load(q, x + L), s1);
          if (CHAINS == 4) {
            s2 = q8(keys, o + 2 * L, scale).fma(load(q, x + 2 * L), s2);
            s3 = q8(keys, o + 3 * L, scale).fma(load(q, x + 3 * L), s3);
          }
        }
      }
      FloatVector all = CHAINS == 4 ? s0.add(s2).add(s1.add(s3)) : s0.add(s1);
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
    for (int i = 0; i < c; i += 2 * L) {
      add2(values, at + i / 32 * 34L, i % 32, stride, count, w, wAt, y, yAt + i);
    }
  }

  /// Two vectors of columns of one block side by side, whose sums do not wait for each other.
  ///
  /// @param at of the block of the first row
  /// @param first number in it
  private static void add2(
      MemorySegment values,
      long at,
      int first,
      long stride,
      int count,
      float[] w,
      int wAt,
      float[] y,
      int yAt) {
    FloatVector s0 = FloatVector.fromArray(Lanes.FLOATS, y, yAt);
    FloatVector s1 = FloatVector.fromArray(Lanes.FLOATS, y, yAt + L);
    for (int t = 0; t < count; t++) {
      long block = at + t * stride;
      float scale = BlockFormat.half(values, block);
      FloatVector weight = FloatVector.broadcast(Lanes.FLOATS, w[wAt + t]);
      s0 = q8(values, block + 2 + first, scale).fma(weight, s0);
      s1 = q8(values, block + 2 + first + L, scale).fma(weight, s1);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + L);
  }
}
