package dev.imago.annotation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a new version of a task does to the work on the old one: added labels keep it all, renamed
/// ones carry it over, removed ones take theirs with them, which is asked first.
///
/// @param added names
/// @param renamed from the old name to the new
/// @param removed names
public record TaskChange(List<String> added, Map<String, String> renamed, List<String> removed) {
  public TaskChange {
    added = List.copyOf(added);
    renamed = Map.copyOf(renamed);
    removed = List.copyOf(removed);
  }

  public static TaskChange of(AnnotationTask old, AnnotationTask next) {
    Map<String, String> renamed = new HashMap<>();
    List<String> added = new ArrayList<>();
    for (AnnotationTask.Label label : next.labels()) {
      boolean was = !label.was().isEmpty() && old.labelNames().contains(label.was());
      if (was && !old.labelNames().contains(label.name())) {
        renamed.put(label.was(), label.name());
      } else if (!old.labelNames().contains(label.name())) {
        added.add(label.name());
      }
    }
    List<String> removed = new ArrayList<>(old.labelNames());
    removed.removeAll(next.labelNames());
    removed.removeAll(renamed.keySet());
    return new TaskChange(added, renamed, removed);
  }

  /// An answer under the new version.
  public LabelAnswer applied(LabelAnswer answer) {
    return new LabelAnswer(
        answer.labels().stream().map(l -> renamed.getOrDefault(l, l)).toList(),
        answer.spans().stream()
            .map(s -> new MarkedSpan(s.from(), s.to(), renamed.getOrDefault(s.label(), s.label())))
            .toList(),
        answer.relations(),
        answer.text());
  }
}
