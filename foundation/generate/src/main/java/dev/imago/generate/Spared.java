package dev.imago.generate;

/// What a request was spared.
///
/// @param cachedTokens of its prompt, whose keys and values were there
/// @param draftedTokens that were guessed before the model was asked
/// @param acceptedTokens those of them that were right, each a step less
public record Spared(int cachedTokens, int draftedTokens, int acceptedTokens) {
  static final Spared NOTHING = new Spared(0, 0, 0);
}
