package dev.imago.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes checkpoints while training goes on: it copies what belongs into one, which takes as long
/// as memory does, and a thread of its own hashes and writes the copy. One at a time: who comes
/// before the last is written waits for it, so that a slow disk slows the training, and memory
/// holds one copy. What goes wrong is thrown at the next call.
final class CheckpointWriter implements AutoCloseable {
  private final Checkpoints checkpoints;
  private final Arena arena = Arena.ofShared();
  private final Map<String, MemorySegment> copies = new LinkedHashMap<>();
  private @Nullable FileThread writing;

  CheckpointWriter(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
  }

  /// Begins to write one.
  ///
  /// @param parts are free to change once it returns
  void begin(Map<String, MemorySegment> parts, Checkpoints.State state, Curve curve)
      throws InterruptedException {
    boolean interrupted = ended();
    parts.forEach(
        (name, memory) ->
            copies
                .computeIfAbsent(name, _ -> arena.allocate(memory.byteSize(), Float.BYTES))
                .copyFrom(memory));
    copies.keySet().retainAll(parts.keySet());
    Map<String, String> metadata = checkpoints.metadata(state, curve);
    writing = new FileThread(() -> checkpoints.write(copies, metadata));
    if (interrupted) {
      Thread.currentThread().interrupt();
      await();
    }
  }

  /// Waits until what was begun is on disk.
  ///
  /// @throws InterruptedException once it is, where the thread was interrupted meanwhile
  void await() throws InterruptedException {
    if (ended()) {
      throw new InterruptedException("interrupted while a checkpoint was written");
    }
  }

  /// @return whether the thread was interrupted while it waited
  private boolean ended() {
    FileThread thread = writing;
    writing = null;
    return thread != null && thread.end();
  }

  @Override
  public void close() {
    try {
      if (ended()) {
        Thread.currentThread().interrupt();
      }
    } finally {
      arena.close();
    }
  }
}
