package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Split;
import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.RankedScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// Held-out anchors that ask for their positives, among all texts that there are: held-out ones,
/// their negatives, and those of training.
///
/// @param anchors each once
/// @param texts each once
/// @param wanted of each anchor the places of its positives
record HeldOutSearch(List<String> anchors, List<String> texts, List<Set<Integer>> wanted) {
  /// Texts to search among: more make it harder, and slower.
  private static final int MOST_TEXTS = 20_000;

  static final List<String> MEASURES = List.of("ndcg@10", "mrr@10", "recall@1", "recall@10");

  static HeldOutSearch read(Path labels) {
    var texts = new LinkedHashMap<String, Integer>();
    var wanted = new LinkedHashMap<String, Set<Integer>>();
    for (Example example : Examples.read(labels, Split.HELDOUT)) {
      int place = place(texts, example.completion());
      wanted.computeIfAbsent(example.prompt(), _ -> new LinkedHashSet<>()).add(place);
      if (!example.rejected().isEmpty()) {
        place(texts, example.rejected());
      }
    }
    for (Example example : Examples.read(labels, Split.TRAIN)) {
      if (texts.size() < MOST_TEXTS) {
        place(texts, example.completion());
      }
    }
    return new HeldOutSearch(
        List.copyOf(wanted.keySet()), List.copyOf(texts.keySet()), List.copyOf(wanted.values()));
  }

  private static int place(Map<String, Integer> texts, String text) {
    int next = texts.size();
    Integer before = texts.putIfAbsent(text, next);
    return before == null ? next : before;
  }

  /// What TF-IDF finds: [anchors, texts].
  double[][] byWords() {
    var index = new Retrieval(texts);
    return anchors.stream().map(index::similarities).toArray(double[][]::new);
  }

  /// Adds what a system finds to a report.
  ///
  /// @param scores [anchors, texts]
  void add(Report report, String name, double[][] scores) {
    int n = scores.length;
    var of = new double[MEASURES.size()][n];
    for (int q = 0; q < n; q++) {
      RankedScores ranked = ranked(name, scores[q], wanted.get(q));
      of[0][q] = 100 * ranked.ndcg(10);
      of[1][q] = 100 * ranked.reciprocalRank(10);
      of[2][q] = 100 * ranked.recall(1);
      of[3][q] = 100 * ranked.recall(10);
    }
    for (int i = 0; i < MEASURES.size(); i++) {
      report.measure(MEASURES.get(i) + "." + name, "0–100", n, Bootstrap.mean(of[i]));
    }
  }

  private static RankedScores ranked(String name, double[] scores, Set<Integer> wanted) {
    try {
      return RankedScores.of(scores, wanted);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s cannot be measured: %s; its weights are broken, train it again"
              .formatted(name, e.getMessage()),
          e);
    }
  }

  /// What each system finds first, a line of JSON for each of the first anchors.
  List<String> samples(int most, Map<String, double[][]> systems) {
    var lines = new ArrayList<String>();
    for (int q = 0; q < Math.min(most, anchors.size()); q++) {
      var line = JsonMapper.shared().createObjectNode();
      line.put("anchor", anchors.get(q));
      line.put("positive", texts.get(wanted.get(q).iterator().next()));
      for (Map.Entry<String, double[][]> system : systems.entrySet()) {
        double[] scores = system.getValue()[q];
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
          best = scores[i] > scores[best] ? i : best;
        }
        line.put(system.getKey(), texts.get(best));
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
