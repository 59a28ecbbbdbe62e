package dev.imago.annotation;

import java.util.List;

/// What somebody answered of an item. Which part is filled is the task's.
///
/// @param labels the choice; all of several choices; the point of a scale; a ranking, the best
///   first
/// @param spans in the order in which they were marked
/// @param relations between them
/// @param text that was written: free, a correction, a translation; empty where there is none
public record LabelAnswer(
    List<String> labels, List<MarkedSpan> spans, List<MarkedSpan.Relation> relations, String text) {
  /// Nothing.
  public static final LabelAnswer NONE = new LabelAnswer(List.of(), List.of(), List.of(), "");

  public LabelAnswer {
    labels = List.copyOf(labels);
    spans = List.copyOf(spans);
    relations = List.copyOf(relations);
    for (MarkedSpan.Relation relation : relations) {
      if (Math.min(relation.head(), relation.tail()) < 0
          || Math.max(relation.head(), relation.tail()) >= spans.size()) {
        throw new IllegalArgumentException(
            "the relation «%s» leads from span %d to span %d, and there are %d"
                .formatted(relation.label(), relation.head(), relation.tail(), spans.size()));
      }
    }
  }

  public static LabelAnswer ofLabels(List<String> labels) {
    return new LabelAnswer(labels, List.of(), List.of(), "");
  }

  public static LabelAnswer ofSpans(List<MarkedSpan> spans) {
    return new LabelAnswer(List.of(), spans, List.of(), "");
  }

  public static LabelAnswer ofText(String text) {
    return new LabelAnswer(List.of(), List.of(), List.of(), text);
  }

  public boolean isEmpty() {
    return equals(NONE);
  }
}
