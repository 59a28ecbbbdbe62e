package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
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

  @Test
  void anyExceptionOfTheWriterLeavesTheOldFileAndNothingElse() throws Exception {
    Path file = folder.resolve("f");
    AtomicFile.write(file, "old");
    assertThrows(
        IllegalStateException.class,
        () ->
            AtomicFile.replace(
                file,
                temporary -> {
                  Files.writeString(temporary, "half");
                  throw new IllegalStateException("a defect of the writer");
                }));
    assertEquals("old", Files.readString(file));
    assertArrayEquals(new String[] {"f"}, folder.toFile().list());
  }

  @Test
  void twoThreadsThatWriteOneFileAtOnceLeaveOneOfTheTwoWhole() throws Exception {
    Path file = folder.resolve("f");
    var bothAreWriting = new CyclicBarrier(2);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers =
          Stream.of("a", "b")
              .<Future<?>>map(
                  letter ->
                      threads.submit(
                          () ->
                              AtomicFile.write(
                                  file,
                                  out -> {
                                    out.write(letter.repeat(100_000).getBytes());
                                    await(bothAreWriting);
                                    out.write(letter.repeat(100_000).getBytes());
                                  })))
              .toList();
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    String left = Files.readString(file);
    assertEquals(left.substring(0, 1).repeat(200_000), left);
    assertArrayEquals(new String[] {"f"}, folder.toFile().list());
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }
}
