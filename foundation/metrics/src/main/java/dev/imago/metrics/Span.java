package dev.imago.metrics;

/// A stretch of words of one type.
///
/// @param from its first word
/// @param to one past its last
public record Span(String type, int from, int to) {
  /// The tag of a word that is in no span.
  public static final String OUTSIDE = "O";

  /// The type that a tag such as `B-PER` has; empty for `O`.
  public static String type(String tag) {
    return tag.indexOf('-') == 1 ? tag.substring(2) : "";
  }
}
