package dev.imago.text;

import java.util.Arrays;

/// A heap of pairs: the highest count first, of equal counts the lowest pair. Its counts may be out
/// of date; whoever takes the top looks.
final class MergeQueue {
  private long[] counts = new long[1 << 12];
  private long[] pairs = new long[1 << 12];
  private int[] slots = new int[1 << 12];
  private int[] positions = new int[1 << 12];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  /// @param pair left << 32 | right
  /// @param slot the pair's number
  /// @param position the head of its list of words
  void add(long count, long pair, int slot, int position) {
    if (size == counts.length) {
      counts = Arrays.copyOf(counts, 2 * size);
      pairs = Arrays.copyOf(pairs, 2 * size);
      slots = Arrays.copyOf(slots, 2 * size);
      positions = Arrays.copyOf(positions, 2 * size);
    }
    int at = size++;
    while (at > 0) {
      int parent = at - 1 >>> 1;
      if (!before(count, pair, parent)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    set(at, count, pair, slot, position);
  }

  long topCount() {
    return counts[0];
  }

  long topPair() {
    return pairs[0];
  }

  int topSlot() {
    return slots[0];
  }

  int topPosition() {
    return positions[0];
  }

  void removeTop() {
    size--;
    sink(counts[size], pairs[size], slots[size], positions[size]);
  }

  /// Gives the top another count and its place.
  void recountTop(long count) {
    sink(count, pairs[0], slots[0], positions[0]);
  }

  private void sink(long count, long pair, int slot, int position) {
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
    set(at, count, pair, slot, position);
  }

  private boolean before(long count, long pair, int other) {
    return count != counts[other] ? count > counts[other] : pair < pairs[other];
  }

  private void move(int from, int to) {
    set(to, counts[from], pairs[from], slots[from], positions[from]);
  }

  private void set(int at, long count, long pair, int slot, int position) {
    counts[at] = count;
    pairs[at] = pair;
    slots[at] = slot;
    positions[at] = position;
  }
}
