package dev.imago.cli;

import dev.imago.alerts.Alert;
import dev.imago.alerts.AlertBook;
import dev.imago.alerts.AlertRules;
import dev.imago.alerts.PrometheusText;
import dev.imago.alerts.Receivers;
import dev.imago.alerts.Series;
import dev.imago.alerts.SeriesFolder;
import dev.imago.alerts.Silences;
import dev.imago.core.ImagoException;
import dev.imago.core.ProcessLock;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Looks at rules all the while that a server or a console is at work: keeps what it measures, and
/// tells what fires. Several processes of one workspace keep their own measurements, and one of
/// them at a time looks at all (`alerts.lock`).
final class AlertWatch implements AutoCloseable {
  static final Duration EVERY = Duration.ofSeconds(15);

  /// A process that comes back after longer looks at the last day.
  private static final double MOST_BEHIND = 86_400;

  private static final int LAST_LOOK_SECONDS = 2;

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
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("imago-alerts").factory());

  /// What went wrong in this look, and in the one before.
  private Set<String> problems = new HashSet<>();

  private Set<String> known = Set.of();

  /// What was told but could not be kept.
  private @Nullable AlertBook unsaved;

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
    var outlets = new ArrayList<AlertBook.Outlet>(List.of(this::tell));
    outlets.addAll(rules.receivers().outlets(this::tellOnce, rules.groupBy()));
    this.receivers = new Receivers(outlets);
  }

  static Silences silences(Workspace workspace) {
    return new Silences(workspace.root().resolve("silences.json"));
  }

  static ProcessLock lock(Workspace workspace) {
    return ProcessLock.take(
        lockFile(workspace),
        "another process looks at the alerts of %s now; let it end".formatted(workspace.root()));
  }

  private static Path lockFile(Workspace workspace) {
    return workspace.root().resolve("alerts.lock");
  }

  /// Looks until it is closed.
  void start() {
    var _ = looking.scheduleWithFixedDelay(this::look, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
  }

  /// Measures, and looks at the rules. Used by one thread.
  void look() {
    double now = clock.millis() / 1000.0;
    // What cannot be kept is no reason not to look: a full disk least of all.
    tryTo(() -> folder.append(source, now, samples()));
    tryTo(() -> evaluate(now));
    if (folder.isFull()) {
      tellOnce(
          "there are more than %d series, and others are passed over: let rules name labels"
              .formatted(SeriesFolder.MOST_SERIES));
    }
    known = problems;
    problems = new HashSet<>();
  }

  private void tryTo(Runnable work) {
    try {
      work.run();
    } catch (ImagoException e) {
      tellOnce(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // Whatever it was: a watch that ended without a word would be taken for one that sees
      // nothing.
      tellOnce("a look failed (%s); the next one tries again".formatted(e));
    }
  }

  /// A disk that is full, or a webhook that is away, is told once and not four times a minute.
  private void tellOnce(String what) {
    if (problems.add(what) && !known.contains(what)) {
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
    Optional<ProcessLock> taken = ProcessLock.tryTake(lockFile(workspace));
    if (taken.isEmpty()) {
      return; // another process looks, and sees what was kept
    }
    try (ProcessLock _ = taken.get()) {
      Path kept = workspace.root().resolve("alerts.json");
      AlertBook book = AlertBook.open(kept);
      if (unsaved != null && unsaved.evaluated() >= book.evaluated()) {
        book = unsaved; // else each look at a full disk would tell all anew
      }
      double from =
          book.evaluated() == 0
              ? now - EVERY.toSeconds()
              : Math.clamp(book.evaluated(), now - MOST_BEHIND, now);
      var all = new ArrayList<Series>(folder.read(now));
      all.addAll(runs.series(from, now));
      book.replay(rules, all, from, now, EVERY.toSeconds(), (_, _) -> {});
      List<Silences.Silence> holding = silences.open(now);
      book.tell(receivers, rules.groupBy(), alert -> Silences.cover(holding, alert, now));
      unsaved = book;
      boolean interrupted = Thread.interrupted(); // what was told is kept first
      book.save(kept);
      unsaved = null;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean tell(List<Alert> group) {
    double now = clock.millis() / 1000.0;
    group.forEach(alert -> told.accept(String.join("  ", AlertSeries.row(alert, now))));
    return true;
  }

  /// Ends between two looks at once; a look that is at work has a moment to tell to the end.
  @Override
  public void close() {
    looking.shutdown();
    try {
      if (!looking.awaitTermination(LAST_LOOK_SECONDS, TimeUnit.SECONDS)) {
        looking.shutdownNow();
        var _ = looking.awaitTermination(LAST_LOOK_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      looking.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
