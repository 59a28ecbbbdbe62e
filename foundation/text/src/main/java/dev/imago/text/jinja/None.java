package dev.imago.text.jinja;

/// Python's None.
enum None {
  NONE
}
