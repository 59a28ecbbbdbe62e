package dev.imago.corpus;

import java.util.Arrays;

/// From 64-bit hashes to indices, without an object each: open addressing, at most half full.
final class LongIntMap {
  private long[] keys;
  private int[] values;
  private int size;

  /// @param expected how many keys it will hold; it grows past that
  LongIntMap(int expected) {
    int capacity = Integer.highestOneBit(Math.max(8, expected)) * 4;
    keys = new long[capacity];
    values = new int[capacity];
    Arrays.fill(values, -1);
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = (int) Hash.mix(key) & mask;
    while (values[slot] >= 0 && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /// The key's value; where it had none, it gets `value` and −1 is returned.
  ///
  /// @param value at least 0
  int putIfAbsent(long key, int value) {
    int slot = slot(key);
    if (values[slot] < 0) {
      insert(slot, key, value);
      return -1;
    }
    return values[slot];
  }

  private void insert(int slot, long key, int value) {
    keys[slot] = key;
    values[slot] = value;
    if (++size > keys.length / 2) {
      long[] oldKeys = keys;
      int[] oldValues = values;
      keys = new long[oldKeys.length * 2];
      values = new int[oldKeys.length * 2];
      Arrays.fill(values, -1);
      for (int i = 0; i < oldKeys.length; i++) {
        if (oldValues[i] >= 0) {
          int to = slot(oldKeys[i]);
          keys[to] = oldKeys[i];
          values[to] = oldValues[i];
        }
      }
    }
  }
}
