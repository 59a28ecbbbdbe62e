package dev.imago.ngram;

import static dev.imago.ngram.TrieLayout.F32;
import static dev.imago.ngram.TrieLayout.I32;

import java.lang.foreign.MemorySegment;

/// A walk over all n-grams of one order in suffix order, with the entries above each.
final class TriePath {
  private final MemorySegment file;
  private final TrieLayout layout;
  private final long[] bases;

  /// At n, the entry of level n.
  private final long[] at;

  /// At n, the word that level n adds: of n-gram w₁ … wₙ, w₁.
  private final int[] words;

  private int level;

  TriePath(MemorySegment file, TrieLayout layout) {
    this.file = file;
    this.layout = layout;
    this.bases = new long[layout.order() + 1];
    for (int n = 1; n <= layout.order(); n++) {
      bases[n] = layout.levelAt(n);
    }
    this.at = new long[layout.order() + 1];
    this.words = new int[layout.order() + 1];
  }

  /// Stands on the first n-gram of an order.
  ///
  /// @return false where there is none
  boolean start(int n) {
    level = n;
    java.util.Arrays.fill(at, 0);
    if (layout.counts()[n - 1] == 0) {
      return false;
    }
    align();
    return true;
  }

  /// Goes to the next one; false at the end, where it stays on the last.
  boolean next() {
    if (at[level] + 1 >= layout.counts()[level - 1]) {
      return false;
    }
    at[level]++;
    align();
    return true;
  }

  /// Moves the entries above to those whose children hold the entry below.
  private void align() {
    for (int n = level - 1; n >= 1; n--) {
      while (first(n, at[n] + 1) <= at[n + 1]) {
        at[n]++;
      }
    }
    words[1] = (int) at[1];
    for (int n = 2; n <= level; n++) {
      words[n] = file.get(I32, entry(n));
    }
  }

  private long entry(int n) {
    return bases[n] + at[n] * layout.stride(n);
  }

  private long first(int n, long index) {
    int offset = n == 1 ? 8 : 12;
    return Integer.toUnsignedLong(file.get(I32, bases[n] + index * layout.stride(n) + offset));
  }

  /// The words of the n-gram, w₁ first.
  void copy(int[] to) {
    for (int n = 1; n <= level; n++) {
      to[level - n] = words[n];
    }
  }

  /// Compares with gram[from …] in suffix order: below 0 where this comes before it.
  int compare(int[] gram, int from) {
    for (int n = 1; n <= level; n++) {
      int word = gram[from + level - n];
      if (words[n] != word) {
        return Integer.compare(words[n], word);
      }
    }
    return 0;
  }

  private long pAt() {
    return entry(level) + (level == 1 ? 0 : 4);
  }

  float p() {
    return file.get(F32, pAt());
  }

  float backOff() {
    return level == layout.order() && level > 1 ? 0 : file.get(F32, pAt() + 4);
  }

  void p(float p) {
    file.set(F32, pAt(), p);
  }

  void backOff(float weight) {
    file.set(F32, pAt() + 4, weight);
  }

  void firstChild(long index) {
    file.set(I32, pAt() + 8, (int) index);
  }

  /// Where the children of the last entry end.
  void end(long index) {
    long last = bases[level] + layout.counts()[level - 1] * layout.stride(level);
    file.set(I32, last + (level == 1 ? 8 : 12), (int) index);
  }
}
