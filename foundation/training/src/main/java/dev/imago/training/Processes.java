package dev.imago.training;

import dev.imago.core.ConfigException;
import dev.imago.torch.ProcessGroup;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What several processes that train together mean for a recipe: each step is shared out among
/// them, so that its result is that of one process, and a run goes on with any number of them.
public final class Processes {
  private Processes() {}

  /// Sequences of a micro-batch that one process reads, at most.
  ///
  /// @param setting that the batch is
  /// @param note is told how they share it
  /// @throws ConfigException where a process would have none
  public static int share(
      @Nullable ProcessGroup group, String setting, int batch, Consumer<String> note) {
    if (group == null) {
      return batch;
    }
    if (batch < group.size()) {
      throw new ConfigException(
          "%s = %d is fewer than the %d processes that share it; raise it to %d at least"
              .formatted(setting, batch, group.size(), group.size()));
    }
    int most = Math.ceilDiv(batch, group.size());
    note.accept(
        "%d processes share each batch of %d: %s%d each"
            .formatted(group.size(), batch, batch % group.size() == 0 ? "" : "at most ", most));
    return most;
  }
}
