package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// Numbers pairs of ids 0, 1, 2 … in the order in which they are first seen: open addressing on
/// primitive arrays.
final class PairNumbers {
  private long[] pairs = new long[1 << 12];
  private int[] slots = new int[1 << 13];
  private int mask = slots.length - 1;
  private int size;

  int size() {
    return size;
  }

  /// The pair of a number, left << 32 | right.
  long pair(int number) {
    return pairs[number];
  }

  /// A pair's number, a new one where it had none.
  int add(int left, int right) {
    long pair = PairCounts.key(left, right);
    int at = hash(pair) & mask;
    // A slot holds a number plus one, so that 0 is free.
    for (int slot; (slot = slots[at]) != 0; at = at + 1 & mask) {
      if (pairs[slot - 1] == pair) {
        return slot - 1;
      }
    }
    if (size == pairs.length) {
      pairs = Arrays.copyOf(pairs, 2 * size);
    }
    pairs[size] = pair;
    slots[at] = ++size;
    if (size * 2 > mask) {
      grow();
    }
    return size - 1;
  }

  private void grow() {
    slots = new int[2 * slots.length];
    mask = slots.length - 1;
    for (int number = 0; number < size; number++) {
      int at = hash(pairs[number]) & mask;
      while (slots[at] != 0) {
        at = at + 1 & mask;
      }
      slots[at] = number + 1;
    }
  }

  private static int hash(long pair) {
    return (int) (pair * 0x9E3779B97F4A7C15L >>> 32);
  }
}
