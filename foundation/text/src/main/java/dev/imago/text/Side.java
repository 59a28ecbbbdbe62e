package dev.imago.text;

/// An end of a text or of a list of tokens.
public enum Side {
  /// Where a text starts.
  LEFT,

  /// Where a text ends.
  RIGHT
}
