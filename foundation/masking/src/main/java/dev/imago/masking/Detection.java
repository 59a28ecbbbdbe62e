package dev.imago.masking;

/// A stretch of a text that is of a kind.
///
/// @param start its first character (UTF-16), from 0
/// @param end the first one after it
public record Detection(PersonalKind kind, int start, int end) {
  public Detection {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("no stretch: %d … %d".formatted(start, end));
    }
  }
}
