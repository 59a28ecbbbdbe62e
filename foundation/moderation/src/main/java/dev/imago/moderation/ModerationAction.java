package dev.imago.moderation;

import dev.imago.core.ConfigException;

/// What a flagged text leads to.
public enum ModerationAction {
  /// Texts are not looked at.
  OFF,
  /// The verdict is noted, and the text goes on.
  NOTE,
  /// The request is refused, or the answer ends before what is flagged.
  BLOCK;

  /// @throws ConfigException for another name
  public static ModerationAction of(String spelled) {
    return switch (spelled) {
      case "off" -> OFF;
      case "note" -> NOTE;
      case "block" -> BLOCK;
      default ->
          throw new ConfigException(
              "«%s» is no action; there are off, note, block".formatted(spelled));
    };
  }
}
