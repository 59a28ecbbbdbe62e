package dev.imago.annotation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What is asked of an item.
public enum TaskKind {
  /// One label.
  CHOICE,
  /// Any number of labels.
  SEVERAL,
  /// One label of an order.
  SCALE,
  /// Stretches of the text, nested and overlapping ones too where the task allows it, with
  /// relations between them.
  SPANS,
  /// A text of one's own.
  TEXT,
  /// An answer made better.
  CORRECTION,
  /// Which of two answers is better.
  COMPARISON,
  /// Answers in order, the best first.
  RANKING,
  /// The stretch of the text that answers the question.
  ANSWER_SPAN,
  /// The text in another language.
  TRANSLATION;

  /// By its name in files, such as `answer-span`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static List<String> names() {
    return Arrays.stream(values()).map(TaskKind::label).toList();
  }

  /// Whether the task declares its labels.
  public boolean hasLabels() {
    return this == CHOICE || this == SEVERAL || this == SCALE || this == SPANS;
  }

  /// Whether an item has answers to compare.
  public boolean compares() {
    return this == COMPARISON || this == RANKING;
  }
}
