package dev.imago.vectors;

import java.util.Arrays;

/// The input rows of every word: its own, and those of its character n-grams' buckets.
final class SubwordRows {
  private final int[] starts;
  private int[] rows;

  SubwordRows(VectorVocabulary words, Subwords subwords) {
    starts = new int[words.words() + 1];
    rows = new int[Math.max(16, words.words())];
    int[] size = {0};
    for (int word = 0; word < words.words(); word++) {
      starts[word] = size[0];
      append(word, size);
      subwords.each(words.word(word), bucket -> append(words.words() + bucket, size));
    }
    starts[words.words()] = size[0];
    rows = Arrays.copyOf(rows, size[0]);
  }

  private void append(int row, int[] size) {
    if (size[0] == rows.length) {
      rows = Arrays.copyOf(rows, (int) Math.min(Integer.MAX_VALUE - 16, 2L * size[0]));
    }
    rows[size[0]++] = row;
  }

  int start(int word) {
    return starts[word];
  }

  int end(int word) {
    return starts[word + 1];
  }

  int row(int at) {
    return rows[at];
  }
}
