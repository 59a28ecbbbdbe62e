package dev.imago.tasks.classification;

/// A text and its class.
///
/// @param id stable and unique in its labels
/// @param label the class's name
/// @param source the file that it came from
public record ClassifiedText(String id, String text, String label, String source) {
  public ClassifiedText {
    if (text == null || label == null) {
      throw new IllegalArgumentException("text or label is missing");
    }
  }
}
