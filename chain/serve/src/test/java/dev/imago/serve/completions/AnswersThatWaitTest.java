package dev.imago.serve.completions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.data.AnswerKeeping;
import dev.imago.data.Rating;
import dev.imago.serve.feedback.AnswerKeeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Answers to keep, where what writes them is behind.
final class AnswersThatWaitTest {
  @TempDir Path folder;

  /// A time that nobody learns before the latch opens.
  private static final class Late extends Clock {
    final CountDownLatch open = new CountDownLatch(1);

    @Override
    public Instant instant() {
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return Instant.EPOCH;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void noMoreWaitThanThereIsRoomFor() throws Exception {
    var clock = new Late();
    Path file = folder.resolve("kept.jsonl");
    var rules = AnswerKeeping.parse(List.of("share=1"), Duration.ofDays(30));
    try (var keeper = new AnswerKeeper(rules, file, clock)) {
      var answers = new ServedAnswers(1000, 1 << 20, keeper);
      for (int i = 0; i < 300; i++) {
        answers
            .start(
                "a" + i,
                "",
                null,
                "model",
                List.of(new Rating.Message("user", "hello")),
                Optional.empty())
            .ended(new ServedAnswers.End(1, Double.NaN, false, null));
      }
      clock.open.countDown();
    }
    assertEquals(256, Files.readAllLines(file).size());
  }
}
