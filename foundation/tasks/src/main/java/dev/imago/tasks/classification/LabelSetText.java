package dev.imago.tasks.classification;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;

/// A text, or two, and the labels that are there: any number, none too.
///
/// @param id stable and unique in its labels
/// @param source the file that it came from
/// @param pair the second of two texts; empty where there is one
public record LabelSetText(
    String id,
    String text,
    List<String> labels,
    String source,
    @JsonInclude(Include.NON_EMPTY) String pair)
    implements TextExample {
  public LabelSetText {
    if (text == null || labels == null) {
      throw new IllegalArgumentException("text or labels are missing");
    }
    labels = List.copyOf(labels);
    pair = pair == null ? "" : pair;
  }
}
