package dev.imago.generate;

/// What happens to a request, in order: tokens, then one end.
public sealed interface Event {
  /// One more token. The text of all of them, end to end, is the answer's.
  ///
  /// @param id also the one that ended the answer, whose own text is empty
  /// @param text what this token completes: often a word, empty while a character is unfinished or
  ///   a stop text might be coming
  record Token(int id, String text) implements Event {}

  /// The end; nothing follows.
  ///
  /// @param completionTokens as many as there were [Token]s
  record Done(FinishReason reason, int promptTokens, int completionTokens, Timing timing)
      implements Event {}
}
