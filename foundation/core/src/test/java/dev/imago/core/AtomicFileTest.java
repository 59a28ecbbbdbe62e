package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws Exception {
    Path file = folder.resolve("f");
    AtomicFile.write(file, "old");
    var error =
        assertThrows(
            EnvironmentException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("No space left on device");
                    }));
    assertTrue(error.getMessage().contains("is full"), error.getMessage());
    assertEquals("old", Files.readString(file));
    assertArrayEquals(new String[] {"f"}, folder.toFile().list());
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws Exception {
    Path file = folder.resolve("f");
    AtomicFile.write(file, "x");
    var error =
        assertThrows(
            EnvironmentException.class, () -> AtomicFile.write(file.resolve("below"), "y"));
    assertTrue(error.getMessage().contains("below"), error.getMessage());
  }
}
