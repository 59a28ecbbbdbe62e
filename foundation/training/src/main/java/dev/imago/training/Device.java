package dev.imago.training;

import dev.imago.core.Compute;
import dev.imago.core.ConfigException;
import dev.imago.torch.Libtorch;
import dev.imago.torch.Place;
import dev.imago.torch.ProcessGroup;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where a model trains, as a setting. A device that is asked for and not there is refused by name,
/// before any work, and never silently replaced (`docs/decisions/0014`).
public enum Device {
  /// A GPU of NVIDIA's where libtorch sees one, which takes natives for CUDA; else the processors.
  AUTO,
  CPU,
  CUDA,
  MPS;

  /// Refuses what is not there.
  ///
  /// @param setting whose value this is, such as `pretrain.device`
  public void check(String setting) {
    if (this == CUDA && Libtorch.cudaDevices() == 0) {
      throw missing(
          setting,
          "no GPU of NVIDIA's",
          "build with -Dnatives.torch=linux-x86_64-gpu on a machine that has one and CUDA's"
              + " libraries, or give auto or cpu");
    }
    if (this == MPS && !Libtorch.seesMps()) {
      throw missing(
          setting,
          "no GPU of Apple's",
          "take -Dnatives=macosx-arm64 on a machine that has one, or give auto or cpu");
    }
  }

  private ConfigException missing(String setting, String what, String mend) {
    return new ConfigException(
        "%s = %s: libtorch here sees %s; %s"
            .formatted(setting, name().toLowerCase(Locale.ROOT), what, mend));
  }

  /// What a training has there.
  ///
  /// @param setting whose value this is
  /// @param group of the processes that train together, a device for each; null for one alone
  /// @param compute what the run may compute with
  /// @throws ConfigException where it is not there, or there are fewer than processes
  public Room room(String setting, @Nullable ProcessGroup group, Compute compute) {
    check(setting);
    boolean cuda = this == CUDA || this == AUTO && Libtorch.cudaDevices() > 0;
    if (this == MPS && group != null) {
      throw new ConfigException(
          "%s = mps is of one process alone, and %d train together; give cpu"
              .formatted(setting, group.size()));
    }
    if (!cuda && this != MPS) {
      return new Room(compute, MachineMemory.bytes(group));
    }
    int index = group == null ? 0 : group.localRank();
    int there = Libtorch.cudaDevices();
    if (cuda && index >= there) {
      throw new ConfigException(
          "%s = %s: process %d of this machine has no device of its own, and libtorch sees %d; start as many processes, or give cpu"
              .formatted(setting, name().toLowerCase(Locale.ROOT), index, there));
    }
    Place place = new Place(cuda ? Place.Kind.CUDA : Place.Kind.MPS, index);
    return new Room(
        place,
        Compute.ofThreads(1),
        place.bytes().orElse(MachineMemory.bytes(group)), // Apple's is the machine's own
        MachineMemory.bytes(group));
  }

  /// The same before anything is loaded, for an estimate: `auto` counts as the processors.
  public Room expected(String setting, Compute compute) {
    return (this == AUTO ? CPU : this).room(setting, null, compute);
  }
}
