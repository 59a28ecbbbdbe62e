package dev.imago.text;

import java.util.Arrays;

/// A growing array of ints.
final class IntList {
  private int[] items = new int[64];
  private int size;

  void add(int item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    items[size++] = item;
  }

  void add(int[] from, int offset, int count) {
    if (size + count > items.length) {
      items = Arrays.copyOf(items, Math.max(size * 2, size + count));
    }
    System.arraycopy(from, offset, items, size, count);
    size += count;
  }

  int get(int index) {
    return items[index];
  }

  void set(int index, int item) {
    items[index] = item;
  }

  /// The items themselves, until the next change of size.
  int[] array() {
    return items;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  int[] toArray() {
    return Arrays.copyOf(items, size);
  }
}
