package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// The keys and values of [CacheBlocks#TOKENS] tokens in all layers, held by several sequences that
/// begin with the same tokens, and by whoever keeps it for those to come. Nobody writes to it any
/// more; its memory goes back when nobody holds it.
public final class SharedBlock {
  private final List<MemorySegment> keys;
  private final List<MemorySegment> values;
  private final CacheBlocks blocks;
  private int holders = 1;

  /// One that its maker holds.
  SharedBlock(List<MemorySegment> keys, List<MemorySegment> values, CacheBlocks blocks) {
    this.keys = List.copyOf(keys);
    this.values = List.copyOf(values);
    this.blocks = blocks;
  }

  MemorySegment keys(int layer) {
    return keys.get(layer);
  }

  MemorySegment values(int layer) {
    return values.get(layer);
  }

  /// Bytes of it.
  public long bytes() {
    long sum = 0;
    for (int i = 0; i < keys.size(); i++) {
      sum += keys.get(i).byteSize() + values.get(i).byteSize();
    }
    return sum;
  }

  /// How many hold it.
  public synchronized int holders() {
    return holders;
  }

  /// Holds it once more.
  public synchronized void hold() {
    if (holders == 0) {
      throw new IllegalStateException("a block that nobody held has gone back");
    }
    holders++;
  }

  /// Holds it once less.
  public synchronized void release() {
    if (holders == 0) {
      throw new IllegalStateException("a block that nobody holds is released");
    }
    if (--holders == 0) {
      keys.forEach(blocks::giveBack);
      values.forEach(blocks::giveBack);
    }
  }
}
