package dev.imago.model;

/// Whose names and orders a file keeps to.
public enum Form {
  HUGGING_FACE,
  GGUF
}
