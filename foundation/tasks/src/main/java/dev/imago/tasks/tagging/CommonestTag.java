package dev.imago.tasks.tagging;

import dev.imago.metrics.Span;
import dev.imago.tasks.LabelTask.Baseline;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The tag that a word had most often in training; `O` for a word that was not there. A word that
/// was not there gets the commonest tag of all, where no tag is `O`.
final class CommonestTag implements Baseline<TaggedWords> {
  private final Map<String, String> tags = new HashMap<>();

  private final String otherwise;

  CommonestTag(List<TaggedWords> train, boolean plain) {
    Map<String, Long> all = new TreeMap<>();
    train.forEach(s -> s.tags().forEach(tag -> all.merge(tag, 1L, Long::sum)));
    otherwise =
        plain
            ? all.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(Span.OUTSIDE)
            : Span.OUTSIDE;
    Map<String, Map<String, Integer>> counts = new HashMap<>();
    for (TaggedWords sentence : train) {
      for (int i = 0; i < sentence.words().size(); i++) {
        counts
            .computeIfAbsent(sentence.words().get(i), _ -> new TreeMap<>())
            .merge(sentence.tags().get(i), 1, Integer::sum);
      }
    }
    counts.forEach(
        (word, of) -> {
          String best = Span.OUTSIDE;
          int most = 0;
          for (Map.Entry<String, Integer> entry : of.entrySet()) {
            if (entry.getValue() > most) {
              most = entry.getValue();
              best = entry.getKey();
            }
          }
          tags.put(word, best);
        });
  }

  @Override
  public String name() {
    return "commonest-tag";
  }

  @Override
  public List<String> predict(TaggedWords example) {
    return example.words().stream().map(w -> tags.getOrDefault(w, otherwise)).toList();
  }
}
