package dev.imago.vectors;

import java.util.Arrays;
import java.util.List;

/// The words of a model, the frequent ones first, and after them its labels. Immutable.
public final class VectorVocabulary {
  private final List<String> entries;
  private final long[] counts;
  private final int words;
  private final long tokens;

  /// By the hash of an entry, its number + 1; 0 where there is none, and what finds its slot taken
  /// is in the next one that is free.
  private final int[] slots;

  /// @param entries words, then labels
  /// @param tokens of the text, those of rare words too
  VectorVocabulary(List<String> entries, long[] counts, int words, long tokens) {
    this.entries = List.copyOf(entries);
    this.counts = counts.clone();
    this.words = words;
    this.tokens = tokens;
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(8, entries.size()));
    this.slots = new int[1 << Math.min(30, bits + 1)];
    for (int id = 0; id < entries.size(); id++) {
      String entry = entries.get(id);
      int slot = slot(entry, 0, entry.length(), Subwords.hash(entry));
      if (slots[slot] == 0) {
        slots[slot] = id + 1;
      }
    }
  }

  /// Where an entry is, or would be.
  private int slot(String text, int from, int to, int hash) {
    int mask = slots.length - 1;
    int slot = (hash * 0x9E3779B1) >>> Integer.numberOfLeadingZeros(mask);
    while (slots[slot] != 0) {
      String there = entries.get(slots[slot] - 1);
      if (there.length() == to - from && there.regionMatches(0, text, from, to - from)) {
        break;
      }
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /// How many words there are.
  public int words() {
    return words;
  }

  /// How many labels there are.
  public int labels() {
    return entries.size() - words;
  }

  public String word(int id) {
    return entries.get(id);
  }

  public String label(int id) {
    return entries.get(words + id);
  }

  /// The number of a word; −1 of one that is not there.
  public int id(String word) {
    int id = entry(word);
    return id < words ? id : -1;
  }

  /// The number of a label, with its prefix; −1 of one that is not there.
  public int labelId(String label) {
    int id = entry(label);
    return id < words ? -1 : id - words;
  }

  /// A word's or label's number, labels after the words.
  int entry(String entry) {
    return entry(entry, 0, entry.length(), Subwords.hash(entry));
  }

  /// That of a part of a text.
  ///
  /// @param hash of that part
  int entry(String text, int from, int to, int hash) {
    return slots[slot(text, from, to, hash)] - 1;
  }

  public long count(int id) {
    return counts[id];
  }

  public long labelCount(int id) {
    return counts[words + id];
  }

  /// Tokens of the text, those of rare words too.
  public long tokens() {
    return tokens;
  }

  /// What tells this vocabulary, and so its text, from another.
  List<Number> fingerprint() {
    return List.of(words, tokens, entries.hashCode(), Arrays.hashCode(counts));
  }

  long[] wordCounts() {
    return Arrays.copyOf(counts, words);
  }

  long[] labelCounts() {
    return Arrays.copyOfRange(counts, words, counts.length);
  }

  public List<String> wordList() {
    return entries.subList(0, words);
  }

  public List<String> labelList() {
    return entries.subList(words, entries.size());
  }
}
