package dev.imago.masking;

import dev.imago.core.ConfigException;

/// What is done with what was found.
public enum MaskAction {
  /// `<EMAIL>` stands in its place.
  MASK,
  /// `<EMAIL_1>` does: the same value, the same number within a document.
  NUMBER,
  /// A value of its form that is nobody's does: the same for the same value and key.
  PSEUDONYM,
  /// The text is refused.
  BLOCK,
  /// It stays, and is told.
  NOTE;

  /// @throws ConfigException for another name
  public static MaskAction of(String spelled) {
    return switch (spelled) {
      case "mask" -> MASK;
      case "number" -> NUMBER;
      case "pseudonym" -> PSEUDONYM;
      case "block" -> BLOCK;
      case "note" -> NOTE;
      default ->
          throw new ConfigException(
              "«%s» is no action; there are mask, number, pseudonym, block, note"
                  .formatted(spelled));
    };
  }
}
