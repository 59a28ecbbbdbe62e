package dev.imago.training;

import dev.imago.core.AtomicFile;
import dev.imago.core.Hashing;
import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Optimizer;
import dev.imago.torch.Replicas;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// All that a run needs to go on, twice: the last two checkpoints, each one safetensors file with
/// weights, the optimizer's state, the average of the weights where one is kept, the step, the
/// curve, and a hash of all of it.
///
/// A checkpoint replaces the older of the two, whole at once. One that a bad disk or a cut file
/// damaged is found by its hash, told, and passed over for the one before it.
final class Checkpoints {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<List<Map<String, Number>>> POINTS = new TypeReference<>() {};
  private static final TypeReference<List<Curve.Sample>> SAMPLES = new TypeReference<>() {};
  private static final List<String> NAMES =
      List.of("checkpoint-0.safetensors", "checkpoint-1.safetensors");

  /// What one digest is fed at a time: a buffer has no more than 2 GiB.
  private static final long HASHED = 1 << 26;

  private final Path folder;
  private int next;
  private @Nullable String sums;

  /// Where a run stands.
  ///
  /// @param step the last one done; 0 where none is
  /// @param steps in all
  /// @param tokens trained on so far
  /// @param skipped steps that changed nothing, as their loss or gradient was no number
  record State(long step, long steps, long tokens, long skipped) {
    static final State BEGIN = new State(0, 0, 0, 0);
  }

  /// A file's, as it says itself.
  private record Found(int slot, Path file, State state) {}

  Checkpoints(Path folder) {
    this.folder = folder;
  }

  /// What the first process stands at, in all of them.
  ///
  /// @param spread gives the first process's text
  static State spread(State own, Curve curve, UnaryOperator<String> spread) {
    Spread first =
        JSON.readValue(
            spread.apply(JSON.writeValueAsString(new Spread(own, curve.points()))), Spread.class);
    if (curve.points().isEmpty()) {
      first.points().forEach(curve::add);
    }
    return first.state();
  }

  private record Spread(State state, List<Map<String, Number>> points) {}

  /// Has every one say by what its numbers were made.
  ///
  /// @param by as [Replicas#sums] tells
  Checkpoints madeBy(String by) {
    sums = by;
    return this;
  }

  /// Writes one in the place of the older of the two.
  void write(Replicas replicas, Optimizer optimizer, State state, Curve curve) {
    write(parts(replicas, optimizer), metadata(state, curve));
  }

  /// What a checkpoint says beside its numbers.
  Map<String, String> metadata(State state, Curve curve) {
    var metadata = new LinkedHashMap<String, String>();
    if (sums != null) {
      metadata.put("sums", sums);
    }
    metadata.put("step", String.valueOf(state.step()));
    metadata.put("steps", String.valueOf(state.steps()));
    metadata.put("tokens", String.valueOf(state.tokens()));
    metadata.put("skipped", String.valueOf(state.skipped()));
    metadata.put("curve", JSON.writeValueAsString(curve.points()));
    metadata.put("samples", JSON.writeValueAsString(curve.samples()));
    return metadata;
  }

  /// Writes one in the place of the older of the two.
  void write(Map<String, MemorySegment> parts, Map<String, String> said) {
    var tensors = new LinkedHashMap<String, HostTensor>();
    parts.forEach(
        (name, memory) -> {
          long[] shape = {memory.byteSize() / Float.BYTES};
          tensors.put(name, new HostTensor(DataType.F32, shape, memory));
        });
    var metadata = new LinkedHashMap<>(said);
    metadata.put("sha256", hash(metadata, parts));
    AtomicFile.replace(
        folder.resolve(NAMES.get(next)), path -> Safetensors.write(path, tensors, metadata));
    next = 1 - next;
  }

