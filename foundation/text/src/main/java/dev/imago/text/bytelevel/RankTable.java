package dev.imago.text.bytelevel;

import java.util.Arrays;

/// The rank of a pair of ids and the id that they become: open addressing, a pair and its value side
/// by side, most of it empty, because most pairs that are looked for are none.
final class RankTable {
  /// What a pair without a rank has: later than every rank.
  static final long NONE = Long.MAX_VALUE;

  private static final long EMPTY = -1;

  /// A pair, left << 32 | right, then rank << 32 | merged.
  private long[] entries;

  private int shift;
  private int size;

  RankTable(int expected) {
    allocate(Math.max(64, Integer.highestOneBit(Math.max(1, expected)) * 4));
  }

  /// The pair's rank << 32 | merged id, or [#NONE].
  long find(int left, int right) {
    long pair = (long) left << 32 | right;
    long[] table = entries;
    int mask = table.length - 2;
    int at = slot(pair);
    while (true) {
      long key = table[at];
      if (key == pair) {
        return table[at + 1];
      }
      if (key == EMPTY) {
        return NONE;
      }
      at = at + 2 & mask;
    }
  }

  /// A pair that is there already takes the new rank.
  void put(int left, int right, int rank, int merged) {
    long pair = (long) left << 32 | right;
    int at = slot(pair);
    while (entries[at] != EMPTY && entries[at] != pair) {
      at = at + 2 & entries.length - 2;
    }
    size += entries[at] == EMPTY ? 1 : 0;
    entries[at] = pair;
    entries[at + 1] = (long) rank << 32 | merged;
    if (size * 4L > entries.length) {
      grow();
    }
  }

  private int slot(long pair) {
    return (int) (pair * 0x9E3779B97F4A7C15L >>> shift) << 1;
  }

  private void grow() {
    long[] old = entries;
    allocate(old.length); // entries.length is twice the capacity
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != EMPTY) {
        int at = slot(old[i]);
        while (entries[at] != EMPTY) {
          at = at + 2 & entries.length - 2;
        }
        entries[at] = old[i];
        entries[at + 1] = old[i + 1];
      }
    }
  }

  private void allocate(int capacity) {
    entries = new long[2 * capacity];
    Arrays.fill(entries, EMPTY);
    shift = 64 - Integer.numberOfTrailingZeros(capacity);
  }
}
