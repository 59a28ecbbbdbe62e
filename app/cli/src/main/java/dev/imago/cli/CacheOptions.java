package dev.imago.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.imago.compress.FileSize;
import dev.imago.core.ConfigException;
import dev.imago.generate.CacheBudget;
import dev.imago.tensor.CacheType;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a command keeps the keys and values of answers.
final class CacheOptions {
  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      description =
          "The longest prompt and answer together (default: what the model reads and fits).")
  @Nullable Integer context;

  @Option(
      names = "--kv-cache",
      paramLabel = "TYPE",
      description = "The type of keys and values: f32 (default), f16 or q8_0.")
  @Nullable String type;

  @Option(
      names = "--kv-memory",
      paramLabel = "SIZE",
      description =
          "The most that keys and values may take, such as 2GB (default: half of the machine's"
              + " memory).")
  @Nullable String memory;

  /// @param type by its name
  /// @param memory as people write it; empty for half of the machine's
  static CacheBudget budget(String type, String memory) {
    return budget(type, "kvMemory", memory);
  }

  private static CacheBudget budget(String type, String setting, String memory) {
    try {
      long bytes = memory.isBlank() ? halfOfTheMachine() : FileSize.parse(setting, memory);
      return new CacheBudget(CacheType.named(type), bytes);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  CacheBudget budget() {
    return budget(type == null ? "f32" : type, "--kv-memory", memory == null ? "" : memory);
  }

  /// Whether nothing was asked for: floats, in what the machine bears.
  static boolean isUsual(CacheBudget budget) {
    return budget.type() == CacheType.F32
        && (budget.bytes() == halfOfTheMachine()
            || budget.bytes() == CacheBudget.UNBOUNDED.bytes());
  }

  private static long halfOfTheMachine() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
        ? machine.getTotalMemorySize() / 2
        : Long.MAX_VALUE;
  }
}
