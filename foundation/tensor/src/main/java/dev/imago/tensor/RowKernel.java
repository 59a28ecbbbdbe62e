package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What is computed with rows of one stored type: a row times a token, which decoding spends its
/// time in, and a row made floats, for many tokens.
///
/// Rows are read one after another, as they lie in the file. Four at a time would hide more latency
/// of the products, and ran at less than half the speed from memory (5.1 against 11.5 G weights/s a
/// thread, Q8_0): the processor's prefetcher follows one stream well, and four short ones badly.
///
/// A result is [CHAINS][Lanes#CHAINS] chains of fused products over vectors of [L][Lanes#COUNT]
/// columns, vector v to chain v mod CHAINS, added and summed as a tree, then the columns left over
/// one by one: [PanelKernels] computes the same, bit for bit, so that a token's result does not
/// depend on how many tokens share its step. Vectors of 256 and 512 bits give the same bits for
/// rows of a multiple of 32.
abstract sealed class RowKernel
    permits RowsF32,
        RowsF16,
        RowsBf16,
        RowsQ80,
        RowsOfNibbles,
        RowsOfFives,
        RowsOfTable,
        RowsQ2K,
        RowsQ3K,
        RowsQ4K,
        RowsQ5K,
        RowsQ6K,
        RowsOfBlocks {
  /// The kernel of a type; null where there is none.
  static @Nullable RowKernel of(DataType type) {
    // The unpacking of bits is written for vectors of eight ints at least.
    boolean wide = Lanes.COUNT >= 8;
    BlockFormat blocks = type.blocks();
    return switch (type) {
      case F32 -> new RowsF32();
      case F16 -> new RowsF16();
      case BF16 -> new RowsBf16();
      case Q8_0 -> new RowsQ80();
      case Q4_0 -> wide ? new RowsOfNibbles(2) : plain(blocks);
      case Q4_1 -> wide ? new RowsOfNibbles(4) : plain(blocks);
      case Q5_0 -> wide ? new RowsOfFives(2) : plain(blocks);
      case Q5_1 -> wide ? new RowsOfFives(4) : plain(blocks);
      case Q2_K -> wide ? new RowsQ2K() : plain(blocks);
      case Q3_K -> wide ? new RowsQ3K() : plain(blocks);
      case Q4_K -> wide ? new RowsQ4K() : plain(blocks);
      case Q5_K -> wide ? new RowsQ5K() : plain(blocks);
      case Q6_K -> wide ? new RowsQ6K() : plain(blocks);
      case IQ4_NL, IQ4_XS, MXFP4 -> wide ? new RowsOfTable(type) : plain(blocks);
      case F64, I64, I32, I16, I8, U8, BOOL -> null;
    };
  }

  private static @Nullable RowKernel plain(@Nullable BlockFormat blocks) {
    return blocks == null ? null : new RowsOfBlocks(blocks);
  }

  /// Whether [#dot] is there; else rows are made floats first, for one token too.
  boolean fused() {
    return true;
  }

  /// The row from byte `at` on times x[xAt … xAt + columns − 1].
  float dot(MemorySegment w, long at, int columns, float[] x, int xAt) {
    throw new IllegalStateException("no product without floats");
  }

  /// Makes the row from byte `at` on floats: to[toAt … toAt + columns − 1].
  abstract void expand(MemorySegment w, long at, int columns, float[] to, int toAt);
}
