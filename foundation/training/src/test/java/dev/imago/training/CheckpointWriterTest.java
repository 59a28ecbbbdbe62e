package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnvironmentException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checkpoints beside training: what is written is what was there when one was begun.
final class CheckpointWriterTest {
  @TempDir Path folder;
  private Arena arena;
  private MemorySegment weights;

  @BeforeEach
  void weights() {
    arena = Arena.ofShared();
    weights = arena.allocate(4L << 20, 4);
  }

  @AfterEach
  void close() {
    arena.close();
  }

  private static Checkpoints.State after(long step) {
    return new Checkpoints.State(step, 9, 100, 0);
  }

  private Optional<Long> kept() {
    return new Checkpoints(folder).state().map(Checkpoints.State::step);
  }

  @Test
  void theNumbersOfItsMomentAreWrittenWhateverTrainingDoesMeanwhile() throws Exception {
    try (var writer = new CheckpointWriter(new Checkpoints(folder))) {
      for (int step = 1; step <= 5; step++) {
        weights.fill((byte) step);
        writer.begin(Map.of("value", weights), after(step), new Curve());
        weights.fill((byte) 77); // the next step's work
      }
    }
    assertEquals(Optional.of(5L), kept());
    for (String name : new String[] {"checkpoint-0.safetensors", "checkpoint-1.safetensors"}) {
      try (var file = dev.imago.tensor.Safetensors.open(folder.resolve(name))) {
        MemorySegment data = file.tensor("value").data();
        byte step = Byte.parseByte(file.metadata().get("step"));
        for (long at = 0; at < data.byteSize(); at++) {
          if (data.get(ValueLayout.JAVA_BYTE, at) != step) {
            throw new AssertionError(name + " holds another step's numbers at " + at);
          }
        }
      }
    }
  }

  @Test
  void whatCannotBeWrittenIsThrownWithTheMendAndTheLastOneStands() throws Exception {
    try (var writer = new CheckpointWriter(new Checkpoints(folder))) {
      writer.begin(Map.of("value", weights), after(1), new Curve());
      writer.await();
      // A folder in the place of the file that is next.
      Files.createDirectories(folder.resolve("checkpoint-1.safetensors/in-the-way"));
      writer.begin(Map.of("value", weights), after(2), new Curve());
      String message = assertThrows(EnvironmentException.class, writer::await).getMessage();
      assertTrue(message.contains("checkpoint-1.safetensors"), message);
    }
    assertEquals(Optional.of(1L), kept());
  }

  @Test
  void anInterruptWaitsForWhatIsBegun() throws Exception {
    try (var writer = new CheckpointWriter(new Checkpoints(folder))) {
      writer.begin(Map.of("value", weights), after(1), new Curve());
      Thread.currentThread().interrupt();
      assertThrows(
          InterruptedException.class,
          () -> {
            writer.begin(Map.of("value", weights), after(2), new Curve());
            writer.await();
          });
    }
    assertEquals(Optional.of(2L), kept());
  }
}
