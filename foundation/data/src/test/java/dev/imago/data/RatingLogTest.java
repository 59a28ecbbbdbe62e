package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.data.Rating.Message;
import dev.imago.data.Rating.Vote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatingLogTest {
  @TempDir Path folder;

  private static Rating rating(String id, Vote vote, String answer) {
    return new Rating(
        Instant.parse("2026-01-02T03:04:05.678Z"),
        id,
        vote,
        vote == Vote.DOWN ? "too\nlong" : null,
        List.of(new Message("system", "Be brief."), new Message("user", "你好 👋\n\"x\"")),
        answer,
        "weights/abc");
  }

  private static List<Rating> read(Path file) {
    try (Stream<Rating> ratings = RatingLog.read(file)) {
      return ratings.toList();
    }
  }

  @Test
  void givesBackWhatWasAppendedWhileItIsStillOpen() {
    Path file = folder.resolve("new/folder/ratings.jsonl");
    Rating up = rating("a", Vote.UP, "Grüße 🦋");
    Rating down = rating("b", Vote.DOWN, "");
    try (RatingLog log = RatingLog.open(file)) {
      assertEquals(List.of(), read(file));
      log.append(up);
      assertEquals(List.of(up), read(file));
      log.append(down);
      assertEquals(List.of(up, down), read(file));
    }
  }

  @Test
  void goesOnWhereAnEarlierServerStopped() {
    Path file = folder.resolve("ratings.jsonl");
    for (int i = 0; i < 3; i++) {
      try (RatingLog log = RatingLog.open(file)) {
        assertEquals(0, log.tornBytes());
        log.append(rating("id" + i, Vote.UP, "answer"));
      }
    }
    assertEquals(
        List.of("id0", "id1", "id2"), read(file).stream().map(Rating::completionId).toList());
  }

  @Test
  void losesATornLastLineAndNothingElseWhereverItWasTorn() throws IOException {
    Path whole = folder.resolve("whole.jsonl");
    try (RatingLog log = RatingLog.open(whole)) {
      log.append(rating("first", Vote.UP, "x".repeat(20_000)));
      log.append(rating("second", Vote.UP, "Grüße 🦋".repeat(3_000)));
    }
    byte[] bytes = Files.readAllBytes(whole);
    int firstLine =
        IntStream.range(0, bytes.length).filter(i -> bytes[i] == '\n').findFirst().orElseThrow()
            + 1;
    for (int length :
        new int[] {firstLine + 1, firstLine + 8_191, firstLine + 8_192, bytes.length - 1}) {
      Path torn = folder.resolve("torn-" + length + ".jsonl");
      Files.write(torn, java.util.Arrays.copyOf(bytes, length));
      assertEquals(1, read(torn).size(), "a reader passes over the torn line");
      try (RatingLog log = RatingLog.open(torn)) {
        assertEquals(length - firstLine, log.tornBytes());
        log.append(rating("third", Vote.DOWN, "after"));
      }
      assertEquals(
          List.of("first", "third"), read(torn).stream().map(Rating::completionId).toList());
    }
  }

  @Test
  void emptiesAFileThatHoldsOnlyATornLine() throws IOException {
    Path file = folder.resolve("ratings.jsonl");
    Files.writeString(file, "{\"time\":\"20");
    try (RatingLog log = RatingLog.open(file)) {
      assertEquals(11, log.tornBytes());
    }
    assertEquals(0, Files.size(file));
  }

  @Test
  void namesFileAndLineOfAWholeLineThatIsNoRating() throws IOException {
    Path file = folder.resolve("ratings.jsonl");
    try (RatingLog log = RatingLog.open(file)) {
      log.append(rating("a", Vote.UP, "answer"));
    }
    Files.writeString(file, "{\"vote\":\"SIDEWAYS\"}\n", StandardOpenOption.APPEND);
    InputException e = assertThrows(InputException.class, () -> read(file));
    assertTrue(e.toString().contains(file + ", line 2"), e.toString());
  }

  @Test
  void saysThatThereIsNoLog() {
    InputException e =
        assertThrows(InputException.class, () -> read(folder.resolve("absent.jsonl")));
    assertTrue(e.toString().contains("absent.jsonl"), e.toString());
  }

  @Test
  void admitsOneWriter() {
    Path file = folder.resolve("ratings.jsonl");
    try (RatingLog first = RatingLog.open(file)) {
      EnvironmentException e = assertThrows(EnvironmentException.class, () -> RatingLog.open(file));
      assertTrue(e.toString().contains("another"), e.toString());
      first.append(rating("a", Vote.UP, "still mine"));
    }
    assertEquals(1, read(file).size());
  }

  @Test
  void keepsLinesWholeWhenManyThreadsAppend() throws Exception {
    Path file = folder.resolve("ratings.jsonl");
    try (RatingLog log = RatingLog.open(file);
        var threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all =
          IntStream.range(0, 40)
              .<Future<?>>mapToObj(
                  i -> threads.submit(() -> log.append(rating("id" + i, Vote.UP, "y".repeat(i)))))
              .toList();
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertEquals(40, read(file).stream().map(Rating::completionId).distinct().count());
  }

  @Test
  void countsOnlyTheLastRatingOfACompletion() {
    Path file = folder.resolve("ratings.jsonl");
    try (RatingLog log = RatingLog.open(file)) {
      log.append(rating("a", Vote.UP, "one"));
      log.append(rating("b", Vote.UP, "two"));
      log.append(rating("a", Vote.DOWN, "one"));
    }
    assertEquals(
        List.of(rating("b", Vote.UP, "two"), rating("a", Vote.DOWN, "one")),
        RatingLog.latest(file));
  }
}
