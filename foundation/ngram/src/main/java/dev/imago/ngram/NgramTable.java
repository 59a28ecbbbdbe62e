package dev.imago.ngram;

import java.lang.foreign.MemorySegment;

/// Finds n-grams in a mapped file, by whatever structure it has.
abstract sealed class NgramTable permits TrieTable, HashTable {
  final MemorySegment file;
  final NgramLayout layout;
  final int order;
  private final long wordsAt;

  NgramTable(MemorySegment file, NgramLayout layout) {
    this.file = file;
    this.layout = layout;
    this.order = layout.order();
    this.wordsAt = layout.levelAt(1);
  }

  static NgramTable of(MemorySegment file, NgramLayout layout) {
    return switch (layout.form().structure()) {
      case TRIE ->
          layout.form().isQuantized() ? new PackedTrie(file, layout) : new PlainTrie(file, layout);
      case HASH -> new HashTable(file, layout);
    };
  }

  final boolean isWord(int id) {
    return id >= 0 && id < layout.words();
  }

  final float wordP(int id) {
    return file.get(NgramLayout.F32, wordsAt + (long) id * NgramLayout.WORD_STRIDE);
  }

  final float wordWeight(int id) {
    return file.get(NgramLayout.F32, wordsAt + (long) id * NgramLayout.WORD_STRIDE + 4);
  }

  /// Looks for the n-grams that end with ids[at], ever longer.
  ///
  /// @param from no word before it is looked at
  /// @param found gets at `to` log₁₀ p of the longest that is there, and at `to` + n the back-off
  ///   of the one of n words, 1 … N − 1; only what is found is written
  /// @return how many words the longest has; 0 where ids[at] is no word, and nothing is written
  abstract int find(int[] ids, int from, int at, float[] found, int to);

  /// The same for ids[at] … ids[at + count − 1], each where the words from `from` on are before it.
  ///
  /// @param found `count` times N numbers
  /// @param lengths of the longest of each
  void findAll(int[] ids, int from, int at, int count, float[] found, int[] lengths) {
    for (int i = 0; i < count; i++) {
      lengths[i] = find(ids, from, at + i, found, i * order);
    }
  }
}
