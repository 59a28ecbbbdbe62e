package dev.imago.suites;

/// What a model answers.
public sealed interface ModelReply {
  /// @param logProbability ln p of the continuation
  /// @param greedy whether each of its tokens was the likeliest
  /// @param tokens of the continuation
  record Likelihood(double logProbability, boolean greedy, int tokens) implements ModelReply {}

  /// @param logProbability ln p of the whole text
  record Total(double logProbability, int tokens) implements ModelReply {}

  /// @param text up to the stop, without it
  record Text(String text, int tokens) implements ModelReply {}
}
