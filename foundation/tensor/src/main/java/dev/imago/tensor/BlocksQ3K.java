package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// 256 numbers of three bits, −4 … 3, in sixteen groups of 16: times a scale of six bits a group,
/// −32 … 31, and one of half precision a block.
///
/// Bytes: 32 of third bits (bit i of byte l is of number 32i + l, and 0 is less 4), 64 of the two
/// other bits as in [BlocksQ2K], 12 of scales, the half. Of the scales, four bits of the group g
/// are those of byte g, and of g + 8 above them; two more of g lie in byte 8 + g mod 4.
final class BlocksQ3K extends BlockFormat {
  BlocksQ3K() {
    super(256, 110);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at + 108);
    for (int group = 0; group < 16; group++) {
      int low = unsigned(data, at + 96 + group % 8) >> group / 8 * 4 & 15;
      int high = unsigned(data, at + 104 + group % 4) >> group / 4 * 2 & 3;
      float s = scale * ((low | high << 4) - 32);
      int within = group % 2 * 16;
      long bytes = at + 32 + group / 8 * 32 + within;
      int shift = group % 8 / 2 * 2;
      for (int l = 0; l < 16; l++) {
        int third = unsigned(data, at + within + l) >> group / 2 & 1;
        int number = (unsigned(data, bytes + l) >> shift & 3 | third << 2) - 4;
        to[toAt + group * 16 + l] = s * number;
      }
    }
  }
}
