package dev.imago.prepare;

import java.util.Arrays;

/// Signatures whose rows agree as often as two texts' sets of 5-word shingles overlap: the share of
/// equal rows estimates the Jaccard similarity. Broder 1997; bands and rows as FineWeb's (Penedo et
/// al. 2024, arXiv:2406.17557: 112 hashes, 14 bands of 8).
///
/// Words are runs of letters, digits and `_`, in lower case; ideographs are a word each. A row's
/// permutation of 32-bit shingle hashes h is a·h + b mod 2³², a odd: bijective, and one loop of
/// multiply, add and minimum over all shingles that the compiler turns into vector instructions.
final class MinHash {
  static final int BANDS = 14;
  static final int ROWS = 8;
  static final int SIZE = BANDS * ROWS;
  static final int SHINGLE_WORDS = 5;

  private final int[] multipliers = new int[SIZE];
  private final int[] offsets = new int[SIZE];

  MinHash(long seed) {
    for (int i = 0; i < SIZE; i++) {
      multipliers[i] = (int) (Hash.stream(seed, 2 * i) >>> 32) | 1;
      offsets[i] = (int) (Hash.stream(seed, 2 * i + 1) >>> 32);
    }
  }

  /// The signature, SIZE rows; empty for a text without words. A text of fewer words than a shingle
  /// has is one shingle.
  int[] signature(String text) {
    int[] shingles = shingles(text);
    if (shingles.length == 0) {
      return shingles;
    }
    int[] signature = new int[SIZE];
    for (int row = 0; row < SIZE; row++) {
      signature[row] = least(shingles, multipliers[row], offsets[row]);
    }
    return signature;
  }

  /// The one loop that costs: kept alone so that it compiles to vector code.
  private static int least(int[] shingles, int multiplier, int offset) {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < shingles.length; i++) {
      least = Math.min(least, shingles[i] * multiplier + offset);
    }
    return least;
  }

  /// One hash for every five words in a row.
  static int[] shingles(String text) {
    long[] words = words(text);
    if (words.length == 0) {
      return new int[0];
    }
    int size = Math.min(SHINGLE_WORDS, words.length);
    int[] shingles = new int[words.length - size + 1];
    for (int w = 0; w < shingles.length; w++) {
      long hash = size;
      for (int i = 0; i < size; i++) {
        hash = (hash ^ words[w + i]) * Hash.GOLDEN;
        hash ^= hash >>> 32;
      }
      shingles[w] = (int) (Hash.mix(hash) >>> 32);
    }
    return shingles;
  }

  private static long[] words(String text) {
    long[] words = new long[text.length() / 6 + 8];
    int count = 0;
    long hash = 0;
    int length = text.length();
    for (int i = 0; i <= length; i++) {
      char c = i < length ? text.charAt(i) : ' ';
      boolean inside;
      if (c < 128) {
        inside = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '_';
        c = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
      } else {
        inside = Character.isLetterOrDigit(c) || Character.isSurrogate(c);
        c = Character.toLowerCase(c);
      }
      boolean alone = inside && c >= 128 && Words.ideograph(c);
      if (hash != 0 && (!inside || alone)) {
        words = count == words.length ? Arrays.copyOf(words, count * 2) : words;
        words[count++] = hash;
        hash = 0;
      }
      if (inside) {
        hash = (hash + c + 1) * Hash.GOLDEN;
        hash ^= hash >>> 29;
      }
      if (alone) {
        words = count == words.length ? Arrays.copyOf(words, count * 2) : words;
        words[count++] = hash;
        hash = 0;
      }
    }
    return Arrays.copyOf(words, count);
  }

  /// The share of rows that agree.
  static double similarity(int[] a, int[] b) {
    int same = 0;
    for (int i = 0; i < SIZE; i++) {
      same += a[i] == b[i] ? 1 : 0;
    }
    return (double) same / SIZE;
  }

  /// One hash of all rows of a band.
  static long band(int[] signature, int band) {
    long hash = band + 1;
    for (int row = band * ROWS; row < (band + 1) * ROWS; row++) {
      hash = Hash.mix(hash ^ signature[row]) + Hash.GOLDEN;
    }
    return hash;
  }
}
