package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.model.Architectures;
import dev.imago.model.Specials;
import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Precision;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model that turns out not to be one while it is read leaves neither arrays nor threads.
class FailedReadTest {
  private static final String BROKEN = "model.norm.weight";

  /// A folder whose last tensor is of the right shape, and of no numbers.
  private static Path folder(Path folder) throws Exception {
    Path whole = Files.createDirectories(folder.resolve("whole"));
    try (var model = TrainableModel.random(Architectures.ofDepth(1, 32, 16), 3, 1, Precision.F32)) {
      model.write(whole, new Specials(0, List.of(0)));
    }
    Path broken = Files.createDirectories(folder.resolve("broken"));
    Files.copy(whole.resolve("config.json"), broken.resolve("config.json"));
    try (var file = Safetensors.open(whole.resolve("model.safetensors"))) {
      var tensors = new LinkedHashMap<String, HostTensor>(file.tensors());
      long[] shape = Objects.requireNonNull(tensors.get(BROKEN)).shape();
      MemorySegment bits = MemorySegment.ofArray(new byte[(int) shape[0]]);
      tensors.put(BROKEN, new HostTensor(DataType.BOOL, shape, bits));
      Safetensors.write(broken.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    }
    return broken;
  }

  private static long replicas() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("replica-"))
        .count();
  }

  @Test
  void whatFailsWhileItIsFilledLeavesNothing(@TempDir Path temporary) throws Exception {
    Path broken = folder(temporary);
    long threads = replicas();
    long arrays = Pointer.totalCount();
    for (int i = 0; i < 3; i++) {
      String message =
          assertThrows(
                  InputException.class, () -> TrainableModel.read(broken, 2, Precision.F32).close())
              .getMessage();
      assertTrue(message.contains("BOOL is no type of numbers"), message);
    }
    assertEquals(threads, replicas());
    // Views of what was closed go with the heap; what anything still holds does not.
    for (int i = 0; i < 100 && Pointer.totalCount() > arrays; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertTrue(Pointer.totalCount() <= arrays, Pointer.totalCount() + " are held");
  }
}
