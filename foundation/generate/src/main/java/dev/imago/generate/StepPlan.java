package dev.imago.generate;

import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KeyValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/// The tokens of one step: one for each answer that runs, with those that were guessed to follow
/// it, then pieces of prompts while there is room.
///
/// @param answers how many of the parts are of answers; they come first
record StepPlan(List<Part> parts, int answers) {
  private static final int[] NONE = {};

  /// A sequence's tokens.
  ///
  /// @param rows of how many of the last of them the scores of what follows are needed
  record Part(ActiveSequence sequence, int[] ids, int rows) {
    static Part of(ActiveSequence sequence, int count, int[] guesses) {
      int rows = sequence.rows(count) + guesses.length;
      return new Part(sequence, sequence.take(count, guesses), rows);
    }
  }

  /// @param answering what runs; at most as many as a step has tokens
  /// @param entering sequences whose prompts are to be read next, in their turn
  /// @param guesses of what follows an answer's last token
  /// @param most tokens of the step
  /// @param pieces tokens of prompts at most, with a piece of this one in the step
  static StepPlan of(
      List<ActiveSequence> answering,
      List<ActiveSequence> entering,
      Map<ActiveSequence, int[]> guesses,
      int most,
      ToIntFunction<ActiveSequence> pieces) {
    var parts = new ArrayList<Part>(answering.size() + entering.size());
    int room = most - answering.size();
    for (ActiveSequence s : answering) {
      int count = Math.min(s.pending(), 1 + room);
      int[] guessed = guesses.getOrDefault(s, NONE);
      boolean last = count == s.pending() && count - 1 + guessed.length <= room;
      parts.add(Part.of(s, count, last ? guessed : NONE));
      room -= parts.getLast().ids.length - 1;
    }
    int taken = 0;
    for (ActiveSequence s : entering) {
      int mayTake = Math.min(room, pieces.applyAsInt(s)) - taken;
      int count = Math.min(mayTake, s.pending());
      if (count > 0) {
        parts.add(Part.of(s, count, NONE));
        taken += count;
      }
    }
    return new StepPlan(parts, answering.size());
  }

  /// Tokens of prompts in it.
  int pieces() {
    int pieces = 0;
    for (int i = answers; i < parts.size(); i++) {
      pieces += parts.get(i).ids.length;
    }
    return pieces;
  }

  /// All tokens in it.
  int tokens() {
    int tokens = 0;
    for (Part part : parts) {
      tokens += part.ids.length;
    }
    return tokens;
  }

  /// Of how many tokens the scores are wanted.
  int rows() {
    int rows = 0;
    for (Part part : parts) {
      rows += part.rows;
    }
    return rows;
  }

  /// Computes the scores of what follows the rows that the parts need, part by part.
  ///
  /// @param into an array for each row, and one more
  void run(LanguageModel model, float[][] into) {
    int[] ids = new int[tokens()];
    KeyValues[] sequences = new KeyValues[ids.length];
    // A step of nothing but the middles of prompts still needs one row: its scores go unused.
    int[] rows = new int[Math.max(1, rows())];
    int at = 0;
    int row = 0;
    for (Part part : parts) {
      for (int id : part.ids) {
        ids[at] = id;
        sequences[at++] = part.sequence.cache();
      }
      for (int i = at - part.rows; i < at; i++) {
        rows[row++] = i;
      }
    }
    model.step(new ForwardBatch(ids, sequences), rows, into);
  }
}
