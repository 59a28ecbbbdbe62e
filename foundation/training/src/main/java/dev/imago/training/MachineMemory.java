package dev.imago.training;

import com.sun.management.OperatingSystemMXBean;
import dev.imago.core.Compute;
import dev.imago.torch.Parallelism;
import dev.imago.torch.ProcessGroup;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The memory of this machine, or of its container, and how many replicas of a model it has room
/// for.
public final class MachineMemory {
  private MachineMemory() {}

  public static long bytes() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  /// This process's part of it.
  public static long bytes(@Nullable ProcessGroup group) {
    return group == null ? bytes() : bytes() / group.local();
  }

  /// How the threads are shared out: as the user says, or by what fits.
  ///
  /// @param parameters that train
  /// @param sequences in a micro-batch
  /// @param bytes of memory
  public static Parallelism shared(Compute compute, long parameters, int sequences, long bytes) {
    int replicas = compute.replicas();
    return replicas > 0
        ? new Parallelism(replicas, compute.threads() / replicas)
        : Parallelism.of(compute.threads(), parameters, sequences, bytes);
  }

  static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.3g GB", bytes / 1e9);
  }
}
