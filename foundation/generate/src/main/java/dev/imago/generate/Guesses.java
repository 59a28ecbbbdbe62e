package dev.imago.generate;

import dev.imago.model.ModelShape;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the answers that run are guessed to go on with, each as its request asks. Of the engine's
/// thread alone.
final class Guesses implements AutoCloseable {
  private final Optional<DraftModel> draft;
  private final ModelShape shape;

  /// @param shape of the model that is guessed for
  Guesses(Optional<DraftModel> draft, ModelShape shape) {
    this.draft = draft;
    this.shape = shape;
  }

  /// Bytes of keys and values of a draft model for one answer of the longest kind.
  long cacheBytes(int tokens) {
    return draft.map(d -> d.cacheBytes(tokens)).orElse(0L);
  }

  /// Those that one sequence may come to take.
  long cacheBytes(ActiveSequence sequence) {
    return sequence.drafting().source() == Drafting.Source.MODEL
        ? cacheBytes(sequence.cache().limit())
        : 0;
  }

  /// Of each sequence that is guessed for.
  Map<ActiveSequence, int[]> of(List<ActiveSequence> answering) {
    boolean any = false;
    for (ActiveSequence s : answering) {
      any |= s.drafting().source() != Drafting.Source.NONE;
    }
    if (!any) {
      return Map.of();
    }
    var guesses = new IdentityHashMap<ActiveSequence, int[]>();
    var asked = new IdentityHashMap<ActiveSequence, Integer>();
    int room = PromptPieces.MOST - answering.size();
    for (ActiveSequence s : answering) {
      int most = Math.min(room, s.pending() == 1 ? s.mayGuess() : 0);
      if (most == 0) {
        continue;
      }
      if (s.drafting().source() == Drafting.Source.LOOKUP) {
        int[] guess = PromptLookup.guess(s.tokens(), s.length(), most);
        guesses.put(s, guess);
        room -= guess.length;
      } else {
        asked.put(s, most);
        room -= most;
      }
    }
    draft.ifPresent(d -> guesses.putAll(d.guess(asked, shape.vocabularySize())));
    return guesses;
  }

  /// Forgets a sequence.
  void leave(ActiveSequence sequence) {
    draft.ifPresent(d -> d.leave(sequence));
  }

  @Override
  public void close() {
    draft.ifPresent(DraftModel::close);
  }
}
