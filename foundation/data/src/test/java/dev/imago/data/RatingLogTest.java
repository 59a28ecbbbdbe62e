package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.data.Rating.Message;
import dev.imago.data.Rating.Vote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
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
  void whatIsTakenOutIsGoneAlsoFromUnderAServerThatAppends() {
    Path file = folder.resolve("ratings.jsonl");
    try (RatingLog serving = RatingLog.open(file)) {
      serving.append(rating("a", Vote.UP, "one"));
      serving.append(rating("b", Vote.UP, "two"));
      try (RatingLog other = RatingLog.open(file)) {
        assertEquals(1, other.remove(r -> r.completionId().equals("a")).size());
        serving.append(rating("c", Vote.UP, "three"));
        other.append(rating("d", Vote.UP, "four"));
      }
      assertEquals(List.of("b", "c", "d"), read(file).stream().map(Rating::completionId).toList());
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
  void twoServersKeepTheRatingsOfBoth() {
    Path file = folder.resolve("ratings.jsonl");
    try (RatingLog first = RatingLog.open(file);
        RatingLog second = RatingLog.open(file)) {
      first.append(rating("a", Vote.UP, "long " + "x".repeat(20_000)));
      second.append(rating("b", Vote.UP, "short"));
      first.append(rating("c", Vote.DOWN, ""));
    }
    assertEquals(List.of("a", "b", "c"), read(file).stream().map(Rating::completionId).toList());
  }

  @Test
  void whatAnotherServerLeftTornIsRemovedByTheNextToAppend() throws IOException {
    Path file = folder.resolve("ratings.jsonl");
    try (RatingLog log = RatingLog.open(file)) {
      log.append(rating("a", Vote.UP, "one"));
      Files.writeString(file, "{\"time\":\"20", StandardOpenOption.APPEND); // and died
      log.append(rating("b", Vote.UP, "two"));
    }
    assertEquals(List.of("a", "b"), read(file).stream().map(Rating::completionId).toList());
  }

  @Test
  void keepsLinesWholeWhenTwoProcessesAppend() throws Exception {
    Path file = folder.resolve("ratings.jsonl");
    var processes = new ArrayList<Process>();
    for (String name : List.of("left", "right")) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Appending.class.getName(),
                  file.toString(),
                  name)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(name + ".txt").toFile())
              .start());
    }
    for (Process process : processes) {
      assertEquals(0, process.waitFor());
    }
    List<Rating> all = read(file);
    assertEquals(2 * Appending.COUNT, all.stream().map(Rating::completionId).distinct().count());
    assertEquals(2 * Appending.COUNT, all.size());
  }

  /// A process of its own that appends.
  static final class Appending {
    static final int COUNT = 60;

    private Appending() {}

    public static void main(String[] args) {
      try (RatingLog log = RatingLog.open(Path.of(args[0]))) {
        for (int i = 0; i < COUNT; i++) {
          log.append(rating(args[1] + i, Vote.UP, "z".repeat(i * 100)));
        }
      }
    }
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
