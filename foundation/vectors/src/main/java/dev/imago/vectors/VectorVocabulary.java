package dev.imago.vectors;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The words of a model, the frequent ones first, and after them its labels. Immutable.
public final class VectorVocabulary {
  private final List<String> entries;
  private final long[] counts;
  private final int words;
  private final long tokens;
  private final Map<String, Integer> ids;

  /// @param entries words, then labels
  /// @param tokens of the text, those of rare words too
  VectorVocabulary(List<String> entries, long[] counts, int words, long tokens) {
    this.entries = List.copyOf(entries);
    this.counts = counts.clone();
    this.words = words;
    this.tokens = tokens;
    this.ids = HashMap.newHashMap(entries.size());
    for (int id = 0; id < entries.size(); id++) {
      ids.putIfAbsent(entries.get(id), id);
    }
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
    return ids.getOrDefault(entry, -1);
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
