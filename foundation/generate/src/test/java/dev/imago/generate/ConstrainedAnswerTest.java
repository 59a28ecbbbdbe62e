package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.constraints.ConstraintException;
import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class ConstrainedAnswerTest {
  private static final List<String> CITIES =
      List.of("London", "Londonderry", "Paris", "北京", "inner");

  @TempDir Path folder;
  private LanguageModel model;

  @BeforeEach
  void open() throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, true), 12, true);
    model = LanguageModel.open(folder, 2);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private record Answer(String text, List<Integer> ids, FinishReason reason) {}

  private static Answer read(Generation generation) {
    var ids = new ArrayList<Integer>();
    var text = new StringBuilder();
    FinishReason reason = null;
    while (generation.hasNext()) {
      switch (generation.next()) {
        case Event.Token(int id, String piece, _) -> {
          ids.add(id);
          text.append(piece);
        }
        case Event.PromptToken _ -> throw new AssertionError("nobody asked for it");
        case Event.Done done -> reason = done.reason();
      }
    }
    return new Answer(text.toString(), ids, java.util.Objects.requireNonNull(reason));
  }

  private static Request request(@Nullable TokenConstraint constraint, long seed, int most) {
    var free = new Request(new int[] {5, 6, (int) seed + 2}, Sampling.of(most, 2, 1, seed));
    return constraint == null ? free : free.withConstraint(constraint);
  }

  @Test
  void an_answer_is_one_of_the_choices_and_each_of_them_comes() {
    TokenConstraint cities = model.constrain(Grammar.choice(CITIES));
    Set<String> seen = new HashSet<>();
    try (var engine = new Engine(model, 8, 64, 200)) {
      List<Generation> all = new ArrayList<>();
      for (int seed = 0; seed < 60; seed++) {
        all.add(engine.submit(request(cities, seed, 30)));
      }
      for (Generation one : all) {
        Answer answer = read(one);
        assertTrue(CITIES.contains(answer.text()), answer.text());
        assertEquals(FinishReason.STOP, answer.reason());
        seen.add(answer.text());
      }
    }
    assertEquals(Set.copyOf(CITIES), seen);
  }

  @Test
  void an_answer_is_the_same_alone_and_in_company() {
    TokenConstraint cities = model.constrain(Grammar.choice(CITIES));
    List<Answer> alone = new ArrayList<>();
    try (var engine = new Engine(model, 1, 64)) {
      for (int seed = 0; seed < 12; seed++) {
        TokenConstraint constraint = seed % 3 == 2 ? null : cities;
        alone.add(read(engine.submit(request(constraint, seed, 9))));
      }
    }
    try (var engine = new Engine(model, 12, 64)) {
      List<Generation> all = new ArrayList<>();
      for (int seed = 0; seed < 12; seed++) {
        all.add(engine.submit(request(seed % 3 == 2 ? null : cities, seed, 9)));
      }
      for (int i = 0; i < 12; i++) {
        assertEquals(alone.get(i), read(all.get(i)));
      }
    }
  }

  @Test
  void what_is_forced_costs_no_step_of_the_model() {
    String only = "the only thing that may be said here";
    try (var engine = new Engine(model, 1, 128)) {
      Answer answer =
          read(engine.submit(request(model.constrain(Grammar.choice(List.of(only))), 1, 100)));
      assertEquals(only, answer.text());
      assertEquals(FinishReason.STOP, answer.reason());
      // All of it was read with the prompt, in one step.
      assertEquals(3 + answer.ids().size(), engine.stats().prefilledTokens());
      assertEquals(answer.ids().size(), engine.stats().generatedTokens());
      Answer cut =
          read(engine.submit(request(model.constrain(Grammar.choice(List.of(only))), 1, 4)));
      assertEquals(FinishReason.LENGTH, cut.reason());
      assertEquals(4, cut.ids().size());
      assertTrue(only.startsWith(cut.text()), cut.text());
    }
  }

  @Test
  void an_end_comes_early_where_nothing_else_may() {
    TokenConstraint letters = model.constrain(Grammar.choice(List.of("a", "b")));
    var ending = new Ending(9, 3, false, Set.of(2 + 'a', 2 + 'b'), List.of());
    var sampling = new Sampling(1, SamplingTruncation.NONE, Penalties.NONE, 3, ending);
    try (var engine = new Engine(model, 1, 64)) {
      Answer answer =
          read(engine.submit(new Request(new int[] {7}, sampling, true).withConstraint(letters)));
      assertTrue(ending.stopIds().contains(answer.ids().getLast()), answer.toString());
      assertEquals(FinishReason.STOP, answer.reason());
    }
  }

  @Test
  void a_grammar_that_explodes_on_the_way_ends_its_own_answer_by_its_message() {
    TokenConstraint explodes = model.constrain(Grammar.regex("[ab]([c-z]?){5000}"));
    try (var engine = new Engine(model, 2, 64)) {
      Generation other = engine.submit(request(null, 1, 9));
      Generation broken = engine.submit(request(explodes, 1, 9));
      String message = assertThrows(ConstraintException.class, () -> read(broken)).getMessage();
      assertTrue(message.contains("more than 4096 ways"), message);
      assertEquals(9, read(other).ids().size());
    }
  }

  @Test
  void a_constraint_rules_over_bias_least_length_and_ignored_ends() {
    TokenConstraint cities = model.constrain(Grammar.choice(CITIES));
    var penalties = new Penalties(1, 0, 0, java.util.Map.of(2 + 'x', 100f));
    var ending = new Ending(30, 12, true, Set.of(), List.of());
    var sampling = new Sampling(1, SamplingTruncation.NONE, penalties, 3, ending);
    try (var engine = new Engine(model, 1, 64)) {
      Answer answer =
          read(engine.submit(new Request(new int[] {7}, sampling, true).withConstraint(cities)));
      assertTrue(CITIES.contains(answer.text()), answer.text());
      assertEquals(FinishReason.STOP, answer.reason());
    }
  }
}
