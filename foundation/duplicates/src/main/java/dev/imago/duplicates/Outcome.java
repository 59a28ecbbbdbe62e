package dev.imago.duplicates;

import java.io.Serializable;

/// What comes of a text that has others like it.
public sealed interface Outcome extends Serializable {
  /// It repeats one that stays.
  ///
  /// @param similarity shared shingles in all shingles; 1 of the same text or address
  /// @param of the id of the one that stays
  record Repeats(Likeness likeness, double similarity, String of) implements Outcome {}

  /// It stays, and others repeat it.
  ///
  /// @param group how many texts they are, this one included
  record Stands(long group) implements Outcome {}

  /// It stays, and none repeats it.
  record Alone() implements Outcome {}

  /// In what two texts are alike.
  enum Likeness {
    EXACT,
    ADDRESS,
    NEAR
  }
}
