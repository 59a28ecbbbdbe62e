package dev.imago.languages;

import java.util.Arrays;
import java.util.List;

/// The weights of the languages of one script: naive Bayes over n-grams of letters, a byte each.
///
/// *K languages, B buckets, L = ⌈K/8⌉ longs of a row.* `rows` [B,L]: a byte a language, the lowest
/// first: how much less likely a bucket's n-grams are in it than in the language where they are
/// likeliest, in steps of 1/[#STEPS] nat, 0 … [#MOST]; a bucket that no language has is all zeros,
/// and tells nothing. So a sum of rows ranks languages as the sums of logarithms would.
///
/// @param script the letters'
/// @param labels such as `en`, `zh-Hant`
/// @param bits log2 of B
record ScriptWeights(Character.UnicodeScript script, List<String> labels, int bits, long[] rows) {
  static final double STEPS = 12;
  static final int MOST = 127;

  private static final long EVEN_BYTES = 0x00ff00ff00ff00ffL;

  /// So many bytes fit into 16 bits when added.
  private static final int ADDED_AT_ONCE = 256;

  static int longs(int labels) {
    return (labels + 7) / 8;
  }

  /// What one language's byte is.
  int cost(int bucket, int label) {
    return (int) (rows[bucket * longs(labels.size()) + label / 8] >>> 8 * (label % 8)) & 0xff;
  }

  /// Adds what some of a text's letters tell against each language to `costs` [K]; gives the number
  /// of n-grams. A row's bytes are added eight at a time, as four sums of 16 bits in two longs.
  int score(char[] letters, int from, int to, int[] costs) {
    int width = longs(labels.size());
    long[] even = new long[width];
    long[] odd = new long[width];
    int grams = 0;
    for (int i = from; i < to; i++) {
      int hash = 0;
      int most = Math.min(LetterGrams.LONGEST, to - i);
      for (int n = 1; n <= most; n++) {
        char c = letters[i + n - 1];
        hash = LetterGrams.next(hash, c);
        if (n == 1 && c == LetterForms.BLANK) {
          continue;
        }
        add(rows, LetterGrams.bucket(hash, n, bits) * width, even, odd, width);
        if (++grams % ADDED_AT_ONCE == 0) {
          flush(even, odd, costs);
        }
        if (c == LetterForms.BLANK) {
          break;
        }
      }
    }
    flush(even, odd, costs);
    return grams;
  }

  private static void add(long[] rows, int at, long[] even, long[] odd, int width) {
    for (int w = 0; w < width; w++) {
      long row = rows[at + w];
      even[w] += row & EVEN_BYTES;
      odd[w] += row >>> 8 & EVEN_BYTES;
    }
  }

  private static void flush(long[] even, long[] odd, int[] costs) {
    for (int l = 0; l < costs.length; l++) {
      long sums = l % 2 == 0 ? even[l / 8] : odd[l / 8];
      costs[l] += (int) (sums >>> 16 * (l % 8 / 2)) & 0xffff;
    }
    Arrays.fill(even, 0);
    Arrays.fill(odd, 0);
  }
}
