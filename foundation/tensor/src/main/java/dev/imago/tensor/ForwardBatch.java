package dev.imago.tensor;

import java.util.Arrays;
import java.util.Map;

/// The tokens of one step, of one sequence or of several: each with the next position of its
/// sequence, the tokens of a sequence in order.
public final class ForwardBatch {
  private final int[] ids;
  private final KeyValues[] sequences;
  private final int[] positions;
  private final int[] segments;
  private final Map<LowRankAdditions, int[]> additions;

  /// @param ids N tokens
  /// @param sequences of each token, the sequence that it belongs to
  public ForwardBatch(int[] ids, KeyValues[] sequences) {
    this(ids, sequences, new int[ids.length]);
  }

  /// @param ids N tokens
  /// @param sequences of each token, the sequence that it belongs to
  /// @param segments of each token, the text of its sequence that it is of, from 0
  public ForwardBatch(int[] ids, KeyValues[] sequences, int[] segments) {
    if (segments.length != ids.length) {
      throw new IllegalArgumentException(
          "%d segments of %d tokens".formatted(segments.length, ids.length));
    }
    this.segments = segments.clone();
    if (ids.length != sequences.length || ids.length == 0) {
      throw new IllegalArgumentException(
          "%d tokens and %d sequences are no step".formatted(ids.length, sequences.length));
    }
    this.ids = ids.clone();
    this.sequences = sequences.clone();
    this.additions = LowRankAdditions.rows(sequences);
    this.positions = new int[ids.length];
    for (int n = 0; n < ids.length; n++) {
      positions[n] = sequences[n].length();
      for (int before = n - 1; before >= 0; before--) {
        if (sequences[before] == sequences[n]) {
          positions[n] = positions[before] + 1;
          break;
        }
      }
      if (positions[n] >= sequences[n].limit()) {
        throw new IllegalArgumentException(
            "a sequence of %d tokens is longer than the %d that were reserved for it"
                .formatted(positions[n] + 1, sequences[n].limit()));
      }
    }
  }

  /// Some of another's tokens, of which nothing but their rows is computed on.
  private ForwardBatch(ForwardBatch all, int[] chosen) {
    this.ids = chosen(all.ids, chosen);
    this.positions = chosen(all.positions, chosen);
    this.segments = chosen(all.segments, chosen);
    this.sequences = new KeyValues[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      sequences[i] = all.sequences[chosen[i]];
    }
    this.additions = all.additions.isEmpty() ? Map.of() : LowRankAdditions.rows(sequences);
  }

  private static int[] chosen(int[] of, int[] chosen) {
    return Arrays.stream(chosen).map(n -> of[n]).toArray();
  }

  /// Those of its tokens whose rows are gone on with after the last layer.
  ForwardBatch rows(int... chosen) {
    return new ForwardBatch(this, chosen);
  }

  /// What is added to weights for some of its tokens, and for which.
  Map<LowRankAdditions, int[]> additions() {
    return additions;
  }

  /// All tokens of one sequence.
  public static ForwardBatch of(KeyValues sequence, int... ids) {
    KeyValues[] sequences = new KeyValues[ids.length];
    Arrays.fill(sequences, sequence);
    return new ForwardBatch(ids, sequences);
  }

  public int size() {
    return ids.length;
  }

  int id(int n) {
    return ids[n];
  }

  int position(int n) {
    return positions[n];
  }

  int segment(int n) {
    return segments[n];
  }

  KeyValues sequence(int n) {
    return sequences[n];
  }

  /// After the last layer: the sequences have grown by this step.
  public void commit() {
    for (int n = 0; n < ids.length; n++) {
      sequences[n].advance(positions[n] + 1);
    }
  }
}
