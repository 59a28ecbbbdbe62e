// Past 400 lines: the engine as a whole, on one model that all its tests share.
package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class EngineTest {
  /// More tokens than any pause of a test lasts: what runs is still running when it is looked at.
  private static final int ENDLESS = 1 << 20;

  @TempDir Path folder;
  private LanguageModel model;

  /// What a request gave.
  private record Answer(List<Integer> ids, String text, Event.Done done) {
    /// All but how long it took.
    List<Object> content() {
      return List.of(ids, text, done.reason(), done.promptTokens(), done.completionTokens());
    }
  }

  private static void assertEnd(FinishReason reason, int prompt, int completion, Answer answer) {
    assertEquals(
        List.of(reason, prompt, completion), answer.content().subList(2, 5), answer.toString());
  }

  @BeforeEach
  void open() throws IOException {
    // No stop ids: a random model would end at random.
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, true), 12, false);
    model = LanguageModel.open(folder, 2);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static Answer read(Generation generation) {
    var ids = new ArrayList<Integer>();
    var text = new StringBuilder();
    while (true) {
      switch (generation.next()) {
        case Event.PromptToken _ -> throw new AssertionError("nobody asked for the prompt");
        case Event.Token token -> {
          ids.add(token.id());
          text.append(token.text());
        }
        case Event.Done done -> {
          assertFalse(generation.hasNext());
          assertThrows(NoSuchElementException.class, generation::next);
          return new Answer(ids, text.toString(), done);
        }
      }
    }
  }

  private static int[] prompt(int length, int salt) {
    return IntStream.range(0, length).map(i -> 2 + (i * 7 + salt * 13) % 250).toArray();
  }

  @Test
  void an_answer_is_the_likeliest_token_after_all_before_again_and_again() {
    try (var engine = new Engine(model, 2, 128)) {
      int[] ids = prompt(5, 1);
      Answer answer = read(engine.submit(new Request(ids, Sampling.greedy(20))));
      assertEnd(FinishReason.LENGTH, 5, 20, answer);
      for (int id : answer.ids()) {
        float[] scores =
            model
                .step(
                    dev.imago.tensor.ForwardBatch.of(model.cache(ids.length), ids), ids.length - 1)
                .row(0);
        assertEquals(Sampler.likeliest(scores), id);
        ids = java.util.Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = id;
      }
      int[] own = answer.ids().stream().mapToInt(i -> i).toArray();
      assertEquals(model.tokenizer().decode(own, true), answer.text());
    }
  }

  @Test
  void what_a_request_gives_does_not_depend_on_its_company() {
    var requests = new ArrayList<Request>();
    for (int i = 0; i < 9; i++) {
      // Prompts of one token, of many, and of more than a step holds.
      int length = i == 4 ? 140 : 1 + i * 11;
      Sampling sampling = i % 2 == 0 ? Sampling.greedy(15 + i) : Sampling.of(15 + i, 0.9f, 0.9f, i);
      requests.add(new Request(prompt(length, i), sampling));
    }
    var alone = new ArrayList<Answer>();
    try (var engine = new Engine(model, 1, 200)) {
      requests.forEach(r -> alone.add(read(engine.submit(r))));
    }
    try (var engine = new Engine(model, 4, 200)) {
      List<Generation> together = requests.stream().map(engine::submit).toList();
      for (int i = 0; i < requests.size(); i++) {
        assertEquals(alone.get(i).content(), read(together.get(i)).content());
      }
      Stats stats = engine.stats();
      assertEquals(
          requests.stream().mapToLong(r -> r.prompt().length).sum(), stats.prefilledTokens());
      assertEquals(alone.stream().mapToLong(a -> a.ids().size()).sum(), stats.generatedTokens());
    }
  }

  @Test
  void it_tells_when_it_is_idle() throws Exception {
    CompletableFuture<Void> ended;
    try (var engine = new Engine(model, 1, 128)) {
      assertTrue(engine.idle().isDone());
      Generation first = engine.submit(new Request(prompt(4, 2), Sampling.greedy(9)));
      Generation second = engine.submit(new Request(prompt(4, 3), Sampling.greedy(9)));
      second.cancel();
      engine.idle().get(300, TimeUnit.SECONDS);
      assertEquals(0, engine.stats().running() + engine.stats().waiting());
      read(first);
      var _ = engine.submit(new Request(prompt(4, 2), Sampling.greedy(120)));
      ended = engine.idle();
    }
    ended.get(300, TimeUnit.SECONDS); // its end is one, too
  }

  @Test
  void a_stop_text_ends_the_answer_and_is_no_part_of_it() {
    try (var engine = new Engine(model, 2, 128)) {
      Answer whole = read(engine.submit(new Request(prompt(4, 2), Sampling.greedy(40))));
      int middle = whole.text().length() / 2;
      String stop = whole.text().substring(middle, middle + 3);
      Sampling stopping = Sampling.greedy(40).withStop(List.of(stop));
      Answer cut = read(engine.submit(new Request(prompt(4, 2), stopping)));
      assertEquals(whole.text().substring(0, whole.text().indexOf(stop)), cut.text());
      assertEquals(FinishReason.STOP, cut.done().reason());
      assertTrue(cut.ids().size() < 40);
      assertEquals(cut.ids().size(), cut.done().completionTokens());
    }
  }

  @Test
  void a_stop_id_ends_the_answer() throws IOException {
    try (var engine = new Engine(model, 1, 128)) {
      Answer whole = read(engine.submit(new Request(prompt(4, 2), Sampling.greedy(12))));
      int last = whole.ids().get(5);
      int first = whole.ids().indexOf(last);
      Path config = folder.resolve("config.json");
      java.nio.file.Files.writeString(
          config,
          java.nio.file.Files.readString(config)
              .replace("\"eos_token_id\" : null", "\"eos_token_id\" : [" + last + "]"));
      try (LanguageModel stopping = LanguageModel.open(folder, 1);
          var other = new Engine(stopping, 1, 128)) {
        Answer cut = read(other.submit(new Request(prompt(4, 2), Sampling.greedy(12))));
        assertEquals(whole.ids().subList(0, first + 1), cut.ids());
        assertEquals(FinishReason.STOP, cut.done().reason());
        int[] before = cut.ids().subList(0, first).stream().mapToInt(i -> i).toArray();
        assertEquals(model.tokenizer().decode(before, true), cut.text());
      }
    }
  }

  @Test
  void an_answer_ends_where_the_context_does() {
    try (var engine = new Engine(model, 1, 20)) {
      Answer answer = read(engine.submit(new Request(prompt(15, 0), Sampling.greedy(100))));
      assertEnd(FinishReason.LENGTH, 15, 5, answer);
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> engine.submit(new Request(prompt(20, 0), Sampling.greedy(1))))
              .toString();
      assertTrue(message.contains("20 tokens"), message);
      assertThrows(
          IllegalArgumentException.class,
          () -> engine.submit(new Request(new int[] {320}, Sampling.greedy(1))));
      assertThrows(
          IllegalArgumentException.class, () -> new Request(new int[0], Sampling.greedy(1)));
    }
  }

  @Test
  void a_cancelled_request_ends_and_the_next_one_runs() {
    try (var engine = new Engine(model, 1, ENDLESS)) {
      Generation endless = engine.submit(new Request(prompt(3, 0), Sampling.greedy(ENDLESS)));
      Generation waits = engine.submit(new Request(prompt(3, 0), Sampling.greedy(3)));
      Generation dropped = engine.submit(new Request(prompt(3, 1), Sampling.greedy(3)));
      assertInstanceOf(Event.Token.class, endless.next());
      dropped.cancel();
      assertEquals(FinishReason.CANCELLED, read(dropped).done().reason());
      endless.cancel();
      assertEquals(FinishReason.CANCELLED, read(endless).done().reason());
      assertEquals(FinishReason.LENGTH, read(waits).done().reason());
    }
  }

  @Test
  void a_full_queue_says_so() {
    try (var engine = new Engine(model, 1, ENDLESS, 2)) {
      Generation running = engine.submit(new Request(prompt(3, 0), Sampling.greedy(ENDLESS)));
      running.next();
      engine.submit(new Request(prompt(3, 0), Sampling.greedy(3)));
      engine.submit(new Request(prompt(3, 0), Sampling.greedy(3)));
      String message =
          assertThrows(
                  BusyException.class,
                  () -> engine.submit(new Request(prompt(3, 0), Sampling.greedy(3))))
              .toString();
      assertTrue(message.contains("2 requests wait"), message);
      assertEquals(2, engine.stats().waiting());
      assertEquals(1, engine.stats().running());
      assertTrue(engine.stats().cacheBytes() > 0);
    }
  }

  @Test
  void a_closed_engine_ends_all_and_takes_no_more() {
    var engine = new Engine(model, 1, ENDLESS);
    Generation running = engine.submit(new Request(prompt(3, 0), Sampling.greedy(ENDLESS)));
    Generation waiting = engine.submit(new Request(prompt(3, 0), Sampling.greedy(ENDLESS)));
    running.next();
    engine.close();
    assertEquals(FinishReason.CANCELLED, read(running).done().reason());
    assertEquals(FinishReason.CANCELLED, read(waiting).done().reason());
    assertThrows(
        IllegalStateException.class,
        () -> engine.submit(new Request(prompt(3, 0), Sampling.greedy(1))));
  }

  private static Sampling greedy(Map<Integer, Float> bias, Ending ending) {
    return new Sampling(0, SamplingTruncation.NONE, new Penalties(1, 0, 0, bias), 0, ending);
  }

  @Test
  void no_end_comes_before_the_least_length() {
    try (var engine = new Engine(model, 1, 128)) {
      Answer whole = read(engine.submit(new Request(prompt(4, 2), Sampling.greedy(12))));
      int stop = whole.ids().get(2);
      var at = new Ending(12, 0, false, Set.of(stop), List.of());
      Answer cut = read(engine.submit(new Request(prompt(4, 2), greedy(Map.of(), at))));
      assertEquals(whole.ids().subList(0, whole.ids().indexOf(stop) + 1), cut.ids());
      assertEquals(FinishReason.STOP, cut.done().reason());
      var later = new Ending(12, 8, false, Set.of(stop), List.of());
      Answer longer = read(engine.submit(new Request(prompt(4, 2), greedy(Map.of(), later))));
      assertTrue(longer.ids().size() >= 8, longer.toString());
      assertFalse(longer.ids().subList(0, 8).contains(stop), longer.toString());
    }
  }

  @Test
  void a_stop_text_is_not_looked_for_before_the_least_length() {
    try (var engine = new Engine(model, 1, 128)) {
      Answer whole = read(engine.submit(new Request(prompt(4, 2), Sampling.greedy(40))));
      String stop = whole.text().substring(0, 1);
      var ending = new Ending(40, 20, false, Set.of(), List.of(stop));
      Answer cut = read(engine.submit(new Request(prompt(4, 2), greedy(Map.of(), ending))));
      assertTrue(cut.ids().size() > 20, cut.toString());
      assertTrue(cut.text().startsWith(stop), cut.text());
    }
  }

  @Test
  void an_ignored_end_is_never_chosen() throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, true), 12, true);
    try (LanguageModel ending = LanguageModel.open(folder, 1);
        var engine = new Engine(ending, 1, 128)) {
      Map<Integer, Float> bias = Map.of(RandomModelFolder.END_OF_TEXT, 100f);
      int[] ids = prompt(4, 2);
      Answer ended = read(engine.submit(new Request(ids, greedy(bias, Ending.after(10)))));
      assertEnd(FinishReason.STOP, 4, 1, ended);
      var ignoring = new Ending(10, 0, true, Set.of(), List.of());
      Answer going = read(engine.submit(new Request(ids, greedy(bias, ignoring))));
      assertEnd(FinishReason.LENGTH, 4, 10, going);
      assertFalse(going.ids().contains(RandomModelFolder.END_OF_TEXT));
    }
  }

  @Test
  void ids_that_the_model_has_not_are_refused_wherever_they_stand() {
    try (var engine = new Engine(model, 1, 128)) {
      for (Sampling each :
          List.of(
              greedy(Map.of(320, 1f), Ending.after(1)),
              greedy(Map.of(), new Ending(1, 0, false, Set.of(-1), List.of())))) {
        assertThrows(
            IllegalArgumentException.class, () -> engine.submit(new Request(prompt(2, 0), each)));
      }
    }
  }

  @Test
  void scores_that_are_no_numbers_end_their_answer_and_no_other() throws IOException {
    int poison = 77;
    RandomModelFolder.write(
        folder,
        RandomModelFolder.tiny(2, 64, false),
        12,
        false,
        (name, values) -> {
          if (name.equals("model.embed_tokens.weight")) {
            values[poison * 64] = Float.NaN;
          }
        });
    try (LanguageModel broken = LanguageModel.open(folder, 2)) {
      var good = new Request(prompt(5, 1), Sampling.greedy(20));
      List<Object> alone;
      try (var engine = new Engine(broken, 1, 128)) {
        alone = read(engine.submit(good)).content();
      }
      try (var engine = new Engine(broken, 3, 128)) {
        Generation first = engine.submit(good);
        Generation bad = engine.submit(new Request(new int[] {5, poison}, Sampling.greedy(20)));
        Generation second = engine.submit(good);
        String message = assertThrows(NotFiniteException.class, bad::next).getMessage();
        assertTrue(message.contains("NaN"), message);
        assertFalse(bad.hasNext());
        assertEquals(alone, read(first).content());
        assertEquals(alone, read(second).content());
      }
    }
  }

  @Test
  void an_answer_that_is_cut_in_a_character_ends_before_it() {
    // The bytes of «é», each a token of its own.
    int first = model.tokenizer().id("Ã").orElseThrow();
    int second = model.tokenizer().id("©").orElseThrow();
    try (var engine = new Engine(model, 1, 128)) {
      Answer half =
          read(
              engine.submit(
                  new Request(prompt(4, 2), greedy(Map.of(first, 1000f), Ending.after(1)))));
      assertEquals(List.of(first), half.ids());
      assertEquals("", half.text());
      var ids = new int[] {first};
      var goesOn = greedy(Map.of(second, 1000f), Ending.after(1));
      assertEquals("é", read(engine.submit(new Request(ids, goesOn, true))).text());
    }
  }

  @Test
  void an_answer_that_goes_on_with_a_text_keeps_the_blank_before_its_first_word()
      throws IOException {
    Tokenizer pieces = SmallSentencePiece.tokenizer();
    RandomModelFolder.write(folder, RandomModelFolder.tiny(2, 64, true), 12, false);
    Files.write(folder.resolve("tokenizer.json"), pieces.toJson());
    try (LanguageModel model = LanguageModel.open(folder, 1);
        var engine = new Engine(model, 1, 128)) {
      int[] hello = {pieces.id("▁Hello").orElseThrow()};
      var world = greedy(Map.of(pieces.id("▁world").orElseThrow(), 1000f), Ending.after(1));
      assertEquals(" world", read(engine.submit(new Request(hello, world, true))).text());
      assertEquals("world", read(engine.submit(new Request(hello, world))).text());
    }
  }

  @Test
  void time_in_the_queue_and_on_the_prompt_is_told_apart_from_that_of_the_answer() {
    // Only the engine's thread moves the clock, and its first step's end waits for both requests.
    var clock = new AtomicLong();
    var bothWait = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    LongSupplier nanoTime =
        () -> {
          if (Thread.currentThread() == caller) {
            return clock.get();
          }
          if (clock.get() > 0) {
            awaitQuietly(bothWait);
          }
          return clock.addAndGet(1_000);
        };
    try (var engine =
        new Engine(
            model, 1, 4096, 4, CacheBudget.UNBOUNDED, java.util.Optional.empty(), true, nanoTime)) {
      Generation first = engine.submit(new Request(prompt(3, 0), Sampling.greedy(50)));
      Generation second = engine.submit(new Request(prompt(300, 0), Sampling.greedy(2)));
      bothWait.countDown();
      Timing quick = read(first).done().timing();
      Timing waited = read(second).done().timing();
      // The clock is read at each submission, each admission and each step's end.
      assertEquals(49_000, quick.decodeNanos(), "a step for each token after the first");
      assertTrue(waited.queueNanos() >= 49_000, waited.toString());
      assertEquals(3_000, waited.prefillNanos(), "300 tokens are three steps");
      assertEquals(1_000, waited.decodeNanos());
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
