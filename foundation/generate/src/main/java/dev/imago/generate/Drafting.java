package dev.imago.generate;

/// How a request's next tokens are guessed, for the model to check them all in one step: what it
/// gives is the same with every guess and with none, to the bit.
///
/// What is checked is what the request would have drawn itself, so nothing of the distribution
/// changes. Leviathan et al. 2023, arXiv:2211.17192, accept more of the guesses of a draft model
/// where temperatures are high, and give other answers for the same seed.
///
/// @param tokens the most that are guessed at a time
public record Drafting(Source source, int tokens) {
  /// Nothing is guessed.
  public static final Drafting NONE = new Drafting(Source.NONE, 0);

  /// Who guesses.
  public enum Source {
    /// Nobody.
    NONE,
    /// What followed the same tokens before, in prompt or answer.
    LOOKUP,
    /// The engine's draft model: see [Engine].
    MODEL
  }

  public Drafting {
    SamplingBounds.within("draftTokens", tokens, source == Source.NONE ? 0 : 1, 64);
  }

  /// By what was said before.
  public static Drafting lookup(int tokens) {
    return new Drafting(Source.LOOKUP, tokens);
  }

  /// By a smaller model.
  public static Drafting model(int tokens) {
    return new Drafting(Source.MODEL, tokens);
  }
}
