package dev.imago.cli;

import dev.imago.alerts.AlertBook;
import dev.imago.alerts.AlertRules;
import dev.imago.alerts.Series;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Counted;
import dev.imago.core.RunSummary;
import dev.imago.core.Workspace;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// What rules would have told.
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = "Try rules against runs of the past: what would have been told, and when.",
    footer = {
      "",
      "Example:  imago alerts test alerts.yaml --from 2026-12-01T00:00:00Z",
    })
final class AlertsTestCommand implements Callable<Integer> {
  @ParentCommand private AlertsCommand alerts = new AlertsCommand();

  @Parameters(index = "0", paramLabel = "RULES", description = "The rules, in YAML.")
  private Path file = Path.of("");

  @Option(
      names = "--run",
      paramLabel = "ID",
      description = "A run; may be given several times (default: all).")
  private List<String> runs = List.of();

  @Option(names = "--from", paramLabel = "TIME", description = "From when, as ISO 8601.")
  private @Nullable Instant from;

  @Option(names = "--to", paramLabel = "TIME", description = "Until when, as ISO 8601.")
  private @Nullable Instant to;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      description = "How often rules are looked at between points (default: 15).")
  private double every = 15;

  @Override
  public Integer call() {
    Bounds.number("--every", every, 1, 86_400);
    AlertRules rules = AlertRules.read(file);
    var workspace = new Workspace(alerts.imago.workspace());
    List<String> known = workspace.runSummaries().stream().map(RunSummary::id).toList();
    for (String run : runs) {
      if (!known.contains(run)) {
        throw new ConfigException(
            "--run %s is no run of %s; `imago runs` lists them"
                .formatted(run, alerts.imago.workspace()));
      }
    }
    var rows = new ArrayList<List<String>>();
    int looked = 0;
    for (String run : runs.isEmpty() ? known : runs) {
      List<Series> series = AlertSeries.of(workspace, run);
      double first = Double.POSITIVE_INFINITY;
      double last = Double.NEGATIVE_INFINITY;
      for (Series each : series) {
        first = Math.min(first, each.first());
        last = Math.max(last, each.last());
      }
      // A moment before the first point: that one is looked at, too.
      double begin = Math.max(first - 0.001, from == null ? 0 : from.toEpochMilli() / 1000.0);
      double end = to == null ? last : Math.min(last, to.toEpochMilli() / 1000.0);
      if (begin < end) {
        looked++;
        // Each run by itself: one that ended is not missing from the next.
        new AlertBook()
            .replay(
                rules,
                series,
                begin,
                end,
                every,
                (alert, time) -> rows.add(AlertSeries.row(alert, time)));
      }
    }
    if (!rows.isEmpty()) {
      System.out.print(Table.render(List.of("time", "status", "alert", "of", "value"), rows));
    }
    System.out.printf(
        "%s, %s with measurements: %s%n",
        Counted.of(rules.names().size(), "rules"),
        Counted.of(looked, "runs"),
        Counted.of(rows.size(), "changes"));
    return 0;
  }
}
