package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.torch.ProcessGroup;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What torchrun's variables say of this process: `RANK`, `WORLD_SIZE`, `LOCAL_RANK`,
/// `LOCAL_WORLD_SIZE`, `MASTER_ADDR`, `MASTER_PORT`. `imago launch` sets the same.
///
/// @param member of the group; empty where this process is alone
/// @param localRank of the processes on this machine
/// @param local how many there are on this machine
record TorchrunVariables(Optional<ProcessGroup.Member> member, int localRank, int local) {
  static TorchrunVariables of(Map<String, String> environment) {
    int size = number(environment, "WORLD_SIZE", 1, 1, 1 << 16);
    if (size == 1) {
      return new TorchrunVariables(Optional.empty(), 0, 1);
    }
    int rank = number(environment, "RANK", null, 0, size - 1);
    int local = number(environment, "LOCAL_WORLD_SIZE", 1, 1, size);
    int localRank = number(environment, "LOCAL_RANK", 0, 0, local - 1);
    String address = environment.getOrDefault("MASTER_ADDR", "");
    if (address.isBlank()) {
      throw missing("MASTER_ADDR", size);
    }
    int port = number(environment, "MASTER_PORT", null, 1, 65_535);
    boolean hosted = environment.getOrDefault("TORCHELASTIC_USE_AGENT_STORE", "").equals("True");
    String attempt = environment.getOrDefault("TORCHELASTIC_RESTART_COUNT", "0");
    var member =
        new ProcessGroup.Member(rank, size, address, port, local, localRank, hosted, attempt);
    return new TorchrunVariables(Optional.of(member), localRank, local);
  }

  private static int number(
      Map<String, String> environment,
      String name,
      @Nullable Integer otherwise,
      int least,
      int most) {
    String text = environment.getOrDefault(name, "").strip();
    if (text.isEmpty()) {
      if (otherwise == null) {
        throw missing(name, Integer.parseInt(environment.getOrDefault("WORLD_SIZE", "1").strip()));
      }
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new ConfigException(
        "the variable %s = %s is no whole number within %d … %d; start with `imago launch`, or unset WORLD_SIZE for one process alone"
            .formatted(name, text, least, most));
  }

  private static ConfigException missing(String name, int size) {
    return new ConfigException(
        "WORLD_SIZE = %d, but %s is not set: start with `imago launch`, torchrun or what sets torchrun's variables, or unset WORLD_SIZE for one process alone"
            .formatted(size, name));
  }
}
