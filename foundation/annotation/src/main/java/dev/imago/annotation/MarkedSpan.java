package dev.imago.annotation;

/// A stretch of a text that somebody marked.
///
/// @param from its first character, in code points
/// @param to one past its last
public record MarkedSpan(int from, int to, String label) {
  /// A relation between two spans of one answer.
  ///
  /// @param head the place of the span that it goes out from, among the answer's spans
  /// @param tail the place of the span that it leads to
  public record Relation(int head, int tail, String label) {}
}
