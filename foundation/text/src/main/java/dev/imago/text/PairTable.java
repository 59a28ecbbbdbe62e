package dev.imago.text;

import java.util.Arrays;

/// Numbers pairs of ids 0, 1, 2 … in the order in which they are first seen: open addressing on
/// primitive arrays.
final class PairTable {
  private long[] keys;
  private int[] slots;
  private int mask;
  private int size;

  PairTable(int expected) {
    allocate(Math.max(16, Integer.highestOneBit(Math.max(1, expected)) * 4));
  }

  static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  /// How many pairs there are.
  int size() {
    return size;
  }

  /// A pair's number, or −1.
  int find(int left, int right) {
    long key = key(left, right);
    int at = hash(key) & mask;
    while (slots[at] >= 0) {
      if (keys[at] == key) {
        return slots[at];
      }
      at = at + 1 & mask;
    }
    return -1;
  }

  /// A pair's number, a new one where it had none.
  int add(int left, int right) {
    long key = key(left, right);
    int at = hash(key) & mask;
    while (slots[at] >= 0) {
      if (keys[at] == key) {
        return slots[at];
      }
      at = at + 1 & mask;
    }
    keys[at] = key;
    slots[at] = size++;
    if (size * 2 > mask) {
      grow();
    }
    return size - 1;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldSlots = slots;
    allocate(oldKeys.length * 2);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldSlots[i] >= 0) {
        int at = hash(oldKeys[i]) & mask;
        while (slots[at] >= 0) {
          at = at + 1 & mask;
        }
        keys[at] = oldKeys[i];
        slots[at] = oldSlots[i];
      }
    }
  }

  private void allocate(int capacity) {
    keys = new long[capacity];
    slots = new int[capacity];
    Arrays.fill(slots, -1);
    mask = capacity - 1;
  }

  private static int hash(long key) {
    long h = key * 0x9E3779B97F4A7C15L;
    return (int) (h >>> 32);
  }
}
