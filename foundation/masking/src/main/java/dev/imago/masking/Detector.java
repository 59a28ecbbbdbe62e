package dev.imago.masking;

import org.jspecify.annotations.Nullable;

/// Finds stretches of one kind, or of a few that look alike. Has no state: what it answers at a
/// place hangs on the characters that it looked at, and on nothing else.
interface Detector {
  /// Where it is to be asked.
  ///
  /// @param c a character
  /// @return whether a match may be decided at one
  boolean anchors(char c);

  /// Whether a match may go on so: spares asking where the second character already rules it out.
  default boolean follows(char first, char second) {
    return true;
  }

  /// Whether it is asked only where no ASCII letter, digit or `_` stands right before.
  default boolean atWordStart() {
    return true;
  }

  /// What there is at a place. Reads on only while a match is possible, and no further back than
  /// [Sight#LEFT].
  @Nullable Detection match(Sight text, int at);
}
