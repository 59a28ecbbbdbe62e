package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// 256 numbers of six bits, −32 … 31, in sixteen groups of 16: times a scale of a signed byte a
/// group, and one of half precision a block.
///
/// Bytes: 128 of four bits, 64 of the two above, 16 of scales, the half. Each half block has 64 and
/// 32 of the first two: byte k holds the numbers k and k + 64, byte l of the other l, l + 32,
/// l + 64, l + 96.
final class BlocksQ6K extends BlockFormat {
  BlocksQ6K() {
    super(256, 210);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at + 208);
    for (int group = 0; group < 16; group++) {
      float s = scale * data.get(ValueLayout.JAVA_BYTE, at + 192 + group);
      int within = group % 8;
      long low = at + group / 8 * 64 + within % 4 * 16;
      int lowShift = within / 4 * 4;
      long high = at + 128 + group / 8 * 32 + within % 2 * 16;
      int highShift = within / 2 * 2;
      for (int l = 0; l < 16; l++) {
        int four = unsigned(data, low + l) >> lowShift & 15;
        int two = unsigned(data, high + l) >> highShift & 3;
        to[toAt + group * 16 + l] = s * ((four | two << 4) - 32);
      }
    }
  }
}
