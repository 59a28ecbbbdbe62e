package dev.imago.vocabularies;

import java.nio.file.Path;
import java.util.Optional;

/// In what means words are counted: threads, memory, disk. None of it changes what is learned.
///
/// ```java
/// Counting.inMemory()                                // no bound, no disk
/// Counting.in(folder).memoryBytes(256 << 20)         // what is more goes to the folder
/// Counting.in(folder).checkpointBytes(1_000_000_000) // and a killed count goes on where it was
/// ```
///
/// @param threads how many threads cut texts and count words
/// @param memoryBytes about how much memory distinct words may take while they are counted; a word
///   takes about 60 bytes
/// @param folder where words beyond that go, as sorted runs, and checkpoints
/// @param checkpointBytes after about how many bytes of text what was counted is made safe, so that
///   the same count, started again on the same texts in the same order, goes on there; 0 for never.
///   The folder is then the count's own, and stays when it is done.
public record Counting(int threads, long memoryBytes, Optional<Path> folder, long checkpointBytes) {
  private static final long LEAST_MEMORY = 1 << 16;

  public Counting {
    if (threads < 1 || threads > 1024) {
      throw new IllegalArgumentException("threads = " + threads + " is not in 1 … 1024");
    }
    if (memoryBytes < LEAST_MEMORY) {
      throw new IllegalArgumentException(
          "memoryBytes = %d is below %d; 268435456 (256 MiB) suits most"
              .formatted(memoryBytes, LEAST_MEMORY));
    }
    if (checkpointBytes < 0) {
      throw new IllegalArgumentException(
          "checkpointBytes = " + checkpointBytes + " is negative; 0 makes no checkpoints");
    }
    if (checkpointBytes > 0 && folder.isEmpty()) {
      throw new IllegalArgumentException(
          "checkpointBytes = "
              + checkpointBytes
              + " needs a folder; start with Counting.in(folder)");
    }
  }

  /// All processors, as much memory as it takes.
  public static Counting inMemory() {
    return new Counting(
        Runtime.getRuntime().availableProcessors(), Long.MAX_VALUE, Optional.empty(), 0);
  }

  /// All processors, a quarter of the heap, and a folder for what is more.
  public static Counting in(Path folder) {
    return new Counting(
        Runtime.getRuntime().availableProcessors(),
        Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / 4),
        Optional.of(folder),
        0);
  }

  public Counting threads(int threads) {
    return new Counting(threads, memoryBytes, folder, checkpointBytes);
  }

  public Counting memoryBytes(long memoryBytes) {
    return new Counting(threads, memoryBytes, folder, checkpointBytes);
  }

  public Counting checkpointBytes(long checkpointBytes) {
    return new Counting(threads, memoryBytes, folder, checkpointBytes);
  }
}
