package dev.imago.ngram;

/// What the words of a model are. A model only keeps it, so that whoever asks cuts text alike.
public enum NgramUnit {
  /// What stands between blanks.
  WORDS,

  /// Code points, a blank as `▁` (U+2581).
  CHARACTERS,

  /// What stands between blanks, and of Chinese the words that a segmenter finds.
  CHINESE_WORDS,

  /// Ids of a tokenizer, as decimal numbers.
  IDS
}
