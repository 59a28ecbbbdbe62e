package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class EngineTest {
  @TempDir Path folder;
  private LanguageModel model;

  /// What a request gave.
  private record Answer(List<Integer> ids, String text, Event.Done done) {}

  @BeforeEach
  void open() throws IOException {
    // No stop ids: a random model would end at random.
    RandomModel.write(folder, RandomModel.tiny(2, 64, true), 12, false);
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
        case Event.Token(int id, String piece) -> {
          ids.add(id);
          text.append(piece);
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
      assertEquals(new Event.Done(FinishReason.LENGTH, 5, 20), answer.done());
      for (int id : answer.ids()) {
        float[] scores =
            model
                .step(dev.imago.tensor.Batch.of(model.cache(ids.length), ids), ids.length - 1)
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
        assertEquals(alone.get(i), read(together.get(i)));
      }
      Stats stats = engine.stats();
      assertEquals(
          requests.stream().mapToLong(r -> r.prompt().length).sum(), stats.prefilledTokens());
      assertEquals(alone.stream().mapToLong(a -> a.ids().size()).sum(), stats.generatedTokens());
    }
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
      assertEquals(new Event.Done(FinishReason.LENGTH, 15, 5), answer.done());
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
    try (var engine = new Engine(model, 1, 4096)) {
      Generation endless = engine.submit(new Request(prompt(3, 0), Sampling.greedy(4000)));
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
    try (var engine = new Engine(model, 1, 4096, 2)) {
      Generation running = engine.submit(new Request(prompt(3, 0), Sampling.greedy(4000)));
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
    var engine = new Engine(model, 1, 4096);
    Generation running = engine.submit(new Request(prompt(3, 0), Sampling.greedy(4000)));
    Generation waiting = engine.submit(new Request(prompt(3, 0), Sampling.greedy(4000)));
    running.next();
    engine.close();
    assertEquals(FinishReason.CANCELLED, read(running).done().reason());
    assertEquals(FinishReason.CANCELLED, read(waiting).done().reason());
    assertThrows(
        IllegalStateException.class,
        () -> engine.submit(new Request(prompt(3, 0), Sampling.greedy(1))));
  }
}
