package dev.imago.tokenizers.bytelevel;

import java.util.Arrays;

/// The merge loop, with the arrays that it works in. Short pieces are scanned for their lowest
/// pair; long ones keep their pairs in a heap of longs, rank above and place below, so that a
/// megabyte of one letter stays near linear.
final class Merging {
  private static final int SCAN_LIMIT = 48;

  private static final long RANK = -1L << 32;

  /// Arrays longer than this are not kept.
  private static final int KEPT = 1 << 12;

  private int[] ids = new int[SCAN_LIMIT];
  private final long[] values = new long[SCAN_LIMIT];

  /// Room for the ids of one piece, to be filled and merged in place.
  int[] room(int size) {
    if (ids.length < size || ids.length > KEPT) {
      ids = new int[Math.max(SCAN_LIMIT, size)];
    }
    return ids;
  }

  /// The ids, after a merge.
  int[] ids() {
    return ids;
  }

  /// Merges the first `size` ids of [#room].
  ///
  /// @return how many are left
  int merge(RankTable ranks, int size) {
    if (size > SCAN_LIMIT) {
      return mergeByHeap(ranks, size);
    }
    for (int i = 0; i + 1 < size; i++) {
      values[i] = ranks.find(ids[i], ids[i + 1]);
    }
    return mergeByScan(ranks, size);
  }

  /// Merges `text[from, to)` of a model in which each byte has a token.
  int merge(ByteLevelBpe bpe, byte[] text, int from, int to) {
    int size = 0;
    int[] found = room(to - from);
    for (int i = from; i < to; i++) {
      int id = bpe.byteId(text[i] & 0xff);
      if (id >= 0) {
        found[size++] = id;
      }
    }
    if (size > SCAN_LIMIT || size < to - from) {
      return merge(bpe.ranks, size);
    }
    for (int i = 0; i + 1 < size; i++) {
      values[i] = bpe.bytePairs[(text[from + i] & 0xff) << 8 | text[from + i + 1] & 0xff];
    }
    return mergeByScan(bpe.ranks, size);
  }

  private int mergeByScan(RankTable ranks, int size) {
    int[] ids = this.ids;
    long[] values = this.values;
    while (size > 1) {
      int best = 0;
      long lowest = values[0];
      for (int i = 1; i < size - 1; i++) {
        if (values[i] < lowest) {
          lowest = values[i];
          best = i;
        }
      }
      if (lowest == RankTable.NONE) {
        break;
      }
      ids[best] = (int) lowest;
      size--;
      for (int i = best + 1; i < size; i++) {
        ids[i] = ids[i + 1];
        values[i - 1] = values[i];
      }
      if (best + 1 < size) {
        values[best] = ranks.find(ids[best], ids[best + 1]);
      }
      if (best > 0) {
        values[best - 1] = ranks.find(ids[best - 1], ids[best]);
      }
    }
    return size;
  }

  private int mergeByHeap(RankTable ranks, int size) {
    int[] ids = this.ids;
    int[] next = new int[size];
    int[] previous = new int[size];
    long[] values = new long[size];
    var heap = new LongHeap(size);
    for (int i = 0; i < size; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      values[i] = i + 1 < size ? ranks.find(ids[i], ids[i + 1]) : RankTable.NONE;
      if (values[i] != RankTable.NONE) {
        heap.append(values[i] & RANK | i);
      }
    }
    heap.order();
    while (!heap.isEmpty()) {
      long top = heap.removeTop();
      int i = (int) top;
      long value = values[i];
      if (value == RankTable.NONE || (value & RANK) != (top & RANK)) {
        continue; // out of date
      }
      int removed = next[i];
      ids[i] = (int) value;
      next[i] = next[removed];
      values[removed] = RankTable.NONE;
      ids[removed] = -1;
      if (next[i] < size) {
        previous[next[i]] = i;
        values[i] = ranks.find(ids[i], ids[next[i]]);
        heap.addIfRanked(values[i], i);
      } else {
        values[i] = RankTable.NONE;
      }
      int before = previous[i];
      if (before >= 0) {
        values[before] = ranks.find(ids[before], ids[i]);
        heap.addIfRanked(values[before], before);
      }
    }
    int kept = 0;
    for (int i = 0; i < size; i = next[i]) {
      ids[kept++] = ids[i];
    }
    return kept;
  }

  /// The lowest first.
  private static final class LongHeap {
    private long[] items;
    private int size;

    LongHeap(int capacity) {
      items = new long[capacity];
    }

    boolean isEmpty() {
      return size == 0;
    }

    void append(long item) {
      items[size++] = item;
    }

    /// Makes a heap of what was appended.
    void order() {
      for (int i = (size >>> 1) - 1; i >= 0; i--) {
        sink(i, items[i]);
      }
    }

    void addIfRanked(long value, int place) {
      if (value == RankTable.NONE) {
        return;
      }
      if (size == items.length) {
        items = Arrays.copyOf(items, size + (size >>> 1) + 16);
      }
      long item = value & RANK | place;
      int at = size++;
      while (at > 0) {
        int parent = at - 1 >>> 1;
        if (items[parent] <= item) {
          break;
        }
        items[at] = items[parent];
        at = parent;
      }
      items[at] = item;
    }

    long removeTop() {
      long top = items[0];
      size--;
      if (size > 0) {
        sink(0, items[size]);
      }
      return top;
    }

    private void sink(int at, long item) {
      while (true) {
        int child = 2 * at + 1;
        if (child >= size) {
          break;
        }
        if (child + 1 < size && items[child + 1] < items[child]) {
          child++;
        }
        if (item <= items[child]) {
          break;
        }
        items[at] = items[child];
        at = child;
      }
      items[at] = item;
    }
  }
}
