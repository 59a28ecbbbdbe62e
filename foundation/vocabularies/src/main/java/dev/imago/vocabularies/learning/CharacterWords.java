package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// Distinct words as code points, one behind the other, each ended by [#END].
final class CharacterWords {
  static final int END = -1;

  private int[] text;
  private int size;
  private int[] starts = new int[1 << 10];
  private long[] counts = new long[1 << 10];
  private int words;

  CharacterWords(CountedWords counted) {
    text = new int[(int) Math.min(counted.bytes() + counted.distinct(), 1 << 20)];
    counted.forEach(this::add);
  }

  private void add(byte[] utf8, int from, int to, long count) {
    long needed = size + (to - from) + 1L;
    if (needed > text.length) {
      if (needed > Integer.MAX_VALUE - 8) {
        throw new IllegalStateException(
            "the distinct words have more than 2^31 characters; train on a sample, or leave rare"
                + " words out");
      }
      text =
          Arrays.copyOf(
              text, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, text.length * 3L / 2)));
    }
    if (words == counts.length) {
      starts = Arrays.copyOf(starts, 2 * words);
      counts = Arrays.copyOf(counts, 2 * words);
    }
    starts[words] = size;
    counts[words++] = count;
    for (int i = from; i < to; i += Utf8Steps.length(utf8[i])) {
      text[size++] = Utf8Steps.codePoint(utf8, i);
    }
    text[size++] = END;
  }

  int words() {
    return words;
  }

  int[] text() {
    return text;
  }

  /// How long the text is, ends of words included.
  int size() {
    return size;
  }

  int start(int word) {
    return starts[word];
  }

  /// Where a word ends; the text holds [#END] there.
  int end(int word) {
    return (word + 1 < words ? starts[word + 1] : size) - 1;
  }

  /// The word that a place of the text is in.
  int wordAt(int place) {
    int found = Arrays.binarySearch(starts, 0, words, place);
    return found >= 0 ? found : -2 - found;
  }

  long count(int word) {
    return counts[word];
  }
}
