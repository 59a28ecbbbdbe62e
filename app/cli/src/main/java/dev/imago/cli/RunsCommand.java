package dev.imago.cli;

import dev.imago.core.Ref;
import dev.imago.core.RunRecord;
import dev.imago.core.RunSummary;
import dev.imago.core.Workspace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/// Lists what ran.
@Command(
    name = "runs",
    mixinStandardHelpOptions = true,
    description = "List the runs of stages, oldest first, with what they left.",
    footer = {"", "Example:  imago runs"})
final class RunsCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Override
  public Integer call() {
    Workspace workspace = new Workspace(imago.workspace());
    List<RunSummary> runs =
        workspace.runSummaries(broken -> System.err.println("imago: passed over: " + broken));
    boolean busy = workspace.busy();
    if (runs.isEmpty()) {
      System.out.println("no runs yet in " + imago.workspace() + "; begin with `imago run`");
      return 0;
    }
    System.out.print(
        Table.render(
            List.of("run", "recipe", "status", "took", "left"),
            runs.stream()
                .map(
                    r ->
                        List.of(
                            r.id(),
                            r.recipe(),
                            status(r, busy),
                            r.seconds() == 0
                                ? "–"
                                : Quantity.of(Duration.ofMillis((long) (r.seconds() * 1000))),
                            r.status() == RunRecord.Status.FAILED ? r.error() : outputs(r)))
                .toList()));
    return 0;
  }

  /// A killed run stays RUNNING in its record until the next one finds it; nobody is at work then.
  private static String status(RunSummary run, boolean busy) {
    RunRecord.Status status =
        run.status() == RunRecord.Status.RUNNING && !busy ? RunRecord.Status.KILLED : run.status();
    return status.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static String outputs(RunSummary run) {
    return new java.util.TreeMap<>(run.outputs())
        .values().stream().map(r -> Ref.parse(r).brief()).collect(Collectors.joining(", "));
  }
}
