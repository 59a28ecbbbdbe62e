package dev.imago.tokenizers.models;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/// The symbols of one piece, while pairs of them are merged: the pair of lowest rank first, of
/// those the leftmost. Sennrich et al. 2016, arXiv:1508.07909. Used by one thread at a time, again
/// and again.
final class MergeWork {
  /// Longer pieces are merged with a heap, so that a megabyte of one letter stays near linear.
  private static final int SCAN_LIMIT = 48;

  private int[] ids = new int[256];

  /// Each symbol's length, in bytes of the text.
  private int[] lengths = new int[256];

  private long[] pairs = new long[256];
  private int[] next = new int[0];
  private int[] previous = new int[0];
  private long[] heap = new long[0];
  private int heapSize;
  private int size;

  /// Of tokens that are not to be given out: the pair that each was last made of.
  private final Map<Integer, Long> parts = new HashMap<>();

  void clear() {
    size = 0;
  }

  /// Appends a symbol.
  ///
  /// @param id its token, or a negative number for what no merge knows
  void add(int id, int length) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
      pairs = new long[2 * size];
    }
    ids[size] = id;
    lengths[size++] = length;
  }

  int size() {
    return size;
  }

  int id(int index) {
    return ids[index];
  }

  int length(int index) {
    return lengths[index];
  }

  void merge(MergeTable merges) {
    if (size <= SCAN_LIMIT) {
      scan(merges);
    } else {
      walk(merges, () -> false, id -> false);
    }
  }

  private void scan(MergeTable merges) {
    for (int i = 0; i + 1 < size; i++) {
      pairs[i] = merges.find(ids[i], ids[i + 1]);
    }
    while (size > 1) {
      int best = 0;
      long lowest = pairs[0] >>> 32;
      for (int i = 1; i < size - 1; i++) {
        long rank = pairs[i] >>> 32;
        if (rank < lowest) {
          lowest = rank;
          best = i;
        }
      }
      if (pairs[best] == MergeTable.NONE) {
        return;
      }
      ids[best] = (int) pairs[best];
      lengths[best] += lengths[best + 1];
      size--;
      int rest = size - best - 1;
      System.arraycopy(ids, best + 2, ids, best + 1, rest);
      System.arraycopy(lengths, best + 2, lengths, best + 1, rest);
      System.arraycopy(pairs, best + 2, pairs, best + 1, rest);
      if (best + 1 < size) {
        pairs[best] = merges.find(ids[best], ids[best + 1]);
      }
      if (best > 0) {
        pairs[best - 1] = merges.find(ids[best - 1], ids[best]);
      }
    }
  }

  /// Merges, pair by pair as they are found.
  ///
  /// @param skips asked before each merge whether it waits until another was made: dropout.
  ///   Provilkov et al. 2020, arXiv:1910.13267
  /// @param unused tokens whose parts are to be told by [#part]
  void walk(MergeTable merges, BooleanSupplier skips, IntPredicate unused) {
    parts.clear();
    if (next.length < size) {
      next = new int[ids.length];
      previous = new int[ids.length];
    }
    heapSize = 0;
    for (int i = 0; i < size; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      pairs[i] = MergeTable.NONE;
    }
    for (int i = 0; i + 1 < size; i++) {
      pair(merges, i, unused);
    }
    // Those skipped come again after the next that is not.
    long[] skipped = new long[16];
    int waiting = 0;
    while (heapSize > 0) {
      long top = pop();
      if (skips.getAsBoolean()) {
        if (waiting == skipped.length) {
          skipped = Arrays.copyOf(skipped, 2 * waiting);
        }
        skipped[waiting++] = top;
        continue;
      }
      while (waiting > 0) {
        push(skipped[--waiting]);
      }
      int i = (int) top;
      if (lengths[i] == 0 || pairs[i] >>> 32 != top >>> 32) {
        continue;
      }
      int removed = next[i];
      ids[i] = (int) pairs[i];
      lengths[i] += lengths[removed];
      lengths[removed] = 0;
      pairs[removed] = MergeTable.NONE;
      next[i] = next[removed];
      if (next[i] < size) {
        previous[next[i]] = i;
      }
      if (previous[i] >= 0) {
        pair(merges, previous[i], unused);
      }
      pair(merges, i, unused);
    }
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (lengths[i] != 0) {
        ids[kept] = ids[i];
        lengths[kept++] = lengths[i];
      }
    }
    size = kept;
  }

  private void pair(MergeTable merges, int left, IntPredicate unused) {
    int right = next[left];
    long found = right < size ? merges.find(ids[left], ids[right]) : MergeTable.NONE;
    pairs[left] = found;
    if (found != MergeTable.NONE) {
      push(found >>> 32 << 32 | left);
      if (unused.test((int) found)) {
        parts.put((int) found, (long) ids[left] << 32 | ids[right] & 0xffffffffL);
      }
    }
  }

  /// The pair that an unused token was made of, the left one in the upper half; −1 where it was not
  /// made.
  long part(int id) {
    return parts.getOrDefault(id, -1L);
  }

  private void push(long item) {
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, Math.max(64, 2 * heapSize));
    }
    int at = heapSize++;
    while (at > 0) {
      int above = at - 1 >>> 1;
      if (heap[above] <= item) {
        break;
      }
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = item;
  }

  private long pop() {
    long top = heap[0];
    long last = heap[--heapSize];
    int at = 0;
    while (true) {
      int below = 2 * at + 1;
      if (below >= heapSize) {
        break;
      }
      if (below + 1 < heapSize && heap[below + 1] < heap[below]) {
        below++;
      }
      if (last <= heap[below]) {
        break;
      }
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = last;
    return top;
  }
}
