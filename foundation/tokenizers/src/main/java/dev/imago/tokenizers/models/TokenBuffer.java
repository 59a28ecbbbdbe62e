package dev.imago.tokenizers.models;

import java.util.Arrays;

/// Tokens in the making: id, start, end, three ints each.
final class TokenBuffer {
  private int[] items = new int[96];
  private int size;

  void add(int id, int from, int to) {
    if (size + 3 > items.length) {
      items = Arrays.copyOf(items, 2 * items.length);
    }
    items[size++] = id;
    items[size++] = from;
    items[size++] = to;
  }

  void clear() {
    size = 0;
  }

  int[] toArray() {
    return Arrays.copyOf(items, size);
  }
}
