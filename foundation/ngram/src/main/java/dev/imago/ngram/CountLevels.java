package dev.imago.ngram;

import java.util.Arrays;

/// Counts of all orders in memory: the levels of a trie that begins with the last word, filled in
/// the order in which [AdjustedCounts] tells them.
///
/// An entry of level n is the word that it adds (w₁ of w₁ … wₙ), its count, and where its children
/// end in level n + 1; those of the entry before end where its own begin. Entries of level 1 are
/// the words, by id.
final class CountLevels {
  private static final int LEFT_OUT = Integer.MIN_VALUE;

  /// What an estimation needs beside, for each entry of the largest level.
  private static final long BESIDE = 40;

  private final int order;
  private final int begin;
  private final long memoryBytes;
  private final int[][] words;
  private final int[][] counts;
  private final int[][] ends;
  private final int[] sizes;

  /// How many more n-grams fit for certain before the arrays are looked at again.
  private int free;

  /// Takes n-grams that do not fit.
  interface Rest {
    /// @param gram its words are the last n of it
    void take(int n, int[] gram, long count, boolean left);
  }

  CountLevels(int order, NgramWords vocabulary, long memoryBytes) {
    this.order = order;
    this.begin = vocabulary.begin();
    this.memoryBytes = memoryBytes;
    this.words = new int[order + 1][1024];
    this.counts = new int[order + 1][1024];
    this.ends = new int[order + 1][1024];
    this.sizes = new int[order + 1];
    words[1] = new int[0];
    counts[1] = new int[vocabulary.size()];
    ends[1] = new int[vocabulary.size()];
    ends[order] = order == 1 ? ends[1] : new int[0];
  }

  /// Takes one more n-gram.
  ///
  /// @return false where there is no room for it: nothing was taken
  boolean add(int n, int[] gram, long count, boolean left) {
    if (count > Integer.MAX_VALUE || !room()) {
      return false;
    }
    int at;
    if (n == 1) {
      at = gram[order - 1];
      Arrays.fill(ends[1], sizes[1], at, sizes[1] == 0 ? 0 : ends[1][sizes[1] - 1]);
      sizes[1] = at + 1;
    } else {
      at = sizes[n]++;
      words[n][at] = gram[order - n];
    }
    counts[n][at] = (int) count | (left ? LEFT_OUT : 0);
    if (n < order) {
      // Longer ones with the same end are told before it, but for the last one, which comes now.
      ends[n][at] = sizes[n + 1] + (gram[order - n] == begin ? 0 : 1);
    }
    return true;
  }

  /// Whether one more n-gram of each order fits.
  private boolean room() {
    if (free > 0) {
      free--;
      return true;
    }
    int least = Integer.MAX_VALUE;
    for (int level = 2; level <= order; level++) {
      if (sizes[level] == words[level].length && !grow(level)) {
        return false;
      }
      least = Math.min(least, words[level].length - sizes[level]);
    }
    free = least - 1;
    return true;
  }

  private boolean grow(int level) {
    long grown = words[level].length * 3L / 2;
    long all = 0;
    long largest = 0;
    for (int n = 1; n <= order; n++) {
      long entries = n == level ? grown : counts[n].length;
      all += entries * (n == 1 || n == order ? 8 : 12);
      largest = Math.max(largest, entries);
    }
    if (all + BESIDE * largest > memoryBytes || grown > Integer.MAX_VALUE - 64) {
      return false;
    }
    words[level] = Arrays.copyOf(words[level], (int) grown);
    counts[level] = Arrays.copyOf(counts[level], (int) grown);
    if (level < order) {
      ends[level] = Arrays.copyOf(ends[level], (int) grown);
    }
    return true;
  }

  /// Gives away all that was taken.
  ///
  /// @param now the n-gram that found no room: what is not told to its end yet is a part of it
  void give(int[] now, Rest to) {
    int[] gram = now.clone();
    give(1, 0, sizes[1], gram, to);
    for (int n = 1; n < order; n++) {
      gram[order - n] = now[order - n];
      give(n + 1, sizes[n] == 0 ? 0 : ends[n][sizes[n] - 1], sizes[n + 1], gram, to);
    }
    for (int n = 1; n <= order; n++) {
      words[n] = new int[0];
      counts[n] = new int[0];
      ends[n] = new int[0];
    }
  }

  private void give(int n, int from, int to, int[] gram, Rest rest) {
    for (int i = from; i < to; i++) {
      gram[order - n] = word(n, i);
      if (count(n, i) > 0) {
        rest.take(n, gram, count(n, i), left(n, i));
      }
      if (n < order) {
        // The last child of the last entry may be what found no room.
        give(n + 1, start(n, i), Math.min(ends[n][i], sizes[n + 1]), gram, rest);
      }
    }
  }

  /// All have been told.
  void finish() {
    int last = sizes[1] == 0 ? 0 : ends[1][sizes[1] - 1];
    Arrays.fill(ends[1], sizes[1], ends[1].length, order == 1 ? 0 : last);
    sizes[1] = counts[1].length;
  }

  int size(int n) {
    return sizes[n];
  }

  int word(int n, int at) {
    return n == 1 ? at : words[n][at];
  }

  /// 0 of words that were not seen.
  int count(int n, int at) {
    return counts[n][at] & ~LEFT_OUT;
  }

  /// Whether it was seen too seldom, and is left out.
  boolean left(int n, int at) {
    return counts[n][at] < 0;
  }

  /// Where the children of an entry begin in level n + 1.
  int start(int n, int at) {
    return at == 0 ? 0 : ends[n][at - 1];
  }

  int end(int n, int at) {
    return ends[n][at];
  }

  /// Of each entry of level n ≥ 2 the entry of level n − 1 that is its context, w₁ … wₙ₋₁: a child
  /// of its parent's context.
  ///
  /// @param before the contexts of level n − 1; of level 2 nothing is asked of it
  int[] contexts(int n, int[] before) {
    if (n == 2) {
      return Arrays.copyOf(words[2], sizes[2]);
    }
    int[] contexts = new int[sizes[n]];
    int[] own = words[n];
    int[] others = words[n - 1];
    for (int parent = 0; parent < sizes[n - 1]; parent++) {
      int from = start(n - 1, parent);
      int to = ends[n - 1][parent];
      if (from == to) {
        continue;
      }
      int at = start(n - 2, before[parent]);
      int end = ends[n - 2][before[parent]];
      for (int i = from; i < to; i++) {
        at = search(others, at, end, own[i]);
        contexts[i] = at++;
      }
    }
    return contexts;
  }

  /// Where an ascending stretch has a word: by strides that double, then by halves.
  private static int search(int[] words, int from, int to, int word) {
    int low = from;
    int step = 1;
    while (low + step < to && words[low + step] <= word) {
      low += step;
      step <<= 1;
    }
    int high = Math.min(to - 1, low + step);
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (words[middle] <= word) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    if (low >= to || words[low] != word) {
      throw new IllegalStateException("an n-gram without its context");
    }
    return low;
  }
}
