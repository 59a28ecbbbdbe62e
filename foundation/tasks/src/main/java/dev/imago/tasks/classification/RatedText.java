package dev.imago.tasks.classification;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;

/// A text, or two, and a number.
///
/// @param id stable and unique in its labels
/// @param source the file that it came from
/// @param pair the second of two texts; empty where there is one
public record RatedText(
    String id,
    String text,
    double value,
    String source,
    @JsonInclude(Include.NON_EMPTY) String pair)
    implements TextExample {
  public RatedText {
    if (text == null || !Double.isFinite(value)) {
      throw new IllegalArgumentException("text is missing, or the number is none");
    }
    pair = pair == null ? "" : pair;
  }
}
