package dev.imago.duplicates;

import java.util.Arrays;

/// Sorts records of longs, end to end in an array, where they lie: a quicksort by all columns.
final class RecordOrder {
  private static final int SMALL = 12;

  private final long[] data;
  private final int width;
  private final long[] pivot;

  private RecordOrder(long[] data, int width) {
    this.data = data;
    this.width = width;
    this.pivot = new long[width];
  }

  static void sort(long[] data, int width, int size) {
    if (width == 1) {
      Arrays.sort(data, 0, size);
    } else {
      new RecordOrder(data, width).sort(0, size - 1);
    }
  }

  private void sort(int first, int last) {
    int from = first;
    int to = last;
    while (to - from >= SMALL) {
      choose(from, to);
      int i = from;
      int j = to;
      while (i <= j) {
        while (compare(i, pivot, 0) < 0) {
          i++;
        }
        while (compare(j, pivot, 0) > 0) {
          j--;
        }
        if (i <= j) {
          swap(i++, j--);
        }
      }
      // The smaller side by a call, the larger one by the loop: the stack stays low.
      if (j - from < to - i) {
        sort(from, j);
        from = i;
      } else {
        sort(i, to);
        to = j;
      }
    }
    for (int i = from + 1; i <= to; i++) {
      for (int j = i; j > from && compare(j - 1, data, j * width) > 0; j--) {
        swap(j - 1, j);
      }
    }
  }

  /// The middle one of three.
  private void choose(int from, int to) {
    int middle = (from + to) >>> 1;
    if (compare(from, data, middle * width) > 0) {
      swap(from, middle);
    }
    if (compare(middle, data, to * width) > 0) {
      swap(middle, to);
      if (compare(from, data, middle * width) > 0) {
        swap(from, middle);
      }
    }
    System.arraycopy(data, middle * width, pivot, 0, width);
  }

  private int compare(int record, long[] other, int at) {
    int base = record * width;
    for (int c = 0; c < width; c++) {
      if (data[base + c] != other[at + c]) {
        return data[base + c] < other[at + c] ? -1 : 1;
      }
    }
    return 0;
  }

  private void swap(int a, int b) {
    for (int c = 0; c < width; c++) {
      long kept = data[a * width + c];
      data[a * width + c] = data[b * width + c];
      data[b * width + c] = kept;
    }
  }
}
