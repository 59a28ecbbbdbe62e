package dev.imago.ngram;

import java.lang.foreign.MemorySegment;

/// A trie that begins with the last word: of each level the entries by their places, 0 … count.
abstract sealed class TrieTable extends NgramTable permits PlainTrie, PackedTrie {
  TrieTable(MemorySegment file, NgramLayout layout) {
    super(file, layout);
  }

  /// Where the children of an entry begin, in level n + 1; where those of the entry before end.
  abstract long first(int n, long at);

  /// The word that an entry of level 2 … N adds on the left.
  abstract int word(int n, long at);

  /// log₁₀ p.
  abstract float p(int n, long at);

  /// log₁₀ of the back-off; of level 1 … N − 1.
  abstract float weight(int n, long at);

  @Override
  final int find(int[] ids, int from, int at, float[] found, int to) {
    if (!isWord(ids[at])) {
      return 0;
    }
    long entry = ids[at];
    int n = 1;
    while (true) {
      if (n < order) {
        found[to + n] = weight(n, entry);
      }
      int before = at - n;
      long child = n < order && before >= from ? child(n, entry, ids[before]) : -1;
      if (child < 0) {
        found[to] = p(n, entry);
        return n;
      }
      entry = child;
      n++;
    }
  }

  /// The entry of level n + 1 for one more word before; −1 where there is none.
  private long child(int n, long parent, int word) {
    // A file that lies about its children leads to a wrong answer, not out of the level.
    long low = Math.clamp(first(n, parent), 0, layout.counts()[n]);
    long high = Math.clamp(first(n, parent + 1), 0, layout.counts()[n]) - 1;
    while (low <= high) {
      long middle = low + high >>> 1;
      int at = word(n + 1, middle);
      if (at < word) {
        low = middle + 1;
      } else if (at > word) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -1;
  }
}
