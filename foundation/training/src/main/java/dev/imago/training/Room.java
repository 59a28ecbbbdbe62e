package dev.imago.training;

import dev.imago.core.Compute;
import dev.imago.core.ConfigException;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Place;
import java.util.function.Supplier;

/// What a training has where its tensors stand.
///
/// @param compute of the processors; on a device one thread, which asks it to work
/// @param bytes of memory there
/// @param machine bytes of the machine's memory: the same where that is where they stand
public record Room(Place place, Compute compute, long bytes, long machine) {
  /// In the machine's memory.
  public Room(Compute compute, long bytes) {
    this(Place.HOST, compute, bytes, bytes);
  }

  /// How a model in training is shared out there: a replica a device, else over the threads.
  ///
  /// @param parameters that train
  /// @param sequences in a micro-batch
  public Parallelism shared(long parameters, int sequences) {
    return place.gpu()
        ? Parallelism.on(place)
        : MachineMemory.shared(compute, parameters, sequences, bytes);
  }

  /// Refuses what cannot fit, before it begins.
  ///
  /// @param step of a recipe
  /// @param needed bytes where the tensors stand
  /// @param floats that stand there and belong into a checkpoint
  /// @param frozen floats that stand there and do not
  /// @param mend what would fit
  /// @throws ConfigException where more are needed than there are
  public void check(String step, long needed, long floats, long frozen, Supplier<String> mend) {
    boolean cuda = place.kind() == Place.Kind.CUDA;
    if (needed > bytes) {
      throw new ConfigException(
          "%s needs about %s of memory, and %s has %s; %s"
              .formatted(
                  step,
                  MachineMemory.gigabytes(needed),
                  cuda ? place.words() : "this machine",
                  MachineMemory.gigabytes(bytes),
                  mend.get()));
    }
    long mirrors = TrainingCost.mirrors(floats, frozen);
    if (cuda && mirrors > machine) {
      throw new ConfigException(
          "%s fits on %s, and keeps about %s of it in this machine's memory, for checkpoints, which has %s; give a smaller model, or fewer processes a machine"
              .formatted(
                  step,
                  place.words(),
                  MachineMemory.gigabytes(mirrors),
                  MachineMemory.gigabytes(machine)));
    }
  }
}
