package dev.imago.tokenizers.bytelevel;

import java.util.Arrays;

/// The rank of a pair of ids and the id that they become: open addressing, a pair and its value
/// side by side. Most pairs that are looked for are none, and the table is larger than what a
/// processor keeps near; so a bit set stands before it, some four bits a pair of room, in which
/// nine of ten that are none are seen to be none.
final class RankTable {
  /// What a pair without a rank has: later than every rank.
  static final long NONE = Long.MAX_VALUE;

  private static final long EMPTY = -1;

  /// A pair, left << 32 | right, then rank << 32 | merged.
  private long[] entries;

  /// By the high bits of a pair's hash, two more of them than for its place.
  private long[] seen;

  private int shift;
  private int size;

  RankTable(int expected) {
    allocate(Math.max(64, Integer.highestOneBit(Math.max(1, expected)) * 4));
  }

  /// The pair's rank << 32 | merged id, or [#NONE].
  long find(int left, int right) {
    long pair = (long) left << 32 | right;
    long hash = hash(pair);
    long bit = hash >>> shift - 2;
    if ((seen[(int) (bit >>> 6)] >>> bit & 1) == 0) {
      return NONE;
    }
    long[] table = entries;
    int at = (int) (hash >>> shift) << 1;
    while (true) {
      long key = table[at];
      if (key == pair) {
        return table[at + 1];
      }
      if (key == EMPTY) {
        return NONE;
      }
      at = at + 2 & table.length - 1;
    }
  }

  /// A pair that is there already takes the new rank.
  void put(int left, int right, int rank, int merged) {
    long pair = (long) left << 32 | right;
    insert(pair, (long) rank << 32 | merged);
    if (size * 4L > entries.length) {
      grow();
    }
  }

  private void insert(long pair, long value) {
    long hash = hash(pair);
    int at = (int) (hash >>> shift) << 1;
    while (entries[at] != EMPTY && entries[at] != pair) {
      at = at + 2 & entries.length - 1;
    }
    size += entries[at] == EMPTY ? 1 : 0;
    entries[at] = pair;
    entries[at + 1] = value;
    long bit = hash >>> shift - 2;
    seen[(int) (bit >>> 6)] |= 1L << bit;
  }

  private static long hash(long pair) {
    long hash = pair * Bytes.MIX;
    return (hash ^ hash >>> 32) * Bytes.MIX;
  }

  private void grow() {
    long[] old = entries;
    allocate(old.length); // which is twice the pairs that there was room for
    size = 0;
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != EMPTY) {
        insert(old[i], old[i + 1]);
      }
    }
  }

  /// @param room for so many pairs, a power of two
  private void allocate(int room) {
    entries = new long[2 * room];
    Arrays.fill(entries, EMPTY);
    seen = new long[room / 16];
    shift = 64 - Integer.numberOfTrailingZeros(room);
  }
}
