package dev.imago.cli;

import dev.imago.alerts.Alert;
import dev.imago.alerts.AlertBook;
import dev.imago.alerts.AlertRules;
import dev.imago.alerts.Receivers;
import dev.imago.alerts.SeriesFolder;
import dev.imago.alerts.Silences;
import dev.imago.alerts.Webhook;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.ProcessLock;
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
  private @Nullable String webhook;

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
    var outlets = new ArrayList<AlertBook.Outlet>();
    var problems = new ArrayList<String>();
    if (webhook != null) {
      URI address = Webhook.address(webhook);
      outlets.add(new Webhook(address, rules.groupBy(), problems::add));
    }
    outlets.addAll(rules.receivers().outlets(problems::add, rules.groupBy()));
    var workspace = new Workspace(alerts.imago.workspace());
    try (ProcessLock _ = AlertWatch.lock(workspace)) {
      check(rules, workspace, new Receivers(outlets), problems);
    }
    return 0;
  }

  private void check(
      AlertRules rules, Workspace workspace, Receivers receivers, List<String> problems) {
    Path kept = workspace.root().resolve("alerts.json");
    AlertBook book = AlertBook.open(kept);
    double now = Clock.systemUTC().millis() / 1000.0;
    double from = Math.min(now, book.evaluated() == 0 ? now : book.evaluated());
    var series = new ArrayList<>(new SeriesFolder(workspace.root().resolve("series")).read(now));
    series.addAll(new FollowedRuns(workspace, rules.reach()).series(from, now));
    book.replay(rules, series, from, now, EVERY, (_, _) -> {});
    Set<String> silenced = new TreeSet<>(silences);
    List<Silences.Silence> holding = AlertWatch.silences(workspace).open(now);
    book.tell(
        group -> tell(group, now, receivers),
        rules.groupBy(),
        alert -> silenced.contains(alert.name()) || Silences.cover(holding, alert, now));
    book.save(kept);
    if (!problems.isEmpty()) {
      throw new EnvironmentException(String.join("\n", problems));
    }
  }

  private static boolean tell(List<Alert> group, double now, Receivers receivers) {
    boolean arrived = receivers.tell(group);
    if (arrived) {
      for (Alert alert : group) {
        System.out.println(String.join("  ", AlertSeries.row(alert, now)));
      }
    }
    return arrived;
  }
}
