package dev.imago.tensor;

import static dev.imago.tensor.Lanes.bits;
import static dev.imago.tensor.Lanes.scaled;

import java.lang.foreign.MemorySegment;
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

  /// A product of so many parts is more than the compiler inlines, and its vectors become objects:
  /// at a sixth of the speed of floats first.
  @Override
  boolean fused() {
    return false;
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
