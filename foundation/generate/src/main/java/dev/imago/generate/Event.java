package dev.imago.generate;

import org.jspecify.annotations.Nullable;

/// What happens to a request, in order: the prompt's tokens where they are told, tokens, one end.
public sealed interface Event {
  /// One of the prompt's tokens, where [Told#prompt] asks for them; they come in order, before the
  /// answer's first.
  ///
  /// @param probabilities after all tokens before it; null for the first, which follows nothing
  record PromptToken(int id, @Nullable LogProbabilities probabilities) implements Event {}

  /// One more token. The text of all of them, end to end, is the answer's.
  ///
  /// @param id also the one that ended the answer, whose own text is empty
  /// @param text what this token completes: often a word, empty while a character is unfinished or
  ///   a stop text might be coming
  /// @param probabilities null where [Told] asks for none
  record Token(int id, String text, @Nullable LogProbabilities probabilities) implements Event {
    /// One whose probability is not told.
    public Token(int id, String text) {
      this(id, text, null);
    }
  }

  /// The end; nothing follows.
  ///
  /// @param completionTokens as many as there were [Token]s
  /// @param stop the stop text that ended it; null where none did
  record Done(
      FinishReason reason,
      int promptTokens,
      int completionTokens,
      Timing timing,
      Spared spared,
      @Nullable String stop)
      implements Event {
    /// One that was spared nothing.
    public Done(FinishReason reason, int promptTokens, int completionTokens, Timing timing) {
      this(reason, promptTokens, completionTokens, timing, Spared.NOTHING, null);
    }
  }
}
