package dev.imago.training;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Replicas;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// All that a run needs to go on: weights, AdamW's two means, the step, the curve; one safetensors
/// file, replaced at once.
final class Checkpoint {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<List<Map<String, Number>>> POINTS = new TypeReference<>() {};

  private Checkpoint() {}

  static void write(Path file, Replicas replicas, long step, Curve curve) {
    var tensors = new LinkedHashMap<String, HostTensor>();
    long n = replicas.layout().size();
    parts(replicas)
        .forEach(
            (name, memory) ->
                tensors.put(name, new HostTensor(DataType.F32, new long[] {n}, memory)));
    var metadata =
        Map.of("step", String.valueOf(step), "curve", JSON.writeValueAsString(curve.points()));
    AtomicFile.replace(file, path -> Safetensors.write(path, tensors, metadata));
  }

  /// Restores what was written.
  ///
  /// @return the step after which it was written; 0 where there is none
  static long read(Path file, Replicas replicas, Curve curve) {
    if (!Files.exists(file)) {
      return 0;
    }
    try (Safetensors checkpoint = Safetensors.open(file)) {
      for (Map.Entry<String, MemorySegment> part : parts(replicas).entrySet()) {
        MemorySegment stored = checkpoint.tensor(part.getKey()).data();
        if (stored.byteSize() != part.getValue().byteSize()) {
          throw new InputException(
              "%s holds %d bytes of %s, not %d; delete it to begin again"
                  .formatted(file, stored.byteSize(), part.getKey(), part.getValue().byteSize()));
        }
        part.getValue().copyFrom(stored);
      }
      JSON.readValue(checkpoint.metadata().getOrDefault("curve", "[]"), POINTS).forEach(curve::add);
      return Long.parseLong(checkpoint.metadata().getOrDefault("step", "0"));
    } catch (IOException e) {
      throw new InputException(
          "%s is no whole checkpoint (%s); delete it to begin again"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static Map<String, MemorySegment> parts(Replicas replicas) {
    var parts = new LinkedHashMap<String, MemorySegment>();
    parts.put("value", replicas.values());
    parts.put("exp_avg", replicas.means());
    parts.put("exp_avg_sq", replicas.squares());
    return parts;
  }
}
