package dev.imago.ngram;

/// A walk over all n-grams of one order in suffix order, with the entries above each.
final class TriePath {
  private final TrieTable trie;
  private final NgramLayout layout;

  /// At n, the entry of level n.
  private final long[] at;

  /// At n, the word that level n adds: of n-gram w₁ … wₙ, w₁.
  private final int[] words;

  private int level;

  TriePath(TrieTable trie) {
    this.trie = trie;
    this.layout = trie.layout;
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
      while (trie.first(n, at[n] + 1) <= at[n + 1]) {
        if (++at[n] >= layout.counts()[n - 1]) {
          throw broken(n);
        }
      }
    }
    words[1] = (int) at[1];
    for (int n = 2; n <= level; n++) {
      words[n] = trie.word(n, at[n]);
      if (words[n] < 0 || words[n] >= layout.words()) {
        throw broken(n);
      }
    }
  }

  private static IllegalArgumentException broken(int n) {
    return new IllegalArgumentException(
        "the n-grams of order %d of the model's file are broken; build or convert it again"
            .formatted(n));
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

  /// Where it stands, in its level.
  long at() {
    return at[level];
  }

  float p() {
    return trie.p(level, at[level]);
  }

  float backOff() {
    return level == layout.order() && level > 1 ? 0 : trie.weight(level, at[level]);
  }
}
