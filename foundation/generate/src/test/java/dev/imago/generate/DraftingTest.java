package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.CacheType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is guessed changes no answer.
final class DraftingTest {
  @Test
  void what_followed_the_same_tokens_before_is_guessed() {
    int[] tokens = {1, 2, 3, 4, 5, 9, 2, 3, 4, 7, 7, 2, 3, 4};
    assertArrayEquals(new int[] {7, 7, 2}, PromptLookup.guess(tokens, tokens.length, 3));
    assertArrayEquals(new int[0], PromptLookup.guess(new int[] {1, 2, 3}, 3, 3));
    assertArrayEquals(new int[] {1, 1}, PromptLookup.guess(new int[] {1, 1, 1, 1}, 3, 2));
  }

  @Test
  void lengths_follow_what_was_right_and_what_it_costs() {
    assertEquals(8, new DraftLength(8).next(_ -> 1), "for nothing");
    var length = new DraftLength(8);
    assertEquals(3, length.next(k -> 1 + 0.25 * k));
    length.guessed(4, 4);
    assertEquals(5, length.next(k -> 1 + 0.25 * k));
    for (int i = 0; i < 10; i++) {
      length.guessed(4, 0);
    }
    int paused = 0;
    while (length.next(k -> 1 + 0.25 * k) == 0) {
      paused++;
    }
    assertEquals(16, paused);
    assertEquals(0, length.next(k -> 1 + 0.25 * k), "one try, and a longer pause");
    length.guessed(3, 3);
    length.guessed(8, 8);
    paused = 1;
    while (length.next(k -> 1 + 0.25 * k) == 0) {
      paused++;
    }
    assertEquals(32, paused);
    assertEquals(3, length.next(k -> 1 + 0.25 * k), "what was right since");
  }

  /// What so many tokens take beside what they take without guesses.
  ///
  /// @param check nanoseconds of a further token in a step, one of which without takes 1,000
  private static double time(int answers, double chance, double check, double make) {
    var random = new java.util.Random(5);
    var costs = new GuessCosts();
    var length = new DraftLength(8);
    double nanos = 0;
    int tokens = 0;
    while (tokens < 2_000) {
      int guesses = costs.looks(answers) ? 0 : length.next(k -> costs.of(answers, k, make > 0));
      int right = 0;
      while (right < guesses && random.nextDouble() < chance) {
        right++;
      }
      length.guessed(guesses, right);
      double noise = 1 + 0.1 * random.nextDouble();
      int rows = answers * (1 + guesses);
      double step =
          (1_000 + check * ((rows < 4 ? rows : Math.ceilDiv(rows, 4) * 4) - answers)) * noise;
      costs.took(answers, answers * guesses, (long) step);
      costs.made(answers * guesses, (long) (make * answers * guesses));
      nanos += step + make * answers * guesses;
      tokens += 1 + right;
    }
    return nanos / (1_050 * 2_000);
  }

  @Test
  void where_a_step_of_so_many_answers_is_unknown_the_next_number_tells_what_guesses_cost() {
    var costs = new GuessCosts();
    assertTrue(costs.looks(3));
    assertTrue(costs.of(3, 1, true) > 1, "nothing is known, and they do not cost nothing");
    costs.took(2, 0, 1_000);
    costs.took(8, 0, 2_000);
    costs.took(2, 2, 1_100);
    assertTrue(costs.looks(3), "where no prompt comes in");
    assertEquals(1 + 5 * 50 / 1_000.0, costs.of(3, 1, false), 1e-9);
    assertEquals(1 + 9 * 50 / 2_000.0, costs.of(7, 1, false), 1e-9);
  }

  @Test
  void nobody_waits_for_guesses_that_cost_more_than_they_bring() {
    assertTrue(time(1, 0.9, 50, 0) < 0.35, "looked up, and right");
    assertTrue(time(1, 0.1, 150, 0) < 1.05, "looked up, and wrong");
    assertTrue(time(1, 0.8, 130, 200) < 0.8, "a good model's");
    assertTrue(time(1, 0.8, 130, 900) < 1.05, "a large model's");
    assertTrue(time(1, 0.0, 130, 300) < 1.08, "another's");
    assertTrue(time(8, 0.8, 50, 10) < 0.95, "of eight answers");
    assertTrue(time(8, 0.5, 125, 50) < 1.05, "of eight answers, and half of them wrong");
  }

  @Test
  void the_answers_are_the_same_alone_and_together_by_each_way_of_guessing(@TempDir Path folder)
      throws IOException {
    RandomModelFolder.write(
        folder.resolve("large"), RandomModelFolder.tiny(2, 128, true), 12, false);
    RandomModelFolder.write(folder.resolve("small"), RandomModelFolder.tiny(1, 64, true), 3, false);
    try (LanguageModel large = LanguageModel.open(folder.resolve("large"), 1);
        LanguageModel twin = LanguageModel.open(folder.resolve("large"), 1);
        LanguageModel small = LanguageModel.open(folder.resolve("small"), 1)) {
      var requests = new ArrayList<Request>();
      for (int i = 0; i < 8; i++) {
        Sampling sampling =
            i % 2 == 0
                ? new Sampling(
                    0,
                    SamplingTruncation.NONE,
                    new Penalties(i % 4 == 0 ? 1 : 1.3f, 0, 0, java.util.Map.of()),
                    0,
                    Ending.after(30))
                : Sampling.of(25, 0.3f, 0.9f, i);
        // A part said three times, so that there is something to look up.
        int[] said = Answered.prompt(9 + i, i);
        int[] prompt = Answered.joined(Answered.joined(said, 99, said), 99, said);
        requests.add(new Request(prompt, sampling).withTold(Told.ofAnswer(2)));
      }
      var alone = new ArrayList<Answered>();
      try (var engine = new Engine(large, 1, 120)) {
        requests.forEach(r -> alone.add(Answered.read(engine.submit(r))));
      }
      for (LanguageModel draft : List.of(small, twin)) {
        for (Drafting drafting : List.of(Drafting.lookup(6), Drafting.model(5))) {
          try (var engine =
              new Engine(
                  large,
                  4,
                  120,
                  16,
                  CacheBudget.of(CacheType.F32),
                  Optional.of(draft),
                  true,
                  () -> 0)) { // so that all guesses pay
            var together =
                requests.stream().map(r -> engine.submit(r.withDrafting(drafting))).toList();
            int accepted = 0;
            for (int i = 0; i < requests.size(); i++) {
              Answered answer = Answered.read(together.get(i));
              assertEquals(alone.get(i).content(), answer.content(), drafting + " " + i);
              assertTrue(answer.spared().acceptedTokens() <= answer.spared().draftedTokens());
              accepted += answer.spared().acceptedTokens();
            }
            assertEquals(accepted, engine.stats().spared().acceptedTokens());
            assertEquals(0, engine.takenBytes());
            if (draft == twin && drafting.source() == Drafting.Source.MODEL) {
              assertTrue(accepted > 40, "a model guesses itself well: " + accepted);
            }
          }
        }
      }
      try (var engine = new Engine(large, 1, 120)) {
        Request drafted = requests.getFirst().withDrafting(Drafting.model(4));
        String message =
            assertThrows(IllegalArgumentException.class, () -> engine.submit(drafted)).getMessage();
        assertTrue(message.contains("no draft model"), message);
      }
    }
  }
}
