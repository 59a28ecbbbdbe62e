package dev.imago.tensor;

import static dev.imago.tensor.Lanes.bits;
import static dev.imago.tensor.Lanes.scaled;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Rows of [BlocksQ40] and [BlocksQ41], on vectors of eight floats or sixteen.
final class RowsOfNibbles extends RowKernel {
  private static final int L = Lanes.COUNT;

  private final int header;

  /// @param header bytes before those of numbers: 2 of a scale, or 4 with a least number
  RowsOfNibbles(int header) {
    this.header = header;
  }

  /// What is added to each product: −8 scales, or the least number.
  private float least(MemorySegment w, long block, float scale) {
    return header == 2 ? -8 * scale : BlockFormat.half(w, block + 2);
  }

  @Override
  float dot(MemorySegment w, long at, int columns, float[] x, int xAt) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    long block = at;
    for (int i = xAt; i < xAt + columns; i += 32) {
      float scale = BlockFormat.half(w, block);
      float least = least(w, block, scale);
      IntVector first = bits(w, block + header);
      if (L == 16) {
        a = scaled(first, 0, scale, least).fma(load(x, i), a);
        b = scaled(first, 4, scale, least).fma(load(x, i + 16), b);
      } else {
        IntVector second = bits(w, block + header + 8);
        a = scaled(first, 0, scale, least).fma(load(x, i), a);
        b = scaled(second, 0, scale, least).fma(load(x, i + 8), b);
        c = scaled(first, 4, scale, least).fma(load(x, i + 16), c);
        d = scaled(second, 4, scale, least).fma(load(x, i + 24), d);
      }
      block += header + 16;
    }
    return Lanes.sum(L == 16 ? a.add(b) : a.add(c).add(b.add(d)));
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, x, at);
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    long block = at;
    for (int i = toAt; i < toAt + columns; i += 32) {
      float scale = BlockFormat.half(w, block);
      float least = least(w, block, scale);
      for (int k = 0; k < 16; k += L) {
        IntVector two = bits(w, block + header + k);
        scaled(two, 0, scale, least).intoArray(to, i + k);
        scaled(two, 4, scale, least).intoArray(to, i + 16 + k);
      }
      block += header + 16;
    }
  }
}
