package dev.imago.moderation;

import java.util.Set;

/// Judges texts. Safe for use by many threads at once.
public interface Moderator {
  /// What it judges: `harassment`, `violence`, or whatever the lists and labels are called.
  Set<String> categories();

  /// The verdict on a text by itself, whatever came before; of an empty text nothing is flagged.
  ModerationVerdict judge(String text);
}
