package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.imago.tensor.CacheType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Continuations by likelihood.
final class ContinuationScorerTest {
  @TempDir Path folder;

  private static List<ContinuationScorer.Score> alone(
      LanguageModel model, int[] context, List<int[]> continuations) {
    var scores = new ArrayList<ContinuationScorer.Score>();
    for (int[] one : continuations) {
      try (var scorer = new ContinuationScorer(model)) {
        scores.addAll(scorer.scores(context, List.of(one)));
      }
    }
    return scores;
  }

  @Test
  void a_score_depends_on_no_other_and_on_nothing_that_came_before() throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(1, 64, true), 12, false);
    int[] examples = Answered.prompt(60, 1);
    List<int[]> contexts =
        List.of(
            Answered.joined(examples, 50, Answered.prompt(20, 2)),
            Answered.joined(examples, 50, Answered.prompt(20, 3)),
            examples, // the beginning of what is kept
            examples, // the same again
            Answered.prompt(1, 4));
    List<int[]> continuations =
        List.of(
            Answered.prompt(1, 5),
            Answered.prompt(45, 6),
            Answered.prompt(50, 7), // together more than a step
            Answered.prompt(2, 8),
            Answered.prompt(40, 9));
    try (LanguageModel model = LanguageModel.open(folder, 1);
        var scorer = new ContinuationScorer(model)) {
      for (int[] context : contexts) {
        assertEquals(alone(model, context, continuations), scorer.scores(context, continuations));
      }
      assertThrows(IllegalArgumentException.class, () -> scorer.scores(new int[0], continuations));
      assertEquals(
          alone(model, contexts.getFirst(), continuations),
          scorer.scores(contexts.getFirst(), continuations),
          "after a refusal");
    }
  }

  @Test
  void copies_of_a_context_are_bounded_however_many_choices_it_has() throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(1, 64, true), 12, false);
    int[] context = Answered.prompt(70, 1);
    var choices = new ArrayList<int[]>();
    for (int i = 0; i < 12; i++) {
      choices.add(Answered.prompt(1 + i % 3, i + 2));
    }
    try (LanguageModel model = LanguageModel.open(folder, 1);
        var free = new ContinuationScorer(model);
        var bounded = new ContinuationScorer(model, 1)) {
      assertEquals(free.scores(context, choices), bounded.scores(context, choices));
      long one = model.cacheBytes(CacheType.F32, 73);
      assertEquals(2 * one, bounded.heldBytes(), "the context's own, and one copy");
      assertEquals(9 * one, free.heldBytes(), "the context's own, and one for each of 8");
    }
  }
}
