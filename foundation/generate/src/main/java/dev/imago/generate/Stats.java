package dev.imago.generate;

/// The engine's state at a moment.
///
/// @param running requests in the batch
/// @param waiting requests in the queue
/// @param prefilledTokens of prompts that were computed, since the engine began
/// @param generatedTokens of answers, since the engine began
/// @param cacheBytes held by keys and values: of running requests, and of what ended ones began
///   with
/// @param spared all that requests were spared, since the engine began
public record Stats(
    int running,
    int waiting,
    long prefilledTokens,
    long generatedTokens,
    long cacheBytes,
    Savings spared) {

  /// What requests were spared together: see [Spared].
  public record Savings(long cachedTokens, long draftedTokens, long acceptedTokens) {
    static final Savings NONE = new Savings(0, 0, 0);

    Savings plus(Spared more) {
      return new Savings(
          cachedTokens + more.cachedTokens(),
          draftedTokens + more.draftedTokens(),
          acceptedTokens + more.acceptedTokens());
    }
  }
}
