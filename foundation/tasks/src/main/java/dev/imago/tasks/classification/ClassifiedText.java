package dev.imago.tasks.classification;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;

/// A text, or two, and its class.
///
/// @param id stable and unique in its labels
/// @param label the class's name
/// @param source the file that it came from
/// @param pair the second of two texts; empty where there is one
public record ClassifiedText(
    String id,
    String text,
    String label,
    String source,
    @JsonInclude(Include.NON_EMPTY) String pair)
    implements TextExample {
  public ClassifiedText {
    if (text == null || label == null) {
      throw new IllegalArgumentException("text or label is missing");
    }
    pair = pair == null ? "" : pair;
  }

  /// Of one text.
  public ClassifiedText(String id, String text, String label, String source) {
    this(id, text, label, source, "");
  }
}
