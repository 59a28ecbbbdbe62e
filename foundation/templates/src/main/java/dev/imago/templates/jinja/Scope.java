package dev.imago.templates.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Names and their values, and the scope around.
final class Scope {
  private final @Nullable Scope parent;
  private final Map<String, Object> names = new HashMap<>();

  Scope(@Nullable Scope parent) {
    this.parent = parent;
  }

  void put(String name, Object value) {
    names.put(name, value);
  }

  Object lookup(String name) {
    for (Scope s = this; s != null; s = s.parent) {
      Object value = s.names.get(name);
      if (value != null) {
        return value;
      }
    }
    return Undefined.name(name);
  }
}
