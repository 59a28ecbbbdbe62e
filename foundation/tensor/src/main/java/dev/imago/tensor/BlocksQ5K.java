package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// 256 numbers of five bits, 0 … 31, with groups and scales as in [BlocksQ4K].
///
/// Bytes: two halves and 12 of scales as there, 32 of fifth bits (bit g of byte l is of number l of
/// the group g), 128 of the four others.
final class BlocksQ5K extends BlockFormat {
  BlocksQ5K() {
    super(256, 176);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at);
    float least = half(data, at + 2);
    for (int group = 0; group < 8; group++) {
      float s = scale * BlocksQ4K.scale(data, at + BlocksQ4K.SCALES_AT, group);
      float m = least * BlocksQ4K.least(data, at + BlocksQ4K.SCALES_AT, group);
      long bytes = at + 48 + group / 2 * 32;
      int shift = group % 2 * 4;
      for (int l = 0; l < 32; l++) {
        int fifth = unsigned(data, at + 16 + l) >> group & 1;
        int number = unsigned(data, bytes + l) >> shift & 15 | fifth << 4;
        to[toAt + group * 32 + l] = s * number - m;
      }
    }
  }

  @Override
  boolean written() {
    return true;
  }

  @Override
  void quantize(
      float[] x, int at, float @Nullable [] importance, int column, MemorySegment to, long toAt) {
    int[] numbers = BlocksQ4K.numbers(x, at, importance, column, to, toAt, 31);
    for (int l = 0; l < 32; l++) {
      int fifths = 0;
      for (int group = 0; group < 8; group++) {
        fifths |= numbers[group * 32 + l] >> 4 << group;
      }
      put(to, toAt + 16 + l, fifths);
    }
    for (int i = 0; i < 128; i++) {
      int first = i / 32 * 64 + i % 32;
      put(to, toAt + 48 + i, numbers[first] & 15 | (numbers[first + 32] & 15) << 4);
    }
  }
}
