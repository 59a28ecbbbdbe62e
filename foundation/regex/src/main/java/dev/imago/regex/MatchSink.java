package dev.imago.regex;

/// Takes the matches of a pattern, from left to right.
@FunctionalInterface
public interface MatchSink {
  /// One match, in UTF-16 units; it may be empty.
  void match(int from, int to);
}
