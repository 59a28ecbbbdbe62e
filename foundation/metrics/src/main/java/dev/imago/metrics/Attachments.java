package dev.imago.metrics;

import java.util.List;

/// How well dependency trees were told, word by word: the shares of the words whose head was told
/// rightly (UAS), and whose head and relation were (LAS). Buchholz & Marsi 2006, W06-2920.
///
/// @param words how many were compared
/// @param heads of them with the right head
/// @param labelled of them with the right head and relation
public record Attachments(long words, long heads, long labelled) {
  /// A word's head and relation.
  ///
  /// @param head the place of another word from 1; 0 of the root
  /// @param relation such as `nsubj`
  public record Arc(int head, String relation) {}

  /// @param gold arcs of each sentence
  /// @param predicted as many
  /// @param subtypes whether what stands behind a relation's colon counts (`nsubj:pass`); CoNLL's
  ///   tasks on Universal Dependencies leave it out
  /// @throws IllegalArgumentException where a sentence has another number of words on the other
  ///   side
  public static Attachments of(List<List<Arc>> gold, List<List<Arc>> predicted, boolean subtypes) {
    if (gold.isEmpty() || gold.size() != predicted.size()) {
      throw new IllegalArgumentException(
          "%,d sentences and %,d predictions are not as many, or none; give one for each"
              .formatted(gold.size(), predicted.size()));
    }
    long words = 0;
    long heads = 0;
    long labelled = 0;
    for (int i = 0; i < gold.size(); i++) {
      List<Arc> is = gold.get(i);
      List<Arc> told = predicted.get(i);
      if (is.size() != told.size()) {
        throw new IllegalArgumentException(
            "sentence %,d has %d words and %d predicted arcs; give one for each word"
                .formatted(i + 1, is.size(), told.size()));
      }
      for (int w = 0; w < is.size(); w++) {
        boolean head = is.get(w).head == told.get(w).head;
        boolean same = relation(is.get(w), subtypes).equals(relation(told.get(w), subtypes));
        words++;
        heads += head ? 1 : 0;
        labelled += head && same ? 1 : 0;
      }
    }
    return new Attachments(words, heads, labelled);
  }

  private static String relation(Arc arc, boolean subtypes) {
    int colon = arc.relation.indexOf(':');
    return subtypes || colon < 0 ? arc.relation : arc.relation.substring(0, colon);
  }

  /// The share of the words with the right head.
  public double unlabelled() {
    return (double) heads / words;
  }

  /// The share of the words with the right head and relation.
  public double labelledShare() {
    return (double) labelled / words;
  }
}
