package dev.imago.tokenizers;

/// An end of a text or of a list of tokens.
public enum Side {
  /// Where a text starts.
  LEFT,

  /// Where a text ends.
  RIGHT
}
