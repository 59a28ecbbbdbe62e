package dev.imago.templates.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/// What `namespace()` makes: names that inner scopes may set.
final class Namespace {
  final Map<String, Object> names = new LinkedHashMap<>();
}
