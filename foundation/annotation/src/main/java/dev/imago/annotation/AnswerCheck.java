package dev.imago.annotation;

import dev.imago.core.Nearest;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Whether an answer is one to a task's question of an item.
public final class AnswerCheck {
  /// Each is compared with each.
  private static final int MOST_SPANS = 10_000;

  private AnswerCheck() {}

  /// What is wrong, in plain words; empty where nothing is.
  public static Optional<String> fault(
      AnnotationTask task, AnnotatedItem item, LabelAnswer answer) {
    return Optional.ofNullable(
        switch (task.kind()) {
          case CHOICE, SCALE ->
              answer.labels().size() != 1
                  ? "one label is asked for"
                  : unknown(task, answer.labels());
          case SEVERAL ->
              new HashSet<>(answer.labels()).size() < answer.labels().size()
                  ? "a label stands twice"
                  : unknown(task, answer.labels());
          case SPANS -> spans(task, item, answer);
          case ANSWER_SPAN ->
              answer.spans().size() > 1
                  ? "one stretch is asked for, and %d are marked".formatted(answer.spans().size())
                  : boundaries(item, answer.spans());
          case TEXT, CORRECTION, TRANSLATION ->
              answer.text().isBlank() ? "a text is asked for" : null;
          case COMPARISON, RANKING -> ranking(task, item, answer);
        });
  }

  private static @Nullable String unknown(AnnotationTask task, List<String> labels) {
    for (String label : labels) {
      if (!task.labelNames().contains(label)) {
        return "«%s» is no label of this task%s"
            .formatted(SpanReading.brief(label), Nearest.hint(label, task.labelNames()));
      }
    }
    return null;
  }

  private static @Nullable String spans(
      AnnotationTask task, AnnotatedItem item, LabelAnswer answer) {
    if (answer.spans().size() > MOST_SPANS) {
      return "%,d spans are marked, and %,d are the most"
          .formatted(answer.spans().size(), MOST_SPANS);
    }
    String unknown = unknown(task, answer.spans().stream().map(MarkedSpan::label).toList());
    if (unknown != null) {
      return unknown;
    }
    for (MarkedSpan.Relation relation : answer.relations()) {
      if (!task.relations().contains(relation.label())) {
        return "«%s» is no relation of this task".formatted(SpanReading.brief(relation.label()));
      }
    }
    Set<MarkedSpan> seen = new HashSet<>();
    for (MarkedSpan span : answer.spans()) {
      if (!seen.add(span)) {
        return "the span %d … %d is marked twice as %s"
            .formatted(span.from(), span.to(), span.label());
      }
      for (MarkedSpan other : answer.spans()) {
        if (!task.nested()
            && other != span
            && span.from() < other.to()
            && other.from() < span.to()) {
          return "the spans %d … %d and %d … %d overlap, and the task says nested: false"
              .formatted(span.from(), span.to(), other.from(), other.to());
        }
      }
    }
    return boundaries(item, answer.spans());
  }

  private static @Nullable String boundaries(AnnotatedItem item, List<MarkedSpan> spans) {
    if (spans.isEmpty()) {
      return null;
    }
    var positions = new Positions(item.text());
    for (MarkedSpan span : spans) {
      if (span.from() < 0 || span.to() > positions.length() || span.from() >= span.to()) {
        return "the span %d … %d is not within a text of %d characters"
            .formatted(span.from(), span.to(), positions.length());
      }
      if (!positions.isBoundary(span.from()) || !positions.isBoundary(span.to())) {
        int[] whole = positions.widened(span.from(), span.to());
        return "the span %d … %d cuts a character in two; %d … %d holds it whole"
            .formatted(span.from(), span.to(), whole[0], whole[1]);
      }
    }
    return null;
  }

  private static @Nullable String ranking(
      AnnotationTask task, AnnotatedItem item, LabelAnswer answer) {
    JsonNode answers = item.fields().path("answers");
    int n = answers.size();
    List<String> places = answer.labels();
    if (task.kind() == TaskKind.COMPARISON && places.equals(List.of("="))) {
      return null;
    }
    int wanted = task.kind() == TaskKind.COMPARISON ? 1 : n;
    Set<String> seen = new HashSet<>();
    for (String place : places) {
      boolean known = place.matches("[1-9]\\d?") && Integer.parseInt(place) <= n;
      if (!known || !seen.add(place)) {
        return "«%s» is not the place of one of %d answers, named once"
            .formatted(SpanReading.brief(place), n);
      }
    }
    return places.size() == wanted
        ? null
        : "%d of %d answers are placed; place %d".formatted(places.size(), n, wanted);
  }
}
