package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Beginnings that are kept for others.
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class PrefixCacheTest {
  @TempDir Path folder;
  private LanguageModel model;

  @BeforeEach
  void open() throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 128, true), 12, false);
    model = LanguageModel.open(folder, 1);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static Request request(int[] prompt) {
    return new Request(prompt, Sampling.of(12, 1, 1, 7));
  }

  private static Answered answer(Engine engine, Request request) {
    return Answered.read(engine.submit(request));
  }

  private long blocks(int count) {
    return model.cacheBytes(CacheType.F32, count * CacheBlocks.TOKENS);
  }

  @ParameterizedTest
  @EnumSource(CacheType.class)
  void a_warm_cache_gives_the_same_bytes_and_tells_what_was_there(CacheType type) {
    int[] first = Answered.prompt(80, 1);
    int[] branch = Answered.joined(first, 70, Answered.prompt(30, 9));
    var cold = new ArrayList<Answered>();
    for (int[] prompt : List.of(first, branch)) {
      try (var engine = new Engine(model, 2, 120, 4, CacheBudget.of(type))) {
        cold.add(answer(engine, request(prompt).withTold(Told.ofAnswer(5))));
        assertEquals(0, cold.getLast().spared().cachedTokens());
      }
    }
    try (var engine = new Engine(model, 2, 120, 4, CacheBudget.of(type).withPrefixes())) {
      Request told = request(first).withTold(Told.ofAnswer(5));
      assertEquals(cold.getFirst().content(), answer(engine, told).content());
      Answered again = answer(engine, told);
      assertEquals(cold.getFirst().content(), again.content());
      assertEquals(79, again.spared().cachedTokens(), "the last token's scores are wanted");
      Answered other = answer(engine, request(branch).withTold(Told.ofAnswer(5)));
      assertEquals(cold.getLast().content(), other.content());
      assertEquals(70, other.spared().cachedTokens());
      assertEquals(149, engine.stats().spared().cachedTokens());
    }
  }

  @ParameterizedTest
  @EnumSource(CacheType.class)
  void of_a_block_that_parts_within_the_tokens_in_common_are_copied(CacheType type) {
    int[] first = Answered.prompt(96, 1);
    int[] branch = Answered.joined(first, 70, Answered.prompt(20, 9));
    try (var engine = new Engine(model, 2, 120, 4, CacheBudget.of(type).withPrefixes());
        var cold = new Engine(model, 1, 120, 4, CacheBudget.of(type))) {
      Answered own = answer(cold, request(first));
      assertEquals(own.content(), answer(engine, request(first)).content());
      Answered again = answer(engine, request(first));
      assertEquals(own.content(), again.content());
      assertEquals(95, again.spared().cachedTokens(), "the last token's scores are wanted");
      Answered other = answer(engine, request(branch));
      assertEquals(answer(cold, request(branch)).content(), other.content());
      assertEquals(70, other.spared().cachedTokens());
      assertEquals(engine.stats().cacheBytes(), engine.takenBytes());
    }
  }

  @Test
  void an_answer_is_found_by_the_next_turn() {
    try (var engine = new Engine(model, 1, 128, 4, CacheBudget.UNBOUNDED.withPrefixes())) {
      int[] prompt = Answered.prompt(60, 1);
      Answered said = answer(engine, request(prompt));
      int[] ids = said.tokens().stream().mapToInt(e -> ((Event.Token) e).id()).toArray();
      int[] next = Answered.joined(Answered.joined(prompt, 60, ids), 72, Answered.prompt(20, 3));
      Answered then = answer(engine, request(next));
      assertEquals(71, then.spared().cachedTokens(), "eleven tokens of it were said, not asked");
      try (var cold = new Engine(model, 1, 128)) {
        assertEquals(answer(cold, request(next)).content(), then.content());
      }
    }
  }

  @Test
  void the_end_of_a_sequence_is_kept_once_and_goes_where_it_goes_on() {
    try (var engine = new Engine(model, 1, 128, 4, CacheBudget.UNBOUNDED.withPrefixes());
        var cold = new Engine(model, 1, 128)) {
      int[] prompt = Answered.prompt(40, 1);
      for (int length : new int[] {40, 30, 35, 40}) {
        Request some = request(Arrays.copyOf(prompt, length));
        assertEquals(answer(cold, some).content(), answer(engine, some).content());
      }
      assertEquals(blocks(5), engine.stats().cacheBytes(), "51, 41, 46 and the same 51 tokens");
    }
  }

  @Test
  void several_answers_to_one_prompt_read_it_once() {
    try (var engine = new Engine(model, 8, 128, 8, CacheBudget.UNBOUNDED.withPrefixes())) {
      int[] prompt = Answered.prompt(90, 1);
      List<Generation> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(engine.submit(new Request(prompt, Sampling.of(10, 1, 1, i))));
      }
      var answers = all.stream().map(Answered::read).toList();
      assertEquals(90 + 7, engine.stats().prefilledTokens(), "each computes its last token");
      try (var alone = new Engine(model, 1, 128)) {
        for (int i = 0; i < 8; i++) {
          Answered own = answer(alone, new Request(prompt, Sampling.of(10, 1, 1, i)));
          assertEquals(own.content(), answers.get(i).content());
        }
      }
    }
  }

  @Test
  void scopes_share_nothing() {
    try (var engine = new Engine(model, 1, 128, 4, CacheBudget.UNBOUNDED.withPrefixes())) {
      Request mine = request(Answered.prompt(80, 1)).withOrigin(new Origin("a", 0, "a"));
      Request theirs = mine.withOrigin(new Origin("b", 0, "b"));
      answer(engine, mine);
      assertEquals(0, answer(engine, theirs).spared().cachedTokens());
      assertEquals(79, answer(engine, mine).spared().cachedTokens());
    }
  }

  @Test
  void what_was_asked_for_least_recently_goes_first_and_all_stays_within_the_budget() {
    // Room for one running sequence of 96 and two more blocks.
    var budget = new CacheBudget(CacheType.F32, blocks(5)).withPrefixes();
    try (var engine = new Engine(model, 1, 96, 4, budget)) {
      for (int i = 0; i < 6; i++) {
        answer(engine, request(Answered.prompt(70, i)));
        assertTrue(engine.takenBytes() <= budget.bytes(), engine.stats().toString());
      }
      assertEquals(69, answer(engine, request(Answered.prompt(70, 5))).spared().cachedTokens());
      assertEquals(0, answer(engine, request(Answered.prompt(70, 0))).spared().cachedTokens());
    }
  }

  @Test
  void what_is_kept_makes_room_for_what_runs() {
    var budget = new CacheBudget(CacheType.F32, blocks(4)).withPrefixes();
    try (var engine = new Engine(model, 4, 128, 8, budget)) {
      var requests = new ArrayList<Request>();
      for (int i = 0; i < 8; i++) {
        requests.add(request(Answered.prompt(40 + 9 * i, i % 3)));
      }
      var answers = requests.stream().map(engine::submit).toList().stream();
      var together = answers.map(Answered::read).toList();
      assertTrue(engine.takenBytes() <= budget.bytes());
      try (var alone = new Engine(model, 1, 128)) {
        for (int i = 0; i < 8; i++) {
          assertEquals(answer(alone, requests.get(i)).content(), together.get(i).content());
        }
      }
    }
  }

  @Test
  void a_prompt_whose_probabilities_are_told_is_computed_whole() {
    try (var engine = new Engine(model, 1, 128, 4, CacheBudget.UNBOUNDED.withPrefixes())) {
      Request told = request(Answered.prompt(80, 1)).withTold(new Told(2, true));
      Answered cold = answer(engine, told);
      Answered warm = answer(engine, told);
      assertEquals(cold.content(), warm.content());
      assertEquals(0, warm.spared().cachedTokens());
      assertEquals(79, answer(engine, request(Answered.prompt(80, 1))).spared().cachedTokens());
    }
  }
}
