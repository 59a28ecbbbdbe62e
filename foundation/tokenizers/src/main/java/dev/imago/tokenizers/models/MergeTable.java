package dev.imago.tokenizers.models;

import java.util.Arrays;
import java.util.List;

/// The merges of a BPE model by the pair that they join: open addressing on primitive arrays.
/// Immutable.
final class MergeTable {
  /// No pair: more than every rank.
  static final long NONE = Long.MAX_VALUE;

  private final long[] keys;
  private final long[] found;
  private final int mask;
  private final int size;

  /// A pair that is listed twice has its last rank, as in Hugging Face's map.
  MergeTable(List<BpeModel.Merge> merges) {
    int capacity = Math.max(16, Integer.highestOneBit(Math.max(1, merges.size())) * 4);
    keys = new long[capacity];
    found = new long[capacity];
    mask = capacity - 1;
    Arrays.fill(found, NONE);
    int pairs = 0;
    for (BpeModel.Merge merge : merges) {
      long key = key(merge.left(), merge.right());
      int at = hash(key) & mask;
      while (found[at] != NONE && keys[at] != key) {
        at = at + 1 & mask;
      }
      pairs += found[at] == NONE ? 1 : 0;
      keys[at] = key;
      found[at] = (long) merge.rank() << 32 | merge.merged();
    }
    size = pairs;
  }

  /// How many pairs there are.
  int size() {
    return size;
  }

  /// The rank of a pair in the upper half and what it becomes in the lower, or [#NONE].
  long find(int left, int right) {
    long key = key(left, right);
    int at = hash(key) & mask;
    while (found[at] != NONE) {
      if (keys[at] == key) {
        return found[at];
      }
      at = at + 1 & mask;
    }
    return NONE;
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right & 0xffffffffL;
  }

  private static int hash(long key) {
    return (int) (key * 0x9E3779B97F4A7C15L >>> 32);
  }
}
