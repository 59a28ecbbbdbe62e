package dev.imago.vocabularies.learning;

/// Sorts numbers that stand for things, without an object for each: merge sort, stable, so the
/// order is one and the same wherever the comparison is total or not.
final class IndexSort {
  private static final int SMALL = 12;

  private IndexSort() {}

  /// Compares the things that two numbers stand for.
  interface Order {
    int compare(int one, int other);
  }

  static void sort(int[] items, Order order) {
    sort(items.clone(), items, 0, items.length, order);
  }

  /// Sorts `from[start, end)`, which `to` holds too, into `to`.
  private static void sort(int[] from, int[] to, int start, int end, Order order) {
    if (end - start <= SMALL) {
      for (int i = start + 1; i < end; i++) {
        int item = to[i];
        int at = i;
        while (at > start && order.compare(to[at - 1], item) > 0) {
          to[at] = to[at - 1];
          at--;
        }
        to[at] = item;
      }
      return;
    }
    int middle = start + end >>> 1;
    sort(to, from, start, middle, order);
    sort(to, from, middle, end, order);
    if (order.compare(from[middle - 1], from[middle]) <= 0) {
      System.arraycopy(from, start, to, start, end - start);
      return;
    }
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean takeLeft =
          right >= end || left < middle && order.compare(from[left], from[right]) <= 0;
      to[i] = takeLeft ? from[left++] : from[right++];
    }
  }
}
