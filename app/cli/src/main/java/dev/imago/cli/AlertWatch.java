package dev.imago.cli;

import dev.imago.alerts.Alert;
import dev.imago.alerts.AlertBook;
import dev.imago.alerts.AlertRules;
import dev.imago.alerts.PrometheusText;
import dev.imago.alerts.Receivers;
import dev.imago.alerts.Series;
import dev.imago.alerts.SeriesFolder;
import dev.imago.alerts.Silences;
import dev.imago.core.EnvironmentException;
import dev.imago.core.ImagoException;
import dev.imago.core.ProcessLock;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Looks at rules all the while that a server or a console is at work: keeps what it measures, and
/// tells what fires. Several processes of one workspace keep their own measurements, and one of
/// them at a time looks at all (`alerts.lock`).
final class AlertWatch implements AutoCloseable {
  static final Duration EVERY = Duration.ofSeconds(15);

  /// A process that comes back after longer looks at the last day.
  private static final double MOST_BEHIND = 86_400;

  private final Workspace workspace;
  private final AlertRules rules;
  private final String source;
  private final Map<String, String> labels;
  private final Supplier<List<PrometheusText.Sample>> measured;
  private final Clock clock;
  private final Consumer<String> told;
  private final SeriesFolder folder;
  private final FollowedRuns runs;
  private final Silences silences;
  private final Receivers receivers;
  private String problem = "";
  private boolean closed;

  /// @param source of the measurements, as the names of files: `serve-8080`
  /// @param labels that each of them gets, such as Prometheus' `job` and `instance`
  /// @param measured what there is to measure now
  /// @param told gets a line for what fires or is over, and for what went wrong, once
  AlertWatch(
      Workspace workspace,
      AlertRules rules,
      String source,
      Map<String, String> labels,
      Supplier<List<PrometheusText.Sample>> measured,
      Clock clock,
      Consumer<String> told) {
    this.workspace = workspace;
    this.rules = rules;
    this.source = source;
    this.labels = Map.copyOf(labels);
    this.measured = measured;
    this.clock = clock;
    this.told = told;
    this.folder = new SeriesFolder(workspace.root().resolve("series"));
    this.runs = new FollowedRuns(workspace, rules.reach());
    this.silences = silences(workspace);
    this.receivers = new Receivers(rules.receivers().outlets(this::tellOnce, rules.groupBy()));
  }

  static Silences silences(Workspace workspace) {
    return new Silences(workspace.root().resolve("silences.json"));
  }

  static ProcessLock lock(Workspace workspace) {
    return ProcessLock.take(
        workspace.root().resolve("alerts.lock"),
        "another process looks at the alerts of %s now; let it end".formatted(workspace.root()));
  }

  /// Looks until it is closed.
  void start() {
    Thread.ofVirtual()
        .name("imago-alerts")
        .start(
            () -> {
              try {
                while (true) {
                  look();
                  Thread.sleep(EVERY);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /// Measures, and looks at the rules.
  synchronized void look() {
    if (closed) {
      return;
    }
    double now = clock.millis() / 1000.0;
    try {
      folder.append(source, now, samples());
      evaluate(now);
      problem = "";
    } catch (ImagoException e) {
      tellOnce(String.valueOf(e.getMessage()));
    }
  }

  /// A disk that is full, or a webhook that is away, is told once and not four times a minute.
  private void tellOnce(String what) {
    if (!what.equals(problem)) {
      problem = what;
      told.accept("alerts: " + what);
    }
  }

  private List<PrometheusText.Sample> samples() {
    var all = new ArrayList<PrometheusText.Sample>();
    for (PrometheusText.Sample each : measured.get()) {
      keep(all, each.metric(), each.labels(), each.value());
    }
    keep(all, "up", Map.of(), 1);
    try {
      Path root = workspace.root();
      keep(
          all,
          "imago_disk_free_bytes",
          Map.of(),
          Files.getFileStore(Files.exists(root) ? root : Path.of(".")).getUsableSpace());
    } catch (IOException _) {
      // Then a rule of absence tells.
    }
    return all;
  }

  private void keep(
      List<PrometheusText.Sample> to, String metric, Map<String, String> own, double value) {
    var all = new TreeMap<>(labels);
    all.putAll(own);
    if (rules.lookAt(metric, all)) {
      to.add(new PrometheusText.Sample(metric, all, value));
    }
  }

  private void evaluate(double now) {
    ProcessLock taken;
    try {
      taken = lock(workspace);
    } catch (EnvironmentException _) {
      return; // another process looks, and sees what was kept
    }
    try (ProcessLock _ = taken) {
      Path kept = workspace.root().resolve("alerts.json");
      AlertBook book = AlertBook.open(kept);
      double from =
          book.evaluated() == 0
              ? now - EVERY.toSeconds()
              : Math.clamp(book.evaluated(), now - MOST_BEHIND, now);
      var all = new ArrayList<Series>(folder.read(now));
      all.addAll(runs.series(from, now));
      book.replay(rules, all, from, now, EVERY.toSeconds(), (_, _) -> {});
      List<Silences.Silence> holding = silences.open(now);
      book.tell(
          group -> tell(group, now), rules.groupBy(), alert -> Silences.cover(holding, alert, now));
      book.save(kept);
    }
  }

  private boolean tell(List<Alert> group, double now) {
    boolean arrived = receivers.tell(group);
    if (arrived) {
      group.forEach(alert -> told.accept(String.join("  ", AlertSeries.row(alert, now))));
    }
    return arrived;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
