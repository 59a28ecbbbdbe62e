package dev.imago.vectors;

/// What a word of a text is.
public enum VectorUnit {
  /// What stands between blanks.
  WORDS,
  /// Each character.
  CHARACTERS,
  /// Words of Chinese, cut by a dictionary.
  CHINESE_WORDS
}
