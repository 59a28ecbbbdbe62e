package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Keys and values in blocks of 32 bytes and a scale, as [BlocksQ80]. Heads are whole blocks.
final class CacheRowsQ80 extends CacheRows {
  private static final int L = Lanes.COUNT;

  private final RowsQ80 rows = new RowsQ80();

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
      s0 = Lanes.q8(values, block + 2 + first, scale).fma(weight, s0);
      s1 = Lanes.q8(values, block + 2 + first + L, scale).fma(weight, s1);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + L);
  }
}
