package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLockTest {
  private static final Path LOCKS = Path.of("/proc/locks");

  @TempDir Path folder;

  /// Whether the kernel knows of a lock of the file, which is what other processes go by.
  private static boolean isLocked(Path file) throws Exception {
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    return Files.readString(LOCKS).lines().anyMatch(line -> line.contains(inode));
  }

  @Test
  void looksAndSecondTakersLeaveTheHoldToWhomItIs() throws Exception {
    Assumptions.assumeTrue(Files.isReadable(LOCKS), "the locks of this machine are not told");
    Path file = folder.resolve("lock");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder).resolve("lock");
    try (ProcessLock first = ProcessLock.take(file, "")) {
      Assumptions.assumeTrue(isLocked(file), "the locks of this machine are not told");
      for (Path name : new Path[] {file, link}) {
        assertTrue(ProcessLock.isTaken(name));
        var refused =
            assertThrows(EnvironmentException.class, () -> ProcessLock.take(name, "taken"));
        assertEquals("taken", refused.getMessage());
      }
      assertTrue(isLocked(file));
      first.close();
      try (ProcessLock _ = ProcessLock.take(link, "")) {
        first.close(); // again: the hold is another's now
        assertTrue(ProcessLock.isTaken(file));
        assertTrue(isLocked(file));
      }
    }
    assertFalse(ProcessLock.isTaken(file));
    assertFalse(isLocked(file));
  }
}
