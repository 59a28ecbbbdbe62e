package dev.imago.tasks;

import java.util.List;

/// One side of some labels, encoded.
///
/// @param sequences to learn; one example may be several, or none
/// @param examples that were there
/// @param notes of what was left out or cut, and how to keep it
public record Encoded(List<Sequence> sequences, int examples, List<String> notes) {
  public Encoded {
    sequences = List.copyOf(sequences);
    notes = List.copyOf(notes);
  }
}
