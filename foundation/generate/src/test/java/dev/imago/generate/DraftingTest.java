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
  void lengths_follow_what_was_right() {
    var length = new DraftLength(8);
    assertEquals(4, length.next());
    length.guessed(4, 4);
    assertEquals(8, length.next());
    length.guessed(8, 2);
    assertEquals(3, length.next());
    length.guessed(3, 0);
    assertEquals(1, length.next());
    length.guessed(1, 0);
    assertEquals(0, length.next(), "a pause");
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
              new Engine(large, 4, 120, 16, CacheBudget.of(CacheType.F32), Optional.of(draft))) {
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
