package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// Words spelled in symbols, one behind the other in one array: how many symbols are left, how
/// often the word occurs, the symbols. A word is named by where it starts. Words of one symbol,
/// which have no pair, are left out.
final class SymbolWords {
  /// Items before the symbols.
  static final int HEAD = 2;

  private int[] data;
  private int end;

  /// Counts that no int holds; the word has −1 − the place of its count here.
  private long[] largeCounts = new long[16];

  private int large;

  SymbolWords(CountedWords words, Alphabet alphabet) {
    long wanted = words.bytes() + HEAD * words.distinct();
    data = new int[(int) Math.min(wanted, 1 << 20)];
    int[] symbols = new int[256];
    var spelled = new int[][] {symbols};
    words.forEachUnordered(
        (text, from, to, count) -> {
          if (spelled[0].length < to - from) {
            spelled[0] = new int[Math.max(2 * spelled[0].length, to - from)];
          }
          int length = alphabet.spell(text, from, to, spelled[0]);
          if (length > 1) {
            add(spelled[0], length, count, wanted);
          }
        });
    data = Arrays.copyOf(data, end);
  }

  private void add(int[] symbols, int length, long count, long wanted) {
    long needed = end + (long) HEAD + length;
    if (needed > data.length) {
      if (needed > Integer.MAX_VALUE - 8) {
        throw new IllegalStateException(
            "the distinct words take more than 2^31 symbols; train on a sample, or leave rare words"
                + " out");
      }
      long more = Math.min(Math.max(data.length * 2L, needed), Math.max(needed, wanted));
      data = Arrays.copyOf(data, (int) Math.min(more, Integer.MAX_VALUE - 8));
    }
    data[end] = length;
    data[end + 1] = count <= Integer.MAX_VALUE ? (int) count : -1 - addLarge(count);
    System.arraycopy(symbols, 0, data, end + HEAD, length);
    end += HEAD + length;
  }

  private int addLarge(long count) {
    if (large == largeCounts.length) {
      largeCounts = Arrays.copyOf(largeCounts, 2 * large);
    }
    largeCounts[large] = count;
    return large++;
  }

  /// The array; past its length a word's items are its count and its symbols.
  int[] data() {
    return data;
  }

  long count(int word) {
    int count = data[word + 1];
    return count >= 0 ? count : largeCounts[-1 - count];
  }

  int end() {
    return end;
  }
}
