package dev.imago.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// How well spans were found: one is right where its type and both its ends are. Precision, recall
/// and F1 are conlleval's and seqeval's, by the scheme.
public final class EntityScores {
  /// Of each sentence, by type.
  private final List<Map<String, Counts>> sentences;

  private final long[] words;
  private final long[] rightWords;

  private EntityScores(List<Map<String, Counts>> sentences, long[] words, long[] rightWords) {
    this.sentences = sentences;
    this.words = words;
    this.rightWords = rightWords;
  }

  /// @param scheme how the tags tell spans
  /// @param gold tags of each sentence
  /// @param predicted as many
  /// @throws IllegalArgumentException where a sentence has another number of tags on the other
  ///   side, or a tag does not fit the scheme
  public static EntityScores of(
      SpanScheme scheme, List<List<String>> gold, List<List<String>> predicted) {
    if (gold.size() != predicted.size()) {
      throw new IllegalArgumentException(
          "%,d sentences and %,d predictions are not as many; give one for each"
              .formatted(gold.size(), predicted.size()));
    }
    var sentences = new ArrayList<Map<String, Counts>>(gold.size());
    long[] words = new long[gold.size()];
    long[] rightWords = new long[gold.size()];
    for (int i = 0; i < words.length; i++) {
      List<String> is = gold.get(i);
      List<String> told = predicted.get(i);
      if (is.size() != told.size()) {
        throw new IllegalArgumentException(
            "sentence %,d has %d words and %d predicted tags; give one for each word"
                .formatted(i + 1, is.size(), told.size()));
      }
      sentences.add(counts(scheme.spans(is), scheme.spans(told)));
      words[i] = is.size();
      for (int w = 0; w < is.size(); w++) {
        rightWords[i] += is.get(w).equals(told.get(w)) ? 1 : 0;
      }
    }
    return new EntityScores(sentences, words, rightWords);
  }

  private static Map<String, Counts> counts(List<Span> gold, List<Span> predicted) {
    Set<Span> there = new HashSet<>(gold);
    Set<Span> told = new HashSet<>(predicted);
    Map<String, Counts> counts = new TreeMap<>();
    there.forEach(s -> counts.computeIfAbsent(s.type(), _ -> new Counts()).gold(told.contains(s)));
    told.forEach(s -> counts.computeIfAbsent(s.type(), _ -> new Counts()).told());
    return counts;
  }

  /// The scores of some sentences, by their places, repeats counted.
  public EntityScores drawn(int[] places) {
    return new EntityScores(
        Arrays.stream(places).mapToObj(sentences::get).toList(),
        Arrays.stream(places).mapToLong(i -> words[i]).toArray(),
        Arrays.stream(places).mapToLong(i -> rightWords[i]).toArray());
  }

  /// By type, over all sentences.
  public Map<String, Counts> byType() {
    Map<String, Counts> all = new TreeMap<>();
    for (Map<String, Counts> sentence : sentences) {
      sentence.forEach((type, c) -> all.computeIfAbsent(type, _ -> new Counts()).add(c));
    }
    return all;
  }

  public double precision(Average average) {
    return average.of(counts(average), Counts::precision);
  }

  public double recall(Average average) {
    return average.of(counts(average), Counts::recall);
  }

  public double f1(Average average) {
    return average.of(counts(average), Counts::f1);
  }

  private List<Counts> counts(Average average) {
    return average == Average.MICRO
        ? sentences.stream().flatMap(s -> s.values().stream()).toList()
        : List.copyOf(byType().values());
  }

  /// The share of words whose tag was told right.
  public double tagAccuracy() {
    return (double) Arrays.stream(rightWords).sum() / Arrays.stream(words).sum();
  }
}
