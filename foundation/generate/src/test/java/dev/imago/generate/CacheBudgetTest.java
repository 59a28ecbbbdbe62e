package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.GgufMixture;
import dev.imago.model.ModelCard;
import dev.imago.model.llama.LlamaShape;
import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The engine on a quantised file, with keys and values in each type and in bounded memory.
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class CacheBudgetTest {
  @TempDir Path folder;
  private LanguageModel model;

  @BeforeEach
  void open() throws IOException {
    LlamaShape shape = LlamaShape.plain(320, 256, 2, 4, 2, 64, 96, 128, false);
    Path hf = RandomModelFolder.write(folder.resolve("hf"), shape, 12, false);
    Path file = folder.resolve("a.gguf");
    GgufExport.write(hf, file, ModelCard.named("a"), GgufMixture.Q4_K_M, Map.of(), 2, _ -> {});
    model = LanguageModel.open(file, 2);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static int[] prompt(int length, int salt) {
    return IntStream.range(0, length).map(i -> 2 + (i * 7 + salt * 13) % 250).toArray();
  }

  /// Ids and text, to the end.
  private static List<Event> read(Generation generation) {
    var events = new ArrayList<Event>();
    while (generation.hasNext()) {
      if (generation.next() instanceof Event.Token token) {
        events.add(token);
      }
    }
    return events;
  }

  @ParameterizedTest
  @EnumSource(CacheType.class)
  void a_request_gives_the_same_alone_and_among_32(CacheType type) {
    var requests = new ArrayList<Request>();
    for (int i = 0; i < 32; i++) {
      Sampling sampling = i % 2 == 0 ? Sampling.greedy(5 + i % 7) : Sampling.of(8, 0.9f, 0.9f, i);
      requests.add(new Request(prompt(1 + i * 5 % 47, i), sampling));
    }
    CacheBudget budget = CacheBudget.of(type);
    var alone = new ArrayList<List<Event>>();
    try (var engine = new Engine(model, 1, 128, 32, budget)) {
      requests.forEach(r -> alone.add(read(engine.submit(r))));
      assertEquals(0, engine.takenBytes());
    }
    try (var engine = new Engine(model, 32, 128, 32, budget)) {
      List<Generation> together = requests.stream().map(engine::submit).toList();
      for (int i = 0; i < 32; i++) {
        assertEquals(alone.get(i), read(together.get(i)), "request " + i);
      }
      assertEquals(0, engine.takenBytes());
    }
  }

  @Test
  void what_there_is_no_room_for_yet_waits_and_gives_the_same() {
    // Room for one of the longest, or for four of up to 32 tokens.
    long bytes = CacheBlocks.bytes(CacheType.F16, 2, 128, 128);
    var requests = new ArrayList<Request>();
    for (int i = 0; i < 12; i++) {
      requests.add(new Request(prompt(i % 3 == 0 ? 90 : 12, i), Sampling.greedy(10)));
    }
    var alone = new ArrayList<List<Event>>();
    try (var engine = new Engine(model, 1, 128, 12, CacheBudget.of(CacheType.F16))) {
      requests.forEach(r -> alone.add(read(engine.submit(r))));
    }
    var budget = new CacheBudget(CacheType.F16, bytes);
    try (var engine = new Engine(model, 8, 128, 12, budget)) {
      List<Generation> together = requests.stream().map(engine::submit).toList();
      for (int i = 0; i < requests.size(); i++) {
        assertEquals(alone.get(i), read(together.get(i)), "request " + i);
        assertTrue(engine.stats().cacheBytes() <= bytes, engine.stats().toString());
      }
      assertEquals(0, engine.takenBytes());
    }
  }

  @ParameterizedTest
  @EnumSource(CacheType.class)
  void warming_up_changes_no_answer_and_ends_with_the_model(CacheType type) throws IOException {
    var request = new Request(prompt(20, 1), Sampling.greedy(10));
    List<Event> cold;
    try (var engine = new Engine(model, 1, 64, 1, CacheBudget.of(type))) {
      cold = read(engine.submit(request));
    }
    try (LanguageModel warmed = LanguageModel.open(folder.resolve("a.gguf"), 1)) {
      warmed.warmUp(type);
      warmed.warmUp(type);
      try (var engine = new Engine(warmed, 1, 64, 1, CacheBudget.of(type))) {
        assertEquals(cold, read(engine.submit(request)));
      }
    }
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(t -> t.getName().equals("imago-warm-up")));
  }

  @Test
  void a_cancelled_answer_leaves_no_block_behind() {
    try (var engine = new Engine(model, 2, 128, 4, CacheBudget.of(CacheType.Q8_0))) {
      Generation first = engine.submit(new Request(prompt(20, 1), Sampling.greedy(100)));
      first.next();
      first.cancel();
      read(first);
      read(engine.submit(new Request(prompt(20, 2), Sampling.greedy(2))));
      assertEquals(0, engine.takenBytes());
    }
  }

  @Test
  void what_never_fits_is_refused_with_the_longest_that_does() {
    var budget = new CacheBudget(CacheType.F16, CacheBlocks.bytes(CacheType.F16, 2, 128, 64));
    assertEquals(64, model.longestContext(budget));
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Engine(model, 2, 128, 4, budget))
            .getMessage();
    assertTrue(message.contains("the longest that fits is 64"), message);
    assertEquals(128, model.longestContext(CacheBudget.UNBOUNDED));
    assertEquals(0, model.longestContext(new CacheBudget(CacheType.F32, 1)));
  }

  @Test
  void a_draft_model_takes_its_part_of_what_fits() {
    var budget = new CacheBudget(CacheType.F16, CacheBlocks.bytes(CacheType.F16, 2, 128, 64));
    Optional<LanguageModel> draft = Optional.of(model);
    assertEquals(32, model.longestContext(budget, draft));
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> new Engine(model, 2, 64, 4, budget, draft))
            .getMessage();
    assertTrue(message.contains("the longest that fits is 32"), message);
    new Engine(model, 2, 32, 4, budget, draft).close();
  }
}
