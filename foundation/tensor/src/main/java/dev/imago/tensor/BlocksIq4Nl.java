package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// 32 numbers out of a table of sixteen that lie closer around zero, times a half-precision scale;
/// their bits lie as in [BlocksQ40].
final class BlocksIq4Nl extends BlockFormat {
  static final byte[] TABLE = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  BlocksIq4Nl() {
    super(32, 18);
  }

  @Override
  void expand(MemorySegment data, long at, float[] to, int toAt) {
    expand(data, at + 2, half(data, at), to, toAt);
  }

  /// 32 numbers of the table, of the 16 bytes at `at`.
  static void expand(MemorySegment data, long at, float scale, float[] to, int toAt) {
    for (int j = 0; j < 16; j++) {
      int two = unsigned(data, at + j);
      to[toAt + j] = scale * TABLE[two & 15];
      to[toAt + 16 + j] = scale * TABLE[two >> 4];
    }
  }
}
