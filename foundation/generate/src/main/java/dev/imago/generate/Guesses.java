package dev.imago.generate;

import dev.imago.model.ModelShape;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What the answers that run are guessed to go on with, each as its request asks. Of the engine's
/// thread alone.
final class Guesses implements AutoCloseable {
  private final Optional<DraftModel> draft;
  private final ModelShape shape;
  private final LongSupplier nanoTime;
  private final GuessCosts costs = new GuessCosts();
  private long madeNanos;

  /// @param shape of the model that is guessed for
  Guesses(Optional<DraftModel> draft, ModelShape shape, LongSupplier nanoTime) {
    this.draft = draft;
    this.shape = shape;
    this.nanoTime = nanoTime;
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
  ///
  /// @param reads whether the step takes pieces of prompts too: what it takes then says nothing of
  ///   guesses
  Map<ActiveSequence, int[]> of(List<ActiveSequence> answering, boolean reads) {
    madeNanos = 0;
    boolean any = false;
    for (ActiveSequence s : answering) {
      any |= s.drafting().source() != Drafting.Source.NONE;
    }
    if (!any || !reads && costs.looks(answering.size())) {
      return Map.of();
    }
    var guesses = new IdentityHashMap<ActiveSequence, int[]>();
    var asked = new IdentityHashMap<ActiveSequence, Integer>();
    int room = PromptPieces.MOST - answering.size();
    for (ActiveSequence s : answering) {
      if (room == 0) {
        break; // who cannot guess now is not asked, and so keeps its turn to try
      }
      boolean made = s.drafting().source() == Drafting.Source.MODEL;
      int may = s.pending() == 1 ? s.mayGuess(k -> costs.of(answering.size(), k, made)) : 0;
      int most = Math.min(room, may);
      if (most == 0) {
        continue;
      }
      if (!made) {
        int[] guess = PromptLookup.guess(s.tokens(), s.length(), most);
        guesses.put(s, guess);
        room -= guess.length;
      } else {
        asked.put(s, most);
        room -= most;
      }
    }
    draft.filter(_ -> !asked.isEmpty()).ifPresent(d -> guesses.putAll(make(d, asked)));
    return guesses;
  }

  private Map<ActiveSequence, int[]> make(DraftModel model, Map<ActiveSequence, Integer> asked) {
    long begun = nanoTime.getAsLong();
    Map<ActiveSequence, int[]> made = model.guess(asked, shape.vocabularySize());
    madeNanos = nanoTime.getAsLong() - begun;
    if (model.kept()) {
      costs.made(made.values().stream().mapToInt(g -> g.length).sum(), madeNanos);
    }
    return made;
  }

  /// Takes note of the step that checked them.
  ///
  /// @param nanos with those that they took to be made
  void took(StepPlan plan, long nanos) {
    if (plan.answers() > 0 && plan.pieces() == 0) {
      costs.took(plan.answers(), plan.tokens() - plan.answers(), nanos - madeNanos);
    }
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
