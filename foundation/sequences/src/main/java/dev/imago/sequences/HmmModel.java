package dev.imago.sequences;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A hidden Markov model of the first column: a tag follows a tag, and a word comes of a tag. A
/// word that was not seen comes of a tag as rare words of its shape did. Rabiner 1989; Brants 2000.
/// Immutable.
public final class HmmModel implements SequenceTagger {
  private static final int SUFFIX = 3;

  private final List<String> tags;
  private final double[] first;
  private final double[] steps;
  private final List<String> words;
  private final Map<String, Integer> ids;
  private final double[][] comes;

  /// All are natural logarithms.
  ///
  /// @param first of a sequence's first tag [L]
  /// @param steps [L·L]
  /// @param words and shapes of words
  /// @param comes of each of them, by tag
  HmmModel(
      List<String> tags, double[] first, double[] steps, List<String> words, double[][] comes) {
    this.tags = List.copyOf(tags);
    this.first = first;
    this.steps = steps;
    this.words = words;
    this.comes = comes;
    this.ids = HashMap.newHashMap(words.size());
    for (int id = 0; id < words.size(); id++) {
      ids.put(words.get(id), id);
    }
  }

  /// The shapes of a word, the narrowest first; no word looks like one. The last is of all.
  static List<String> shapes(String word) {
    char kind =
        word.chars().anyMatch(Character::isDigit)
            ? '0'
            : Character.isUpperCase(word.codePointAt(0)) ? 'A' : word.indexOf('-') > 0 ? '-' : 'a';
    String end = word.toLowerCase(Locale.ROOT);
    // By whole characters: half of one is lost in a file.
    int characters = Math.min(SUFFIX, end.codePointCount(0, end.length()));
    end = end.substring(end.offsetByCodePoints(end.length(), -characters));
    return List.of("\t" + kind + end, "\t" + kind, "\t");
  }

  @Override
  public List<String> tags() {
    return tags;
  }

  @Override
  public int columns() {
    return 1;
  }

  @Override
  public TagLattice lattice(List<List<String>> rows) {
    double[][] scores = new double[rows.size()][];
    for (int t = 0; t < scores.length; t++) {
      scores[t] = comes[id(rows.get(t).getFirst())].clone();
      for (int tag = 0; tag < tags.size() && t == 0; tag++) {
        scores[t][tag] += first[tag];
      }
    }
    return new TagLattice(scores, steps, tags.size());
  }

  private int id(String word) {
    Integer id = ids.get(word);
    if (id == null && !word.isEmpty()) {
      for (String shape : shapes(word)) {
        id = id == null ? ids.get(shape) : id;
      }
    }
    return id == null ? ids.getOrDefault("\t", 0) : id;
  }

  /// ln p of the words of a sequence.
  public double logProbability(List<List<String>> rows) {
    return rows.isEmpty() ? 0 : lattice(rows).marginals().logSum();
  }

  double[] first() {
    return first;
  }

  double[] steps() {
    return steps;
  }

  List<String> words() {
    return words;
  }

  double[][] comes() {
    return comes;
  }
}
