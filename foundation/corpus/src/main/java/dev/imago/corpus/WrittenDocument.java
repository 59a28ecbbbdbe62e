package dev.imago.corpus;

import dev.imago.data.Document;
import dev.imago.data.Split;
import dev.imago.masking.PersonalKind;
import java.util.Locale;
import java.util.Map;

/// A document as it is written.
///
/// @param file where to
/// @param cut characters that were cut from it, since they repeat
/// @param masked how many of each kind of what leads to a person were masked in it
public record WrittenDocument(
    File file, Document document, int cut, Map<PersonalKind, Integer> masked) {
  public WrittenDocument {
    masked = Map.copyOf(masked);
  }

  /// The files of a corpus, and the one of what is not in it.
  public enum File {
    TRAIN,
    HELDOUT,
    REJECTS;

    static File of(Split side) {
      return switch (side) {
        case TRAIN -> TRAIN;
        case HELDOUT -> HELDOUT;
      };
    }

    /// What its shards' names begin with.
    public String fileName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
