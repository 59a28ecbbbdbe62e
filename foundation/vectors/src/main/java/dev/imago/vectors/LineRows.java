package dev.imago.vectors;

import java.util.Arrays;

/// The input rows of a line's words and n-grams, made without a string for each word. Not
/// thread-safe.
final class LineRows {
  private final FastTextModel model;
  private final VectorVocabulary vocabulary;
  private final boolean ofCharacters;
  private int[] rows = new int[64];
  private int[] hashes = new int[32];
  private int size;
  private int words;

  LineRows(FastTextModel model) {
    this.model = model;
    this.vocabulary = model.vocabulary();
    this.ofCharacters = model.header().subwords().longest() > 0;
  }

  /// How many rows the line that was read last has.
  int size() {
    return size;
  }

  int row(int at) {
    return rows[at];
  }

  int[] toArray() {
    return Arrays.copyOf(rows, size);
  }

  /// Reads a line up to its end, or to a word `</s>`; line breaks in it part words.
  LineRows read(String line) {
    size = 0;
    words = 0;
    int length = line.length();
    boolean ended = false;
    int at = 0;
    while (!ended && at < length) {
      while (at < length && FastTextModel.isBlank(line.charAt(at))) {
        at++;
      }
      int from = at;
      while (at < length && !FastTextModel.isBlank(line.charAt(at))) {
        at++;
      }
      if (at > from) {
        ended = line.startsWith(Subwords.END_OF_LINE, from) && at - from == 4;
        word(line, from, at);
      }
    }
    if (!ended) {
      word(Subwords.END_OF_LINE, 0, Subwords.END_OF_LINE.length());
    }
    FastTextHeader header = model.header();
    header
        .subwords()
        .wordNgrams(
            hashes, words, header.wordNgrams(), bucket -> model.bucket(bucket, this::append));
    return this;
  }

  private void word(String line, int from, int to) {
    int hash = Subwords.hash(line, from, to);
    int id = vocabulary.entry(line, from, to, hash);
    if (id >= vocabulary.words() || id < 0 && line.startsWith(TextLabeller.PREFIX, from)) {
      return; // a label
    }
    if (ofCharacters) {
      model.rows(line.substring(from, to), id, this::append);
    } else if (id >= 0) {
      append(id);
    }
    if (words == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * words);
    }
    hashes[words++] = hash;
  }

  private void append(int row) {
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, 2 * size);
    }
    rows[size++] = row;
  }
}
