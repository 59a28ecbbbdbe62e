package dev.imago.suites;

/// An item of a test that stands in a text which a model has read.
///
/// @param item its place among those that were looked for
/// @param kind how much of it
/// @param document where it stands
/// @param share of the item that stands there: of what was compared
/// @param there the document's words, around the match
public record Leak(int item, Kind kind, String document, double share, String there) {
  /// How much of an item stands in a document; the first that holds is told.
  public enum Kind {
    /// All of it, word by word.
    WHOLE,
    /// Several words in a row, as many as no two texts share by chance.
    PASSAGE,
    /// Most of its words and their neighbours close together, in another order or with changes.
    NEAR;

    public String words() {
      return switch (this) {
        case WHOLE -> "whole";
        case PASSAGE -> "a passage";
        case NEAR -> "near";
      };
    }
  }
}
