package dev.imago.data;

/// What a rule says of a document.
public sealed interface Verdict {
  /// It stays, perhaps changed.
  record Keep(Document document) implements Verdict {}

  /// It goes: the rule that said so and the value that it measured.
  record Drop(String rule, double measured) implements Verdict {}
}
