package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// Pairs that wait to be merged: the highest count first, of equal counts the lowest pair, each
/// with the list of words that held it when it came. Counts may be out of date; whoever takes the
/// top looks.
///
/// Most pairs are rare and never come to the top. Those below a bound lie unsorted, until all above
/// it are gone and the bound falls.
final class MergeQueue {
  /// By how much the bound falls.
  private static final int STEP = 8;

  private final Entries heap = new Entries();
  private final Entries rare = new Entries();
  private long bound;
  private int[] words = new int[1 << 16];
  private int used;
  private long live;

  /// @param highest no count that will come is much higher
  MergeQueue(long highest) {
    bound = Math.max(1, highest / STEP);
  }

  boolean isEmpty() {
    if (heap.size == 0) {
      refill();
    }
    return heap.size == 0;
  }

  private void refill() {
    while (heap.size == 0 && rare.size > 0) {
      bound = Math.max(1, bound / STEP);
      int kept = 0;
      for (int i = 0; i < rare.size; i++) {
        if (rare.counts[i] >= bound) {
          heap.push(rare.counts[i], rare.pairs[i], rare.starts[i], rare.lengths[i]);
        } else {
          rare.set(kept++, rare.counts[i], rare.pairs[i], rare.starts[i], rare.lengths[i]);
        }
      }
      rare.size = kept;
    }
  }

  /// Adds a pair whose words were put into the list that [#newList] gave.
  ///
  /// @param count 1 or more
  /// @param pair left << 32 | right
  void add(long count, long pair, int start, int length) {
    if (count >= bound) {
      heap.push(count, pair, start, length);
    } else {
      rare.append(count, pair, start, length);
    }
  }

  long topCount() {
    return heap.counts[0];
  }

  long topPair() {
    return heap.pairs[0];
  }

  /// Where the top's list of words starts.
  int topStart() {
    return heap.starts[0];
  }

  int topLength() {
    return heap.lengths[0];
  }

  void removeTop() {
    live -= heap.lengths[0];
    heap.removeTop();
  }

  /// Gives the top another count and its place.
  void recountTop(long count) {
    if (count >= bound) {
      heap.sink(count, heap.pairs[0], heap.starts[0], heap.lengths[0]);
      return;
    }
    if (count > 0) {
      rare.append(count, heap.pairs[0], heap.starts[0], heap.lengths[0]);
    } else {
      // It will never be merged: a pair that comes anew is added anew.
      live -= heap.lengths[0];
    }
    heap.removeTop();
  }

  /// The lists of words.
  int[] words() {
    return words;
  }

  /// Makes room for lists of `more` words together; moves lists that are there.
  void reserve(long more) {
    if (used + more <= words.length) {
      return;
    }
    int[] old = words;
    if (live > used / 2) {
      long wanted = Math.max(used + more, used + (long) used / 2);
      words = Arrays.copyOf(old, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    } else {
      words = new int[(int) Math.min(Integer.MAX_VALUE - 8, Math.max(2 * live, live + more))];
      used = 0;
      heap.moveLists(old, this);
      rare.moveLists(old, this);
    }
    if (used + more > words.length) {
      throw new IllegalStateException(
          "pairs occur in %,d words, more than can be listed; train on a sample".formatted(live));
    }
  }

  /// Starts a list; there must be room for it.
  int newList(int length) {
    int start = used;
    used += length;
    live += length;
    return start;
  }

  /// Pairs with their counts and lists.
  private static final class Entries {
    long[] counts = new long[1 << 12];
    long[] pairs = new long[1 << 12];
    int[] starts = new int[1 << 12];
    int[] lengths = new int[1 << 12];
    int size;

    void append(long count, long pair, int start, int length) {
      if (size == counts.length) {
        int more = size + (size >> 1);
        counts = Arrays.copyOf(counts, more);
        pairs = Arrays.copyOf(pairs, more);
        starts = Arrays.copyOf(starts, more);
        lengths = Arrays.copyOf(lengths, more);
      }
      set(size++, count, pair, start, length);
    }

    void push(long count, long pair, int start, int length) {
      append(count, pair, start, length);
      int at = size - 1;
      while (at > 0) {
        int parent = at - 1 >>> 1;
        if (!before(count, pair, parent)) {
          break;
        }
        move(parent, at);
        at = parent;
      }
      set(at, count, pair, start, length);
    }

    void removeTop() {
      size--;
      sink(counts[size], pairs[size], starts[size], lengths[size]);
    }

    /// Puts an entry in the place of the top.
    void sink(long count, long pair, int start, int length) {
      int at = 0;
      while (true) {
        int child = 2 * at + 1;
        if (child >= size) {
          break;
        }
        if (child + 1 < size && before(counts[child + 1], pairs[child + 1], child)) {
          child++;
        }
        if (before(count, pair, child)) {
          break;
        }
        move(child, at);
        at = child;
      }
      set(at, count, pair, start, length);
    }

    private boolean before(long count, long pair, int other) {
      return count != counts[other] ? count > counts[other] : pair < pairs[other];
    }

    private void move(int from, int to) {
      set(to, counts[from], pairs[from], starts[from], lengths[from]);
    }

    private void set(int at, long count, long pair, int start, int length) {
      counts[at] = count;
      pairs[at] = pair;
      starts[at] = start;
      lengths[at] = length;
    }

    private void moveLists(int[] old, MergeQueue queue) {
      for (int i = 0; i < size; i++) {
        System.arraycopy(old, starts[i], queue.words, queue.used, lengths[i]);
        starts[i] = queue.used;
        queue.used += lengths[i];
      }
    }
  }
}
