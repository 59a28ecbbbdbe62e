package dev.imago.corpus;

import java.util.Arrays;

/// Signatures whose rows agree as often as two texts' sets of 5-word shingles overlap: the share of
/// equal rows estimates the Jaccard similarity. Broder 1997; bands and rows as FineWeb's (Penedo et
/// al. 2024, arXiv:2406.17557: 112 hashes, 14 bands of 8).
///
/// Words are runs of letters, digits, combining marks and `_`, in lower case, with the `+` and `#`
/// that end them (`C++`); ideographs are a word each, and so are the letters of Thai and its
/// neighbours, which know no spaces, with their marks. In a text of fewer than [#SHORT_WORDS] words
/// every other visible character counts as a word too: `3 - 4` is not `3 + 4`. A row's permutation
/// of 32-bit shingle hashes h is a·h + b mod 2³², a odd: bijective, and one loop of multiply, add
/// and minimum over all shingles that the compiler turns into vector instructions.
final class MinHash {
  static final int BANDS = 14;
  static final int ROWS = 8;
  static final int SIZE = BANDS * ROWS;
  static final int SHINGLE_WORDS = 5;

  /// Below this a symbol weighs; above it one more or less changes no verdict.
  static final int SHORT_WORDS = 50;

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
    long[] words = words(text, false);
    return words.length < SHORT_WORDS ? words(text, true) : words;
  }

  /// @param symbols whether what is no part of a word is a word of its own
  private static long[] words(String text, boolean symbols) {
    long[] words = new long[text.length() / 6 + 8];
    int count = 0;
    long hash = 0;
    int length = text.length();
    for (int i = 0; i <= length; i++) {
      char c = i < length ? text.charAt(i) : ' ';
      boolean inside;
      boolean alone = false;
      if (c < 128) {
        inside =
            c >= 'a' && c <= 'z'
                || c >= '0' && c <= '9'
                || c >= 'A' && c <= 'Z'
                || c == '_'
                || (c == '+' || c == '#') && hash != 0 && endsWord(text, i);
        c = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
      } else {
        inside = Character.isLetterOrDigit(c) || Character.isSurrogate(c) || joins(c);
        alone = inside && !joins(c) && (Words.ideograph(c) || Words.spaceless(c));
        c = Character.toLowerCase(c);
      }
      boolean symbol = symbols && !inside && !Character.isWhitespace(c);
      if (hash != 0 && (!inside || alone)) {
        words = count == words.length ? Arrays.copyOf(words, count * 2) : words;
        words[count++] = hash;
        hash = 0;
      }
      if (inside || symbol) {
        hash = (hash + c + 1) * Hash.GOLDEN;
        hash ^= hash >>> 29;
      }
      // An ideograph takes no mark; a letter of a spaceless script waits for its own.
      if (alone && Words.ideograph(c) || symbol) {
        words = count == words.length ? Arrays.copyOf(words, count * 2) : words;
        words[count++] = hash;
        hash = 0;
      }
    }
    return Arrays.copyOf(words, count);
  }

  /// Whether nothing but more `+` and `#` comes before the word's end.
  private static boolean endsWord(String text, int at) {
    int i = at;
    while (i < text.length() && (text.charAt(i) == '+' || text.charAt(i) == '#')) {
      i++;
    }
    return i == text.length() || !Character.isLetterOrDigit(text.charAt(i));
  }

  /// Combining marks and the joiners of zero width: parts of the letter before.
  private static boolean joins(char c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> c == '\u200c' || c == '\u200d';
    };
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
