package dev.imago.tasks.parsing;

import dev.imago.metrics.Attachments;
import dev.imago.metrics.Attachments.Arc;
import dev.imago.metrics.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How well trees were told, sentence by sentence, so that any of them can be counted together.
final class AttachmentScores {
  private final List<List<String>> gold;
  private final List<List<String>> predicted;
  private final List<Attachments> sentences = new ArrayList<>();

  /// @param gold labels of each sentence, as [Parsing] has them
  /// @param predicted as many
  AttachmentScores(List<List<String>> gold, List<List<String>> predicted) {
    this.gold = gold;
    this.predicted = predicted;
    for (int i = 0; i < gold.size(); i++) {
      sentences.add(
          Attachments.of(List.of(arcs(gold.get(i))), List.of(arcs(predicted.get(i))), false));
    }
  }

  private static List<Arc> arcs(List<String> labels) {
    return labels.stream().map(Parsing::arc).toList();
  }

  /// LAS of some sentences.
  double labelled(int[] units) {
    return sum(units).labelledShare();
  }

  /// UAS of some sentences.
  double heads(int[] units) {
    return sum(units).unlabelled();
  }

  private Attachments sum(int[] units) {
    long words = 0;
    long heads = 0;
    long labelled = 0;
    for (int unit : units) {
      Attachments one = sentences.get(unit);
      words += one.words();
      heads += one.heads();
      labelled += one.labelled();
    }
    return new Attachments(words, heads, labelled);
  }

  /// Right where the head is, too.
  Map<String, Counts> byRelation() {
    Map<String, Counts> counts = new TreeMap<>();
    for (int i = 0; i < gold.size(); i++) {
      for (int w = 0; w < gold.get(i).size(); w++) {
        String is = gold.get(i).get(w);
        String told = predicted.get(i).get(w);
        counts.computeIfAbsent(Parsing.arc(is).relation(), _ -> new Counts()).gold(is.equals(told));
        counts.computeIfAbsent(Parsing.arc(told).relation(), _ -> new Counts()).told();
      }
    }
    return counts;
  }
}
