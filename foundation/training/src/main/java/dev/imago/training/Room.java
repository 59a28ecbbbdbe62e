package dev.imago.training;

import dev.imago.core.Compute;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Place;

/// What a training has where its tensors stand.
///
/// @param compute of the processors; on a device one thread, which asks it to work
/// @param bytes of memory there
public record Room(Place place, Compute compute, long bytes) {
  /// How a model in training is shared out there: a replica a device, else over the threads.
  ///
  /// @param parameters that train
  /// @param sequences in a micro-batch
  public Parallelism shared(long parameters, int sequences) {
    return place.gpu()
        ? Parallelism.on(place)
        : MachineMemory.shared(compute, parameters, sequences, bytes);
  }
}
