package dev.imago.tasks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One side of some labels, encoded.
///
/// @param sequences to learn; one example may be several, or none
/// @param examples that were there
/// @param notes of what was left out or cut, and how to keep it
/// @param leftOut how many examples have no sequence, by reason
/// @param cut examples that are learned in part
/// @param betweenTokens labels that no token stands for alone, because they begin or end within one
/// @param together sequences that follow each other and are one example; 1 where none are
/// @param owners of each sequence the example that it is a part of, from 0; empty where nobody says
public record Encoded(
    List<Sequence> sequences,
    int examples,
    List<String> notes,
    Map<String, Integer> leftOut,
    int cut,
    int betweenTokens,
    int together,
    List<Integer> owners) {
  public Encoded {
    owners = List.copyOf(owners);
    sequences = List.copyOf(sequences);
    notes = List.copyOf(notes);
    leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
  }

  /// Of which nobody says whose parts they are.
  public Encoded(
      List<Sequence> sequences,
      int examples,
      List<String> notes,
      Map<String, Integer> leftOut,
      int cut,
      int betweenTokens,
      int together) {
    this(sequences, examples, notes, leftOut, cut, betweenTokens, together, List.of());
  }

  /// Each sequence by itself.
  public Encoded(
      List<Sequence> sequences,
      int examples,
      List<String> notes,
      Map<String, Integer> leftOut,
      int cut,
      int betweenTokens) {
    this(sequences, examples, notes, leftOut, cut, betweenTokens, 1);
  }

  /// All of them whole.
  public Encoded(List<Sequence> sequences, int examples, List<String> notes) {
    this(sequences, examples, notes, Map.of(), 0, 0);
  }
}
