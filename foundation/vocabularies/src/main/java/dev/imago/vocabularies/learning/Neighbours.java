package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// What stands on one side of a pair while it is merged: by symbol, how often, and in which words a
/// new pair with it arises. Arrays by symbol, emptied after each merge by what was touched.
final class Neighbours {
  private final long[] sums;

  /// By symbol: how many words are listed, the last of them, and the new pair's place.
  private final int[] counts;

  private final int[] lastWords;
  private final int[] places;
  private final boolean[] touched;

  private int[] symbols = new int[256];
  private int size;

  /// Symbol and word, in the order in which they came.
  private int[] listed = new int[1024];

  private int listedSize;

  Neighbours(int symbolBound) {
    sums = new long[symbolBound];
    counts = new int[symbolBound];
    lastWords = new int[symbolBound];
    places = new int[symbolBound];
    touched = new boolean[symbolBound];
    Arrays.fill(lastWords, -1);
  }

  /// How many symbols there are.
  int size() {
    return size;
  }

  int symbol(int index) {
    return symbols[index];
  }

  /// How often a symbol stood here.
  long sum(int symbol) {
    return sums[symbol];
  }

  boolean isListed(int symbol) {
    return counts[symbol] > 0;
  }

  /// How many words are listed in all.
  int listed() {
    return listedSize / 2;
  }

  /// Counts a symbol.
  ///
  /// @param list whether the word is one in which a new pair arises; each word comes once under a
  ///   symbol
  void note(int symbol, long count, int word, boolean list) {
    if (!touched[symbol]) {
      touched[symbol] = true;
      if (size == symbols.length) {
        symbols = Arrays.copyOf(symbols, 2 * size);
      }
      symbols[size++] = symbol;
    }
    sums[symbol] += count;
    if (list && lastWords[symbol] != word) {
      lastWords[symbol] = word;
      counts[symbol]++;
      if (listedSize == listed.length) {
        listed = Arrays.copyOf(listed, 2 * listedSize);
      }
      listed[listedSize++] = symbol;
      listed[listedSize++] = word;
    }
  }

  /// Takes off the pairs that are no more.
  ///
  /// @param first whether the symbols here stand first in them
  void subtract(PairCounts pairs, int other, boolean first) {
    for (int i = 0; i < size; i++) {
      int symbol = symbols[i];
      pairs.subtract(
          first ? PairCounts.key(symbol, other) : PairCounts.key(other, symbol), sums[symbol]);
    }
  }

  /// Notes where the new pair is counted.
  void place(int symbol, int place) {
    places[symbol] = place;
  }

  /// Puts the new pairs into the queue with their words, and forgets all.
  ///
  /// @param first whether the symbols here stand first in them
  void enqueue(MergeQueue queue, PairCounts pairs, int merged, boolean first) {
    // From here on lastWords holds the end of each list as it fills.
    for (int i = 0; i < size; i++) {
      int symbol = symbols[i];
      if (counts[symbol] > 0) {
        long count = pairs.countAt(places[symbol]);
        if (count > 0) {
          int start = queue.newList(counts[symbol]);
          long pair = first ? PairCounts.key(symbol, merged) : PairCounts.key(merged, symbol);
          queue.add(count, pair, start, counts[symbol]);
          lastWords[symbol] = start;
        } else {
          lastWords[symbol] = -1;
        }
      }
    }
    int[] lists = queue.words();
    for (int i = 0; i < listedSize; i += 2) {
      int at = lastWords[listed[i]];
      if (at >= 0) {
        lists[at] = listed[i + 1];
        lastWords[listed[i]] = at + 1;
      }
    }
    for (int i = 0; i < size; i++) {
      int symbol = symbols[i];
      sums[symbol] = 0;
      counts[symbol] = 0;
      lastWords[symbol] = -1;
      touched[symbol] = false;
    }
    size = 0;
    listedSize = 0;
  }
}
