package dev.imago.cli;

import dev.imago.alerts.Alert;
import dev.imago.alerts.AlertBook;
import dev.imago.alerts.AlertRules;
import dev.imago.alerts.Series;
import dev.imago.alerts.Webhook;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.ProcessLock;
import dev.imago.core.RunRecord;
import dev.imago.core.RunSummary;
import dev.imago.core.Workspace;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Looks at rules once, from where the last look ended: for cron, or a timer.
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Look at what runs measured since the last check, and tell what fires or is resolved, once.",
      "Keeps what was told in alerts.json in the workspace; run it from cron or a timer."
    },
    footer = {
      "",
      "Example:  imago alerts check alerts.yaml --webhook http://127.0.0.1:9000/hook",
    })
final class AlertsCheckCommand implements Callable<Integer> {
  private static final double EVERY = 15;

  @ParentCommand private AlertsCommand alerts = new AlertsCommand();

  @Parameters(index = "0", paramLabel = "RULES", description = "The rules, in YAML.")
  private Path file = Path.of("");

  @Option(
      names = "--webhook",
      paramLabel = "URL",
      description = "Tell this address in Alertmanager's JSON, besides standard output.")
  private @Nullable URI webhook;

  @Option(
      names = "--silence",
      paramLabel = "ALERT",
      description = "Tell nobody of this alert now; may be given several times.")
  private List<String> silences = List.of();

  @Override
  public Integer call() {
    AlertRules rules = AlertRules.read(file);
    for (String silence : silences) {
      if (!rules.names().contains(silence)) {
        throw new ConfigException(
            "--silence %s is no alert of %s; those are: %s"
                .formatted(silence, file, String.join(", ", rules.names())));
      }
    }
    if (webhook != null && (webhook.getHost() == null || !isHttp(webhook))) {
      throw new ConfigException(
          "--webhook %s is no address; give one like http://127.0.0.1:9000/hook"
              .formatted(webhook));
    }
    if (webhook != null && webhook.getRawUserInfo() != null) {
      throw new ConfigException(
          "--webhook: a user and password before %s are not sent; leave them out"
              .formatted(webhook.getHost()));
    }
    var workspace = new Workspace(alerts.imago.workspace());
    try (ProcessLock _ =
        ProcessLock.take(
            workspace.root().resolve("alerts.lock"),
            "another `imago alerts check` is at work in %s and tells what there is; let it end"
                .formatted(workspace.root()))) {
      check(rules, workspace);
    }
    return 0;
  }

  private void check(AlertRules rules, Workspace workspace) {
    Path kept = workspace.root().resolve("alerts.json");
    AlertBook book = AlertBook.open(kept);
    double now = Clock.systemUTC().millis() / 1000.0;
    double from = Math.min(now, book.evaluated() == 0 ? now : book.evaluated());
    book.replay(rules, series(workspace, from), from, now, EVERY, (_, _) -> {});
    Set<String> silenced = new TreeSet<>(silences);
    var problems = new ArrayList<String>();
    book.tell(group -> tell(group, now, problems), alert -> silenced.contains(alert.name()));
    book.save(kept);
    if (!problems.isEmpty()) {
      throw new EnvironmentException(String.join("\n", problems));
    }
  }

  private static boolean isHttp(URI address) {
    return "http".equals(address.getScheme()) || "https".equals(address.getScheme());
  }

  /// Those of runs that are at work, and of those that ended since.
  private static List<Series> series(Workspace workspace, double since) {
    boolean busy = workspace.busy();
    var all = new ArrayList<Series>();
    for (RunSummary run : workspace.runSummaries()) {
      if (busy && run.status() == RunRecord.Status.RUNNING) {
        all.addAll(AlertSeries.of(workspace, run.id()));
      } else if (AlertSeries.written(workspace, run.id()) > since) {
        List<Series> series = AlertSeries.of(workspace, run.id());
        // Else a check that comes long after would find that nothing came any more.
        double end = series.stream().mapToDouble(Series::last).max().orElse(0);
        if (end > since) {
          series.forEach(each -> each.endAt(end));
          all.addAll(series);
        }
      }
    }
    return all;
  }

  private boolean tell(List<Alert> group, double now, List<String> problems) {
    boolean arrived = webhook == null || new Webhook(webhook, problems::add).tell(group);
    if (arrived) {
      for (Alert alert : group) {
        System.out.println(String.join("  ", AlertSeries.row(alert, now)));
      }
    }
    return arrived;
  }
}
