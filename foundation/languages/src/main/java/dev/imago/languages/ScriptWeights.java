package dev.imago.languages;

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
  /// of n-grams. First all buckets, then one column of longs after another: no sum leaves its
  /// register, and rows are fetched without waiting for one another. A long's bytes are added as
  /// four sums of 16 bits in two longs.
  int score(char[] letters, int from, int to, int[] costs) {
    int width = longs(labels.size());
    int[] at = new int[LetterGrams.LONGEST * (to - from)];
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
        at[grams++] = LetterGrams.bucket(hash, n, bits) * width;
        if (c == LetterForms.BLANK) {
          break;
        }
      }
    }
    for (int w = 0; w < width; w++) {
      for (int done = 0; done < grams; done += ADDED_AT_ONCE) {
        column(at, done, Math.min(grams, done + ADDED_AT_ONCE), w, costs);
      }
    }
    return grams;
  }

  private void column(int[] at, int from, int to, int w, int[] costs) {
    long even = 0;
    long odd = 0;
    for (int g = from; g < to; g++) {
      long row = rows[at[g] + w];
      even += row & EVEN_BYTES;
      odd += row >>> 8 & EVEN_BYTES;
    }
    for (int l = 8 * w; l < Math.min(costs.length, 8 * w + 8); l++) {
      costs[l] += (int) ((l % 2 == 0 ? even : odd) >>> 16 * (l % 8 / 2)) & 0xffff;
    }
  }
}
