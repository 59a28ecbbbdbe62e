package dev.imago.cli;

import dev.imago.console.ListedRun;
import dev.imago.core.Ref;
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
    List<ListedRun> runs =
        ListedRun.all(
            workspace, (name, why) -> System.err.printf("imago: passed over: %s: %s%n", name, why));
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
                            r.state(),
                            r.seconds() == 0
                                ? "–"
                                : Quantity.of(Duration.ofMillis((long) (r.seconds() * 1000))),
                            r.state().equals("failed") ? r.error() : outputs(r)))
                .toList()));
    return 0;
  }

  private static String outputs(ListedRun run) {
    return new java.util.TreeMap<>(run.outputs())
        .values().stream().map(r -> Ref.parse(r).brief()).collect(Collectors.joining(", "));
  }
}
