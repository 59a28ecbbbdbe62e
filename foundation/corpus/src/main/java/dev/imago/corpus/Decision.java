package dev.imago.corpus;

import dev.imago.data.Split;

/// What becomes of a document.
public sealed interface Decision {
  /// It stays, on one side.
  record Kept(Split side) implements Decision {}

  /// It is the only one that stays: its end is held out.
  record Cut() implements Decision {}

  /// It goes.
  ///
  /// @param of the id of the document that it repeats; empty where that is not why
  record Dropped(BrokenRule rule, String of) implements Decision {}
}
