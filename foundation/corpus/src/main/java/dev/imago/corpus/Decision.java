package dev.imago.corpus;

import dev.imago.data.Split;

/// What becomes of a document.
public sealed interface Decision {
  /// It stays, on one side.
  ///
  /// @param group how many documents it stands for: 1 where none repeats it
  record Kept(Split side, long group) implements Decision {}

  /// It is the only one that stays: its end is held out.
  ///
  /// @param group how many documents it stands for: 1 where none repeats it
  record Cut(long group) implements Decision {}

  /// It goes.
  ///
  /// @param of the id of the document that it repeats; empty where that is not why
  record Dropped(BrokenRule rule, String of) implements Decision {}
}
