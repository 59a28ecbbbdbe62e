package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How likely tokens were, of the engine beside [LanguageModel#logProbabilities].
final class LogProbabilitiesTest {
  private static final int[] PROMPT = IntStream.range(0, 100).map(i -> 2 + i * 7 % 250).toArray();

  private static List<Event> read(Generation generation) {
    var events = new ArrayList<Event>();
    generation.forEachRemaining(events::add);
    return events;
  }

  @Test
  void are_told_of_the_likeliest_first() {
    var likely = LogProbabilities.of(new float[] {0, 2, 1, 2}, 2, 3);
    double all = Math.log(1 + 2 * Math.exp(2) + Math.E);
    assertEquals(1 - all, likely.chosen(), 1e-6);
    assertEquals(
        List.of(1, 3, 2), likely.likeliest().stream().map(LogProbabilities.Likely::id).toList());
    assertEquals(2 - all, likely.likeliest().getFirst().logProbability(), 1e-6);
    assertEquals(2, LogProbabilities.of(new float[] {1, 2}, 0, 20).likeliest().size());
    assertThrows(IllegalArgumentException.class, () -> Told.ofAnswer(21));
  }

  @Test
  void of_prompt_and_answer_are_the_models_own_whatever_is_chosen_by(@TempDir Path folder)
      throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, true), 12, false);
    try (LanguageModel model = LanguageModel.open(folder, 1);
        var engine = new Engine(model, 2, 256)) {
      var odd =
          new Sampling(
              1.3f,
              new SamplingTruncation(40, 0.9f, 0, 1),
              new Penalties(1.2f, 0.5f, 0, Map.of(9, 2f)),
              5,
              Ending.after(20));
      var request = new Request(PROMPT, odd);
      List<Event> plain = read(engine.submit(request));
      Generation beside = engine.submit(request);
      List<Event> told = read(engine.submit(request.withTold(new Told(3, true))));
      assertEquals(21, plain.size());
      assertEquals(PROMPT.length + 21, told.size());
      assertEquals(plain.subList(0, 20), read(beside).subList(0, 20));
      int[] all = new int[PROMPT.length + 20];
      var of = new ArrayList<LogProbabilities>();
      for (int i = 0; i < all.length; i++) {
        switch (told.get(i)) {
          case Event.PromptToken token -> {
            assertEquals(PROMPT[i], token.id());
            all[i] = token.id();
            of.add(token.probabilities());
          }
          case Event.Token token -> {
            assertEquals(plain.get(i - PROMPT.length), new Event.Token(token.id(), token.text()));
            all[i] = token.id();
            of.add(token.probabilities());
          }
          case Event.Done done -> throw new AssertionError(done.toString());
        }
      }
      assertNull(of.getFirst());
      float[] own = model.logProbabilities(all);
      for (int i = 0; i < own.length; i++) {
        assertEquals(own[i], of.get(i + 1).chosen(), 2e-5f);
        assertEquals(3, of.get(i + 1).likeliest().size());
        assertTrue(of.get(i + 1).chosen() <= of.get(i + 1).likeliest().getFirst().logProbability());
      }
    }
  }

  @Test
  void of_a_prompt_alone_need_no_answer(@TempDir Path folder) throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, true), 12, false);
    try (LanguageModel model = LanguageModel.open(folder, 1);
        var engine = new Engine(model, 1, PROMPT.length)) {
      List<Event> told = read(engine.submit(Request.ofPrompt(PROMPT, 0)));
      assertEquals(PROMPT.length + 1, told.size());
      assertTrue(
          told.getLast()
                  instanceof Event.Done(var reason, int prompt, int completion, var _, var _, var _)
              && reason == FinishReason.LENGTH
              && prompt == PROMPT.length
              && completion == 0,
          told.getLast().toString());
    }
  }

  @Test
  void are_not_told_of_the_id_that_ends_an_answer(@TempDir Path folder) throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, true), 12, false);
    try (LanguageModel model = LanguageModel.open(folder, 1);
        var engine = new Engine(model, 1, 64)) {
      int[] ids = {5, 6, 7};
      List<Event> whole = read(engine.submit(new Request(ids, Sampling.greedy(3))));
      int stop = ((Event.Token) whole.get(1)).id();
      var ending = new Ending(9, 0, false, Set.of(stop), List.of());
      var sampling = new Sampling(0, SamplingTruncation.NONE, Penalties.NONE, 0, ending);
      List<Event> cut = read(engine.submit(new Request(ids, sampling).withTold(Told.ofAnswer(1))));
      assertNull(((Event.Token) cut.get(cut.size() - 2)).probabilities());
    }
  }
}
