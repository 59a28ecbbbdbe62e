package dev.imago.tasks.tagging;

import dev.imago.tasks.Counts;
import dev.imago.tasks.Measure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// How well spans were found, as conlleval counts (Tjong Kim Sang & De Meulder 2003, W03-0419): a
/// span is right where its type and both its ends are; precision and recall are over all spans of
/// all sentences.
final class SpanScores {
  /// Of each sentence, by type.
  private final List<Map<String, Counts>> sentences = new ArrayList<>();

  private final double[] words;
  private final double[] rightWords;

  SpanScores(List<List<String>> gold, List<List<String>> predicted) {
    words = new double[gold.size()];
    rightWords = new double[gold.size()];
    for (int i = 0; i < gold.size(); i++) {
      List<String> is = gold.get(i);
      List<String> told = predicted.get(i);
      sentences.add(counts(is, told));
      words[i] = is.size();
      for (int w = 0; w < is.size(); w++) {
        rightWords[i] += is.get(w).equals(told.get(w)) ? 1 : 0;
      }
    }
  }

  private static Map<String, Counts> counts(List<String> gold, List<String> predicted) {
    Set<Span> there = new HashSet<>(Span.of(gold));
    Set<Span> told = new HashSet<>(Span.of(predicted));
    Map<String, Counts> counts = new TreeMap<>();
    there.forEach(s -> counts.computeIfAbsent(s.type(), _ -> new Counts()).gold(told.contains(s)));
    told.forEach(s -> counts.computeIfAbsent(s.type(), _ -> new Counts()).told());
    return counts;
  }

  List<Measure> measures() {
    return List.of(
        new Measure("entity-f1", false, units -> sum(units).f1()),
        new Measure("entity-precision", false, units -> sum(units).precision()),
        new Measure("entity-recall", false, units -> sum(units).recall()),
        new Measure("tag-accuracy", false, this::accuracy));
  }

  /// By type, over all sentences.
  Map<String, Counts> byType() {
    Map<String, Counts> all = new TreeMap<>();
    for (Map<String, Counts> sentence : sentences) {
      sentence.forEach((type, c) -> all.computeIfAbsent(type, _ -> new Counts()).add(c));
    }
    return all;
  }

  private Counts sum(int[] units) {
    var sum = new Counts();
    for (int unit : units) {
      sentences.get(unit).values().forEach(sum::add);
    }
    return sum;
  }

  private double accuracy(int[] units) {
    double all = 0;
    double right = 0;
    for (int unit : units) {
      all += words[unit];
      right += rightWords[unit];
    }
    return right / all;
  }
}
