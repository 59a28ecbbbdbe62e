package dev.imago.model;

/// What a model reads at once: a text, or two.
///
/// @param ids [T], at least one
/// @param segments [T], for each id the text that it is of, 0 or 1, as its tokenizer says; empty
///   where all are 0
public record ModelInput(int[] ids, int[] segments) {
  private static final int[] ONE = {};

  public ModelInput {
    if (segments.length != 0 && segments.length != ids.length) {
      throw new IllegalArgumentException(
          "%d segments of %d ids".formatted(segments.length, ids.length));
    }
  }

  /// One text.
  public static ModelInput of(int[] ids) {
    return new ModelInput(ids, ONE);
  }

  /// How many ids there are.
  public int length() {
    return ids.length;
  }
}
