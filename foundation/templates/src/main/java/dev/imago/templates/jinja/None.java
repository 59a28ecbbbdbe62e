package dev.imago.templates.jinja;

/// Python's None.
enum None {
  NONE
}
