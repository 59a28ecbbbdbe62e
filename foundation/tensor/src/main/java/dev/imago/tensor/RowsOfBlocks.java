package dev.imago.tensor;

import java.lang.foreign.MemorySegment;

/// Rows of any block format, made floats as its plain description says.
final class RowsOfBlocks extends RowKernel {
  private final BlockFormat blocks;

  RowsOfBlocks(BlockFormat blocks) {
    this.blocks = blocks;
  }

  @Override
  boolean fused() {
    return false;
  }

  @Override
  void expand(MemorySegment w, long at, int columns, float[] to, int toAt) {
    blocks.expand(w, at, columns, to, toAt);
  }
}
