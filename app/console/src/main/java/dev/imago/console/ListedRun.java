package dev.imago.console;

import dev.imago.console.runs.RunCatalog;
import dev.imago.console.runs.RunEntry;
import dev.imago.core.Workspace;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/// A run as the console lists it, for whoever has no browser: by the same index, which a console
/// keeps up and which may be deleted at any time.
///
/// @param state `running`, `done`, `failed` or `killed`
/// @param seconds from start to end; of one that goes on, until its last word
/// @param error the message, where it failed
/// @param outputs references by output name
public record ListedRun(
    String id,
    String recipe,
    String state,
    double seconds,
    String error,
    Map<String, String> outputs) {
  public ListedRun {
    outputs = Map.copyOf(outputs);
  }

  /// All runs of a workspace, oldest first, but those whose files cannot be read.
  ///
  /// @param broken is told of each of these: its name, and why
  public static List<ListedRun> all(Workspace workspace, BiConsumer<String, String> broken) {
    // It is not closed: where few runs are new its index is left as it is.
    var catalog = new RunCatalog(workspace, Optional.empty(), Clock.systemUTC());
    catalog.look();
    catalog.snapshot().problems().forEach(broken);
    return catalog.snapshot().runs().stream()
        .sorted(Comparator.comparing(RunEntry::id))
        .map(
            run ->
                new ListedRun(
                    run.id(),
                    run.recipe(),
                    run.state().word(),
                    run.seconds(),
                    run.error(),
                    run.outputs()))
        .toList();
  }
}
