package dev.imago.tokenizers.bytelevel;

import java.util.Arrays;

/// A growing array of ints.
public final class IntList {
  private static final int MAX = Integer.MAX_VALUE - 8;

  private int[] items = new int[64];
  private int size;

  public void add(int item) {
    if (size == items.length) {
      reserve(1);
    }
    items[size++] = item;
  }

  public void add(int[] from, int offset, int count) {
    reserve(count);
    System.arraycopy(from, offset, items, size, count);
    size += count;
  }

  /// Makes room for `count` more.
  ///
  /// @return [#array], after it
  int[] reserve(int count) {
    long needed = (long) size + count;
    if (needed > items.length) {
      if (needed > MAX) {
        throw new IllegalStateException(
            needed + " ids are more than an array holds, " + MAX + "; encode the text in parts");
      }
      items = Arrays.copyOf(items, (int) Math.min(MAX, Math.max(items.length * 2L, needed)));
    }
    return items;
  }

  public int get(int index) {
    return items[index];
  }

  public void set(int index, int item) {
    items[index] = item;
  }

  /// The items themselves, until the next change of size.
  public int[] array() {
    return items;
  }

  public int size() {
    return size;
  }

  /// Takes the first `size` items of [#array] for the list.
  void size(int size) {
    this.size = size;
  }

  public void clear() {
    size = 0;
  }

  public int[] toArray() {
    return Arrays.copyOf(items, size);
  }
}
