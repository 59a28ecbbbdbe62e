package dev.imago.vectors;

import java.util.Arrays;

/// Sums by pairs of words, in a table of open addresses: sixteen bytes a place, at most two thirds
/// of them taken.
final class WordPairSums {
  private static final long EMPTY = -1;

  private long[] keys = new long[1 << 12];
  private double[] sums = new double[1 << 12];
  private int size;

  WordPairSums() {
    Arrays.fill(keys, EMPTY);
  }

  void add(int first, int second, double value) {
    long key = (long) first << 32 | second;
    int at = find(keys, key);
    if (keys[at] == EMPTY) {
      keys[at] = key;
      if (++size > keys.length / 3 * 2) {
        sums[at] = value;
        grow();
        return;
      }
    }
    sums[at] += value;
  }

  double of(int first, int second) {
    return sums[find(keys, (long) first << 32 | second)];
  }

  int size() {
    return size;
  }

  /// What takes each pair.
  interface Each {
    void accept(int first, int second, double sum);
  }

  /// Gives all pairs in the order of their words, whatever the table's.
  void each(Each to) {
    long[] sorted = Arrays.stream(keys).filter(k -> k != EMPTY).sorted().toArray();
    for (long key : sorted) {
      to.accept((int) (key >>> 32), (int) key, sums[find(keys, key)]);
    }
  }

  private static int find(long[] keys, long key) {
    long mixed = key * 0x9e3779b97f4a7c15L;
    int mask = keys.length - 1;
    int at = (int) (mixed >>> 33) & mask;
    while (keys[at] != EMPTY && keys[at] != key) {
      at = at + 1 & mask;
    }
    return at;
  }

  private void grow() {
    if (keys.length > 1 << 28) {
      throw new IllegalArgumentException(
          "more than %,d pairs of words stand near each other, and they are counted in memory; take a higher minimum count or a narrower window"
              .formatted(size));
    }
    long[] moreKeys = new long[keys.length * 2];
    double[] moreSums = new double[keys.length * 2];
    Arrays.fill(moreKeys, EMPTY);
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != EMPTY) {
        int at = find(moreKeys, keys[i]);
        moreKeys[at] = keys[i];
        moreSums[at] = sums[i];
      }
    }
    keys = moreKeys;
    sums = moreSums;
  }
}
