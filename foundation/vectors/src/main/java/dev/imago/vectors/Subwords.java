package dev.imago.vectors;

import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

/// The character n-grams of a word between `<` and `>`, hashed into buckets as fastText hashes them
/// (FNV-1a with signed bytes).
///
/// @param shortest n-gram of characters
/// @param longest n-gram; 0 for none
/// @param buckets that they fall into
record Subwords(int shortest, int longest, int buckets) {
  /// Which ends a line; it has no n-grams.
  static final String END_OF_LINE = "</s>";

  private static final int OFFSET = 0x811c9dc5;
  private static final int PRIME = 16777619;
  private static final long WORD_PRIME = 116049371;

  static int hash(String word) {
    return hash(word, 0, word.length());
  }

  /// Of the bytes that a part of a text has in UTF-8.
  static int hash(String text, int from, int to) {
    int h = OFFSET;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return hash(text.substring(from, to).getBytes(StandardCharsets.UTF_8));
      }
      h = (h ^ c) * PRIME;
    }
    return h;
  }

  private static int hash(byte[] bytes) {
    int h = OFFSET;
    for (byte b : bytes) {
      h = (h ^ b) * PRIME;
    }
    return h;
  }

  /// Gives the bucket of each n-gram of a word, in order.
  void each(String word, IntConsumer to) {
    if (longest == 0 || buckets == 0 || word.equals(END_OF_LINE)) {
      return;
    }
    byte[] bytes = ("<" + word + ">").getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if ((bytes[i] & 0xc0) == 0x80) {
        continue;
      }
      int h = OFFSET;
      int j = i;
      for (int n = 1; j < bytes.length && n <= longest; n++) {
        do {
          h = (h ^ bytes[j++]) * PRIME;
        } while (j < bytes.length && (bytes[j] & 0xc0) == 0x80);
        if (n >= shortest && !(n == 1 && (i == 0 || j == bytes.length))) {
          to.accept(Integer.remainderUnsigned(h, buckets));
        }
      }
    }
  }

  /// Gives the bucket of each n-gram of two to `most` words, in order.
  ///
  /// @param hashes of the words
  void wordNgrams(int[] hashes, int size, int most, IntConsumer to) {
    for (int i = 0; i < size && buckets > 0; i++) {
      long h = hashes[i];
      for (int j = i + 1; j < size && j < i + most; j++) {
        h = h * WORD_PRIME + hashes[j];
        to.accept((int) Long.remainderUnsigned(h, buckets));
      }
    }
  }
}
