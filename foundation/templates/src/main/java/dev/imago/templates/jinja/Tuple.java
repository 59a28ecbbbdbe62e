package dev.imago.templates.jinja;

import java.util.Arrays;
import java.util.List;

/// Python's tuple.
record Tuple(List<Object> items) {
  static Tuple of(Object... items) {
    return new Tuple(Arrays.asList(items));
  }
}
