package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Random;

/// Tensors of any type of blocks whose bits are any, but for scales of about 2⁻¹¹.
final class RandomBlocks {
  private RandomBlocks() {}

  static HostTensor matrix(DataType type, int rows, int columns, Random random) {
    byte[] bytes = new byte[(int) type.bytes(rows, columns)];
    random.nextBytes(bytes);
    for (int block = 0; block < bytes.length; block += type.blockBytes()) {
      for (int half : halves(type)) {
        bytes[block + half + 1] = (byte) (bytes[block + half + 1] & 0x83 | 0x10);
      }
      if (type == DataType.MXFP4) {
        bytes[block] = (byte) (120 + (bytes[block] & 7));
      }
    }
    return new HostTensor(type, new long[] {rows, columns}, MemorySegment.ofArray(bytes));
  }

  /// Where a block's numbers of half precision lie.
  private static int[] halves(DataType type) {
    return switch (type) {
      case Q4_0, Q5_0, Q8_0, IQ4_NL, IQ4_XS -> new int[] {0};
      case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
      case Q2_K -> new int[] {80, 82};
      case Q3_K -> new int[] {108};
      case Q6_K -> new int[] {208};
      case MXFP4, F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL -> new int[0];
    };
  }
}
