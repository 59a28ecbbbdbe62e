package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.generate.Event;
import dev.imago.generate.FinishReason;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.http.ApiException;
import dev.imago.serve.models.Backend;
import dev.imago.serve.models.SleepingModel;
import dev.imago.serve.models.SleepingModels;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Models that sleep while nobody asks them, and share one memory.
class SleepingModelsTest {
  private static final Request ASKED = new Request(new int[] {'a'}, Sampling.greedy(5));
  private static final long ALL = Long.MAX_VALUE;

  private volatile long now;
  private final List<ScriptedBackend> opened = new CopyOnWriteArrayList<>();

  private SleepingModels models(long mostBytes, Duration after) {
    return new SleepingModels(mostBytes, after, () -> now);
  }

  /// @param permits how many events each time it is opened may go at once
  private SleepingModel.Opening opening(long bytes, int permits, String... pieces) {
    return () -> {
      var backend = new ScriptedBackend(100, permits, pieces);
      opened.add(backend);
      return new SleepingModel.Awake(backend, List.of(backend), bytes);
    };
  }

  private static List<String> read(Backend.AnswerWriter answer) {
    var texts = new ArrayList<String>();
    while (true) {
      switch (answer.next()) {
        case Event.Token token -> texts.add(token.text());
        case Event.Done done -> {
          assertEquals(FinishReason.STOP, done.reason());
          return texts;
        }
        case Event.PromptToken _ -> throw new AssertionError("nobody asked for it");
      }
    }
  }

  @Test
  void who_is_not_asked_for_a_while_sleeps_and_the_next_request_wakes_it() throws Exception {
    try (var models = models(ALL, Duration.ofMinutes(10))) {
      SleepingModel model = models.add("a", opening(1, 9, "hi"));
      now = Duration.ofMinutes(9).toNanos();
      models.rest();
      assertFalse(model.sleeps());
      now = Duration.ofMinutes(10).toNanos();
      models.rest();
      assertTrue(model.sleeps());
      assertTrue(opened.getFirst().closed);
      // What it knows without its weights wakes nobody.
      assertEquals(2, model.encodeText("x", true).length);
      assertEquals(100, model.context());
      assertEquals(1, opened.size());
      assertEquals(List.of("hi"), read(model.generate(ASKED)));
      assertEquals(2, opened.size());
      assertFalse(model.sleeps());
      models.rest(); // it was asked just now
      assertFalse(model.sleeps());
    }
    assertTrue(opened.getLast().closed);
  }

  @Test
  void an_answer_under_way_keeps_its_model_awake_and_is_ended_before_another_wakes()
      throws Exception {
    try (var models = models(100, Duration.ofMinutes(1))) {
      SleepingModel a = models.add("a", opening(60, 0, "one", "two"));
      SleepingModel b = models.add("b", opening(60, 9, "three"));
      assertTrue(a.sleeps());
      assertFalse(b.sleeps());
      Backend.AnswerWriter first = a.generate(ASKED);
      assertTrue(b.sleeps());
      now = Duration.ofHours(1).toNanos();
      models.rest();
      assertFalse(a.sleeps());
      var other = CompletableFuture.supplyAsync(() -> read(b.generate(ASKED)));
      while (b.waiting() == 0) {
        Thread.onSpinWait();
      }
      var again = CompletableFuture.supplyAsync(() -> a.generate(ASKED));
      opened.get(2).gate.release(9);
      assertEquals(List.of("one", "two"), read(first));
      assertEquals(List.of("three"), other.get(Running.PATIENCE, TimeUnit.SECONDS));
      Backend.AnswerWriter second = again.get(Running.PATIENCE, TimeUnit.SECONDS);
      opened.forEach(backend -> backend.gate.release(9));
      assertEquals(List.of("one", "two"), read(second));
      assertTrue(opened.get(0).closed && opened.get(1).closed);
    }
  }

  @Test
  void a_request_sets_how_long_its_model_stays_awake() throws Exception {
    try (var models = models(ALL, Duration.ofMinutes(1))) {
      SleepingModel model = models.add("a", opening(1, 9, "hi"));
      models.start();
      model.stayAwake(OptionalLong.of(Duration.ofHours(1).toNanos()));
      now = Duration.ofMinutes(59).toNanos();
      models.rest();
      assertFalse(model.sleeps());
      model.stayAwake(OptionalLong.of(Long.MAX_VALUE));
      now = Duration.ofDays(9).toNanos();
      models.rest();
      assertFalse(model.sleeps());
      // Not at all: when its answer ends, the models hear of it and let it go.
      model.stayAwake(OptionalLong.empty());
      model.wake();
      var gate = opened.getLast().gate;
      gate.drainPermits();
      Backend.AnswerWriter answer = model.generate(ASKED);
      model.stayAwake(OptionalLong.of(0));
      assertFalse(model.sleeps());
      gate.release(9);
      assertEquals(List.of("hi"), read(answer));
      while (!model.sleeps()) {
        Thread.onSpinWait();
      }
      model.wake();
      assertEquals(List.of("hi"), read(model.generate(ASKED)));
    }
  }

  @Test
  void who_was_asked_least_recently_sleeps_first() throws Exception {
    try (var models = models(100, null)) {
      SleepingModel a = models.add("a", opening(40, 99, "a"));
      now = 1;
      SleepingModel b = models.add("b", opening(40, 99, "b"));
      now = 2;
      assertEquals(List.of("a"), read(a.generate(ASKED)));
      now = 3;
      SleepingModel c = models.add("c", opening(40, 99, "c"));
      assertTrue(b.sleeps());
      assertFalse(a.sleeps() || c.sleeps());
      assertEquals(List.of("b"), read(b.generate(ASKED)));
      assertTrue(a.sleeps());
    }
  }

  @Test
  void what_never_fits_is_refused_with_both_numbers() {
    try (var models = models(100, null)) {
      ConfigException e =
          assertThrows(ConfigException.class, () -> models.add("big", opening(1_234, 9, "a")));
      assertTrue(
          String.valueOf(e.getMessage()).matches("big takes 1,234 bytes.* may take 100;.*"),
          e.getMessage());
      assertTrue(opened.getFirst().closed);
    }
  }

  @Test
  void who_does_not_wake_says_so_and_may_wake_the_next_time() throws Exception {
    var broken = new boolean[] {false};
    SleepingModel.Opening whole = opening(1, 9, "hi");
    try (var models = models(ALL, Duration.ofSeconds(1))) {
      SleepingModel model =
          models.add(
              "a",
              () -> {
                if (broken[0]) {
                  throw new IOException("gone");
                }
                return whole.open();
              });
      now = Duration.ofSeconds(1).toNanos();
      models.rest();
      broken[0] = true;
      ApiException e = assertThrows(ApiException.class, () -> model.generate(ASKED));
      assertEquals(503, e.status());
      broken[0] = false;
      assertEquals(List.of("hi"), read(model.generate(ASKED)));
    }
  }
}
