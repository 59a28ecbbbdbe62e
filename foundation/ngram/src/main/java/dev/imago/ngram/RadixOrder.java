package dev.imago.ngram;

/// The order of records by some of their columns: a radix sort from the least significant digit on,
/// of their numbers, so that wide records stay where they are. Columns hold no negative number.
final class RadixOrder {
  private RadixOrder() {}

  /// @param data records end to end
  /// @param columns that are compared, the most significant first
  /// @return the records' numbers, in order
  static int[] of(int[] data, int width, int size, int[] columns) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    // Few records are not worth many buckets, and many are worth few passes.
    int bits = size < 1 << 12 ? 8 : size < 1 << 18 ? 11 : 16;
    int[] sorted = new int[size];
    int[] starts = new int[1 << bits];
    for (int c = columns.length - 1; c >= 0; c--) {
      int column = columns[c];
      int all = 0;
      for (int i = 0, at = column; i < size; i++, at += width) {
        all |= data[at];
      }
      for (int shift = 0; shift < 31 && all >>> shift != 0; shift += bits) {
        if (pass(data, width, column, shift, order, sorted, starts)) {
          int[] swapped = order;
          order = sorted;
          sorted = swapped;
        }
      }
    }
    return order;
  }

  /// @return false where all have the same digit, and nothing was done
  private static boolean pass(
      int[] data, int width, int column, int shift, int[] order, int[] sorted, int[] starts) {
    int mask = starts.length - 1;
    java.util.Arrays.fill(starts, 0);
    for (int i = 0, at = column; i < order.length; i++, at += width) {
      starts[data[at] >>> shift & mask]++;
    }
    int sum = 0;
    for (int d = 0; d < starts.length; d++) {
      int count = starts[d];
      if (count == order.length) {
        return false;
      }
      starts[d] = sum;
      sum += count;
    }
    for (int number : order) {
      sorted[starts[data[number * width + column] >>> shift & mask]++] = number;
    }
    return true;
  }
}
