package dev.imago.vectors;

import java.util.List;

/// A text, words between blanks, and its labels.
public record LabelledLine(String text, List<String> labels) {
  public LabelledLine {
    labels = List.copyOf(labels);
  }
}
