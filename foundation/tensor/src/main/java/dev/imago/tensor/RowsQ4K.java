package dev.imago.tensor;

import static dev.imago.tensor.Lanes.bits;
import static dev.imago.tensor.Lanes.scaled;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Rows of [BlocksQ4K], on vectors of eight floats or sixteen.
final class RowsQ4K extends RowKernel {
  private static final int L = Lanes.COUNT;

  /// The scales of a block, a byte each, the first group's the lowest.
  static long scales(MemorySegment w, long block) {
    int first = w.get(HostTensor.I32, block + 4);
    int last = w.get(HostTensor.I32, block + 12);
    int high = last & 0x0f0f0f0f | (first >>> 6 & 0x03030303) << 4;
    return (long) high << 32 | first & 0x3f3f3f3fL;
  }

  /// The least numbers of a block, alike.
  static long leasts(MemorySegment w, long block) {
    int second = w.get(HostTensor.I32, block + 8);
    int last = w.get(HostTensor.I32, block + 12);
    int high = last >>> 4 & 0x0f0f0f0f | (second >>> 6 & 0x03030303) << 4;
    return (long) high << 32 | second & 0x3f3f3f3fL;
  }

  @Override
  float dot(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    long block = at;
    int i = xAt;
    for (; i < xAt + columns; block += 144) {
      float scale = BlockFormat.half(w, block);
      float least = -BlockFormat.half(w, block + 2);
      long scales = scales(w, block);
      long leasts = leasts(w, block);
      for (long o = block + 16; o < block + 144; o += 32, i += 64) {
        float s = scale * (scales & 0xff);
        float m = least * (leasts & 0xff);
        float s2 = scale * (scales >>> 8 & 0xff);
        float m2 = least * (leasts >>> 8 & 0xff);
        scales >>>= 16;
        leasts >>>= 16;
        IntVector first = bits(w, o);
        IntVector second = bits(w, o + L);
        a = scaled(first, 0, s, m).fma(load(x, i), a);
        b = scaled(second, 0, s, m).fma(load(x, i + L), b);
        if (L == 16) {
          a = scaled(first, 4, s2, m2).fma(load(x, i + 32), a);
          b = scaled(second, 4, s2, m2).fma(load(x, i + 48), b);
        } else {
          IntVector third = bits(w, o + 16);
          IntVector fourth = bits(w, o + 24);
          c = scaled(third, 0, s, m).fma(load(x, i + 16), c);
          d = scaled(fourth, 0, s, m).fma(load(x, i + 24), d);
          a = scaled(first, 4, s2, m2).fma(load(x, i + 32), a);
          b = scaled(second, 4, s2, m2).fma(load(x, i + 40), b);
          c = scaled(third, 4, s2, m2).fma(load(x, i + 48), c);
          d = scaled(fourth, 4, s2, m2).fma(load(x, i + 56), d);
        }
      }
    }
    return Lanes.sum(L == 16 ? a.add(b) : a.add(c).add(b.add(d)));
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, x, at);
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    long block = at;
    int i = toAt;
    for (; i < toAt + columns; block += 144) {
      float scale = BlockFormat.half(w, block);
      float least = -BlockFormat.half(w, block + 2);
      long scales = scales(w, block);
      long leasts = leasts(w, block);
      for (long o = block + 16; o < block + 144; o += 32, i += 64) {
        float s = scale * (scales & 0xff);
        float m = least * (leasts & 0xff);
        float s2 = scale * (scales >>> 8 & 0xff);
        float m2 = least * (leasts >>> 8 & 0xff);
        scales >>>= 16;
        leasts >>>= 16;
        for (int k = 0; k < 32; k += L) {
          IntVector two = bits(w, o + k);
          scaled(two, 0, s, m).intoArray(to, i + k);
          scaled(two, 4, s2, m2).intoArray(to, i + 32 + k);
        }
      }
    }
  }
}