  /// Restores the last one that is whole.
  ///
  /// @param note is told of each that is not, and with the last whether none is left; and where the
  ///   numbers were made by something else than those that follow will be
  /// @return where it stands; step 0 where there is none
  State restore(Replicas replicas, Optimizer optimizer, Curve curve, Consumer<String> note) {
    for (Found found : found(note)) {
      try (Safetensors stored = Safetensors.open(found.file())) {
        Map<String, MemorySegment> parts = parts(replicas, optimizer);
        for (Map.Entry<String, MemorySegment> part : parts.entrySet()) {
          MemorySegment data = stored.tensor(part.getKey()).data();
          if (data.byteSize() != part.getValue().byteSize()) {
            throw new IllegalArgumentException(
                "%d bytes of %s, not %d"
                    .formatted(data.byteSize(), part.getKey(), part.getValue().byteSize()));
          }
          part.getValue().copyFrom(data);
        }
        JSON.readValue(stored.metadata().get("curve"), POINTS).forEach(curve::add);
        JSON.readValue(stored.metadata().getOrDefault("samples", "[]"), SAMPLES)
            .forEach(curve::add);
        next = 1 - found.slot();
        String before = stored.metadata().get("sums");
        if (sums != null && before != null && !before.equals(sums)) {
          note.accept(
              "the steps so far were made on %s, and those from here on are on %s: the bits are not those of one run"
                  .formatted(before, sums));
        }
        return found.state();
      } catch (IOException e) {
        throw AtomicFile.failure("read", found.file(), e);
      }
    }
    return State.BEGIN;
  }

  /// Where a run in this folder would go on, if there is a whole checkpoint, and work left to do.
  Optional<State> state() {
    return found(_ -> {}).stream().map(Found::state).findFirst();
  }

  /// The whole ones, the last first.
  private List<Found> found(Consumer<String> note) {
    var found = new ArrayList<Found>();
    var damaged = new ArrayList<String>();
    for (int slot = 0; slot < NAMES.size(); slot++) {
      Path file = folder.resolve(NAMES.get(slot));
      if (!Files.exists(file)) {
        continue;
      }
      try (Safetensors stored = Safetensors.open(file)) {
        found.add(new Found(slot, file, checked(stored)));
      } catch (IOException | IllegalArgumentException | JacksonException e) {
        damaged.add(
            "a checkpoint is damaged and passed over: %s (%s)"
                .formatted(file.getFileName(), e.getMessage()));
      }
    }
    if (found.isEmpty() && !damaged.isEmpty()) {
      damaged.addLast(damaged.removeLast() + "; none is whole, and training begins again");
    }
    damaged.forEach(note);
    found.sort(Comparator.comparingLong((Found f) -> f.state().step()).reversed());
    return found;
  }

  /// @throws IllegalArgumentException for what is not as it was written
  private static State checked(Safetensors stored) {
    var metadata = new LinkedHashMap<>(stored.metadata());
    String said = metadata.remove("sha256");
    var parts = new LinkedHashMap<String, MemorySegment>();
    stored.tensors().forEach((name, tensor) -> parts.put(name, tensor.data()));
    if (!hash(metadata, parts).equals(said)) {
      throw new IllegalArgumentException("its bytes are not those that were written");
    }
    return new State(
        Long.parseLong(metadata.get("step")),
        Long.parseLong(metadata.get("steps")),
        Long.parseLong(metadata.get("tokens")),
        Long.parseLong(metadata.getOrDefault("skipped", "0")));
  }

  private static String hash(Map<String, String> metadata, Map<String, MemorySegment> parts) {
    MessageDigest digest = Hashing.sha256();
    metadata.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e -> digest.update((e + "\n").getBytes(StandardCharsets.UTF_8)));
    parts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            e -> {
              digest.update((e.getKey() + "\n").getBytes(StandardCharsets.UTF_8));
              MemorySegment data = e.getValue();
              for (long at = 0; at < data.byteSize(); at += HASHED) {
                long n = Math.min(HASHED, data.byteSize() - at);
                digest.update(data.asSlice(at, n).asByteBuffer());
              }
            });
    return Hashing.hex(digest);
  }

  /// The memory of all that a checkpoint holds, in place.
  static Map<String, MemorySegment> parts(Replicas replicas, Optimizer optimizer) {
    var parts = new LinkedHashMap<String, MemorySegment>();
    parts.put("value", replicas.values());
    parts.putAll(replicas.state(optimizer));
    replicas.average().ifPresent(average -> parts.put("ema", average));
    // What has no numbers, as Muon's momentum of a model without blocks, has no tensor.
    parts.values().removeIf(memory -> memory.byteSize() == 0);
    return parts;
  }
}
