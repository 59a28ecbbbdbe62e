package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// 256 numbers of four bits, 0 … 15, in eight groups of 32: times a scale, less a least number,
/// both of six bits a group and half precision a block.
///
/// Bytes: the two halves, 12 of scales and least numbers, 128 of numbers: byte l of each 32 holds
/// the number l of a group (low bits) and of the next.
final class BlocksQ4K extends BlockFormat {
  static final int SCALES_AT = 4;

  BlocksQ4K() {
    super(256, 144);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at);
    float least = half(data, at + 2);
    for (int group = 0; group < 8; group++) {
      float s = scale * scale(data, at + SCALES_AT, group);
      float m = least * least(data, at + SCALES_AT, group);
      long bytes = at + 16 + group / 2 * 32;
      int shift = group % 2 * 4;
      for (int l = 0; l < 32; l++) {
        to[toAt + group * 32 + l] = s * (unsigned(data, bytes + l) >> shift & 15) - m;
      }
    }
  }

  /// The scale of a group, 0 … 63, of the 12 bytes at `at`: those of the groups 0 … 3 are the low
  /// six bits of the first four bytes; of the others, four bits are the low ones of the last four
  /// bytes, and two the high ones of the first.
  static int scale(MemorySegment data, long at, int group) {
    return group < 4
        ? unsigned(data, at + group) & 63
        : unsigned(data, at + 4 + group) & 15 | unsigned(data, at + group - 4) >> 6 << 4;
  }

  /// The least number of a group, 0 … 63: those of the groups 0 … 3 are the low six bits of the
  /// second four bytes; of the others, four bits are the high ones of the last four bytes, and two
  /// the high ones of the second.
  static int least(MemorySegment data, long at, int group) {
    return group < 4
        ? unsigned(data, at + 4 + group) & 63
        : unsigned(data, at + 4 + group) >> 4 | unsigned(data, at + group) >> 6 << 4;
  }
}
