package dev.imago.tensor;

import static dev.imago.tensor.Lanes.bits;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.OR;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Rows of [BlocksQ6K], on vectors of eight floats or sixteen.
final class RowsQ6K extends RowKernel {
  private static final int L = Lanes.COUNT;

  @Override
  float dot(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = xAt; i < xAt + columns; i += 128) {
      int half = (i - xAt) / 128 % 2;
      long block = at + (i - xAt) / 256 * 210L;
      long low = block + half * 64;
      long high = block + 128 + half * 32;
      long scales = block + 192 + half * 8;
      float scale = BlockFormat.half(w, block + 208);
      a = part(w, low, high, scales, scale, x, i, a);
      b = part(w, low + L, high + L, scales + L / 16, scale, x, i + L, b);
      if (L == 8) {
        c = part(w, low + 16, high + 16, scales + 1, scale, x, i + 16, c);
        d = part(w, low + 24, high + 24, scales + 1, scale, x, i + 24, d);
      }
    }
    return Lanes.sum(L == 16 ? a.add(b) : a.add(c).add(b.add(d)));
  }

  /// Every second group's share of L numbers: of the columns i, i + 32, i + 64, i + 96.
  private static FloatVector part(
      MemorySegment w,
      long low,
      long high,
      long scales,
      float scale,
      float[] x,
      int i,
      FloatVector sum) {
    IntVector first = bits(w, low);
    IntVector second = bits(w, low + 32);
    IntVector two = bits(w, high);
    float s = scale * w.get(ValueLayout.JAVA_BYTE, scales);
    sum = number(first, 0, two.lanewise(LSHL, 4), s).fma(load(x, i), sum);
    s = scale * w.get(ValueLayout.JAVA_BYTE, scales + 2);
    sum = number(second, 0, two.lanewise(LSHL, 2), s).fma(load(x, i + 32), sum);
    s = scale * w.get(ValueLayout.JAVA_BYTE, scales + 4);
    sum = number(first, 4, two, s).fma(load(x, i + 64), sum);
    s = scale * w.get(ValueLayout.JAVA_BYTE, scales + 6);
    return number(second, 4, two.lanewise(LSHR, 2), s).fma(load(x, i + 96), sum);
  }

  /// Four bits, two above them, less 32, times a scale.
  private static FloatVector number(IntVector low, int shift, IntVector high, float scale) {
    IntVector four = (shift == 0 ? low : low.lanewise(LSHR, shift)).lanewise(AND, 15);
    IntVector six = four.lanewise(OR, high.lanewise(AND, 48));
    return ((FloatVector) six.castShape(Lanes.FLOATS, 0))
        .fma(
            FloatVector.broadcast(Lanes.FLOATS, scale),
            FloatVector.broadcast(Lanes.FLOATS, -32 * scale));
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, x, at);
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    for (int i = 0; i < columns; i += 128) {
      int half = i / 128 % 2;
      long block = at + i / 256 * 210L;
      float scale = BlockFormat.half(w, block + 208);
      for (int k = 0; k < 32; k += L) {
        long scales = block + 192 + half * 8 + k / 16;
        IntVector first = bits(w, block + half * 64 + k);
        IntVector second = bits(w, block + half * 64 + k + 32);
        IntVector two = bits(w, block + 128 + half * 32 + k);
        int o = toAt + i + k;
        float s = scale * w.get(ValueLayout.JAVA_BYTE, scales);
        number(first, 0, two.lanewise(LSHL, 4), s).intoArray(to, o);
        s = scale * w.get(ValueLayout.JAVA_BYTE, scales + 2);
        number(second, 0, two.lanewise(LSHL, 2), s).intoArray(to, o + 32);
        s = scale * w.get(ValueLayout.JAVA_BYTE, scales + 4);
        number(first, 4, two, s).intoArray(to, o + 64);
        s = scale * w.get(ValueLayout.JAVA_BYTE, scales + 6);
        number(second, 4, two.lanewise(LSHR, 2), s).intoArray(to, o + 96);
      }
    }
  }
}
