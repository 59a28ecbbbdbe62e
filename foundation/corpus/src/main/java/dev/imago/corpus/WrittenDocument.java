package dev.imago.corpus;

import dev.imago.data.Document;
import dev.imago.data.Split;
import java.util.Locale;

/// A document as it is written.
///
/// @param file where to
/// @param emails how many e-mail addresses were masked in it
/// @param addresses how many IP addresses were
public record WrittenDocument(File file, Document document, int emails, int addresses) {
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
