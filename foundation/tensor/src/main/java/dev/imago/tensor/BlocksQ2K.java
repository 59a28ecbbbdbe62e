package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// 256 numbers of two bits, 0 … 3, in sixteen groups of 16: times a scale, less a least number,
/// both of four bits a group and half precision a block.
///
/// Bytes: 16 of scales (low bits) and least numbers (high bits), 64 of numbers, the two halves.
/// Byte l of the 32 of each half block holds the numbers l, l + 32, l + 64, l + 96.
final class BlocksQ2K extends BlockFormat {
  BlocksQ2K() {
    super(256, 84);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at + 80);
    float least = half(data, at + 82);
    for (int group = 0; group < 16; group++) {
      int packed = unsigned(data, at + group);
      float s = scale * (packed & 15);
      float m = least * (packed >> 4);
      long bytes = at + 16 + group / 8 * 32 + group % 2 * 16;
      int shift = group % 8 / 2 * 2;
      for (int l = 0; l < 16; l++) {
        to[toAt + group * 16 + l] = s * (unsigned(data, bytes + l) >> shift & 3) - m;
      }
    }
  }
}
