package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendLogTest {
  private static final Path LOCKS = Path.of("/proc/locks");

  @TempDir Path folder;

  /// What is written tells whether the log's file is locked just then.
  public record Line(String id) {
    private static final List<Boolean> LOCKED = new ArrayList<>();
    private static String inode = ":";

    @Override
    public String id() {
      LOCKED.add(isLocked());
      return id;
    }

    private static boolean isLocked() {
      try (var lines = Files.lines(LOCKS)) {
        return lines.anyMatch(line -> line.contains(inode));
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  @Test
  void itsLockIsHeldWhileLinesAreReadAndWrittenAnew() throws Exception {
    Assumptions.assumeTrue(Files.isReadable(LOCKS), "the locks of this machine are not told");
    Path file = folder.resolve("log.jsonl");
    try (var log = AppendLog.open(file, Line.class)) {
      log.append(new Line("a"));
      log.append(new Line("b"));
      Line.inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
      assertEquals(false, Line.isLocked());
      Line.LOCKED.clear();
      var read = new ArrayList<Boolean>();
      log.remove(
          Line.class,
          "line",
          line -> {
            read.add(Line.isLocked());
            return read.size() == 1;
          });
      Assumptions.assumeTrue(read.getFirst(), "the locks of this machine are not told");
      assertEquals(List.of(true, true), read);
      assertEquals(List.of(true), Line.LOCKED);
      assertEquals(false, Line.isLocked());
    }
    assertEquals("{\"id\":\"b\"}\n", Files.readString(file));
  }
}
