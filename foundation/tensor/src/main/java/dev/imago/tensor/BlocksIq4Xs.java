package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// 256 numbers in eight groups of 32, each as in [BlocksIq4Nl], times a scale of six bits a group,
/// −32 … 31, and one of half precision a block.
///
/// Bytes: the half, two of the scales' high two bits, four of their low four, 128 of numbers.
final class BlocksIq4Xs extends BlockFormat {
  BlocksIq4Xs() {
    super(256, 136);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    float scale = half(data, at);
    int high = data.get(HostTensor.I16, at + 2);
    for (int group = 0; group < 8; group++) {
      int four = unsigned(data, at + 4 + group / 2) >> group % 2 * 4 & 15;
      int two = high >> 2 * group & 3;
      float s = scale * ((four | two << 4) - 32);
      BlocksIq4Nl.expand(data, at + 8 + group * 16, s, to, toAt + group * 32);
    }
  }
}
