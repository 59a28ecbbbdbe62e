package dev.imago.duplicates;

import java.util.Arrays;

/// The shingles of a text: a number for every five words in a row.
///
/// Words are runs of letters, digits, combining marks and `_`, in lower case, with the `+` and `#`
/// that end them (`C++`); ideographs are a word each, and so are the letters of Thai and its
/// neighbours, which know no spaces, with their marks. In a text of fewer than [#SHORT_WORDS] words
/// every other visible character counts as a word too: `3 - 4` is not `3 + 4`. A text of fewer
/// words than a shingle has is one shingle.
final class Shingles {
  static final int WORDS = 5;

  /// Below this a symbol weighs; above it one more or less changes no verdict.
  static final int SHORT_WORDS = 50;

  private static final byte OUTSIDE = 0;
  private static final byte SPACE = 1;
  private static final byte INSIDE = 2;
  private static final byte SIGN = 3;
  private static final byte MARK = 4;
  private static final byte IDEOGRAPH = 5;
  private static final byte SPACELESS = 6;

  private final byte[] kinds = new byte[1 << 16];
  private final char[] lower = new char[1 << 16];

  Shingles() {
    for (int i = 0; i < kinds.length; i++) {
      char c = (char) i;
      kinds[i] = kind(c);
      lower[i] = Character.toLowerCase(c);
    }
  }

  private static byte kind(char c) {
    if (c == '+' || c == '#') {
      return SIGN;
    } else if (joins(c)) {
      return MARK;
    } else if (c == '_' || Character.isLetterOrDigit(c) || Character.isSurrogate(c)) {
      return ideograph(c) ? IDEOGRAPH : spaceless(c) ? SPACELESS : INSIDE;
    }
    return Character.isWhitespace(c) ? SPACE : OUTSIDE;
  }

  private static boolean ideograph(char c) {
    return switch (Character.UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA -> Character.isLetter(c);
      default -> false;
    };
  }

  private static boolean spaceless(char c) {
    return c >= 0x0e00 && c <= 0x0eff || c >= 0x1000 && c <= 0x109f || c >= 0x1780 && c <= 0x17ff;
  }

  /// Combining marks and the joiners of zero width: parts of the letter before.
  private static boolean joins(char c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> c == '\u200c' || c == '\u200d';
    };
  }

  /// All shingles, in order, with repetitions; none for a text without words.
  long[] of(String text) {
    long[] words = new long[text.length() / 6 + 8];
    int count = 0;
    long[] some = words(text, false, words);
    count = (int) some[some.length - 1];
    if (count < SHORT_WORDS) {
      some = words(text, true, some);
      count = (int) some[some.length - 1];
    }
    if (count == 0) {
      return new long[0];
    }
    int size = Math.min(WORDS, count);
    long[] shingles = new long[count - size + 1];
    for (int w = 0; w < shingles.length; w++) {
      long hash = size;
      for (int i = 0; i < size; i++) {
        hash = (hash ^ some[w + i]) * Mixing.GOLDEN;
        hash ^= hash >>> 32;
      }
      shingles[w] = Mixing.mix(hash);
    }
    return shingles;
  }

  /// Words by their hashes, with how many there are in the last place.
  ///
  /// @param symbols whether what is no part of a word is a word of its own
  /// @param into reused where it is long enough
  private long[] words(String text, boolean symbols, long[] into) {
    long[] words = into;
    int count = 0;
    long hash = 0;
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      byte kind = kinds[c];
      if (kind == SIGN) {
        kind = hash != 0 && endsWord(text, i) ? INSIDE : OUTSIDE;
      }
      if (kind == INSIDE || kind == MARK) {
        hash = (hash + lower[c] + 1) * Mixing.GOLDEN;
        hash ^= hash >>> 29;
        continue;
      }
      if (count + 3 > words.length) {
        words = Arrays.copyOf(words, words.length * 2);
      }
      if (hash != 0) {
        words[count++] = hash;
        hash = 0;
      }
      if (kind == IDEOGRAPH || kind == SPACELESS || symbols && kind == OUTSIDE) {
        hash = (lower[c] + 1) * Mixing.GOLDEN;
        hash ^= hash >>> 29;
        // A letter of a spaceless script waits for its marks.
        if (kind != SPACELESS) {
          words[count++] = hash;
          hash = 0;
        }
      }
    }
    if (count + 2 > words.length) {
      words = Arrays.copyOf(words, words.length * 2);
    }
    if (hash != 0) {
      words[count++] = hash;
    }
    words[words.length - 1] = count;
    return words;
  }

  /// Whether nothing but more `+` and `#` comes before the word's end.
  private static boolean endsWord(String text, int at) {
    int i = at;
    while (i < text.length() && (text.charAt(i) == '+' || text.charAt(i) == '#')) {
      i++;
    }
    return i == text.length() || !Character.isLetterOrDigit(text.charAt(i));
  }

  /// The different ones, in order of number.
  static long[] distinct(long[] shingles) {
    long[] sorted = shingles.clone();
    Arrays.sort(sorted);
    int size = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[size++] = sorted[i];
      }
    }
    return Arrays.copyOf(sorted, size);
  }

  /// Shared shingles in all shingles (Jaccard), of two sets in order of number.
  static double similarity(long[] a, long[] b) {
    int both = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        both++;
        i++;
        j++;
      } else if (a[i] < b[j]) {
        i++;
      } else {
        j++;
      }
    }
    int all = a.length + b.length - both;
    return all == 0 ? 0 : (double) both / all;
  }
}
