package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/// The folder of one run of a step, in which its record and its page say how it goes and how it
/// ended.
///
/// @param record as the run began
/// @param started when that was
/// @param energy since then, and of the parts that it goes on from
record RunFolder(
    Path path,
    RunRecord record,
    Instant started,
    Workspace workspace,
    Listener listener,
    Clock clock,
    RunEnergy energy) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  /// A new folder, named by the time and the step: no other run's.
  static Path create(Workspace workspace, Instant started, String step) {
    try {
      Files.createDirectories(workspace.runs());
      for (Instant at = started; ; at = at.plusMillis(1)) {
        Path folder = workspace.runs().resolve(TIME.format(at) + "-" + step);
        if (!Files.exists(folder)) {
          return Files.createDirectory(folder);
        }
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", workspace.runs(), e);
    }
  }

  /// Writes the record of a run that begins.
  void begun() {
    Json.write(path.resolve("run.json"), record);
    energy.keep();
  }

  /// Writes the page as the run stands.
  void going() {
    energy.keep();
    page(record.ended(RunRecord.Status.RUNNING, Map.of(), seconds(clock.instant()), "", null));
  }

  /// Writes how the run ended.
  void ended(RunRecord.Status status, Map<String, String> outputs, Instant at, String message) {
    RunRecord last =
        record.ended(status, outputs, seconds(at), message, energy.used().orElse(null));
    Json.write(path.resolve("run.json"), last);
    if (status != RunRecord.Status.DONE) { // else the scratch is gone, and nobody goes on
      energy.keep();
    }
    page(last);
  }

  void failed(Throwable e) {
    try {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      ended(RunRecord.Status.FAILED, Map.of(), clock.instant(), message);
    } catch (RuntimeException second) {
      e.addSuppressed(second); // A full disk fails twice; the first failure is the one to tell.
    }
  }

  private double seconds(Instant at) {
    return Duration.between(started, at).toMillis() / 1e3;
  }

  private void page(RunRecord standing) {
    try {
      RunReport.write(path, standing, workspace::provenance);
    } catch (ImagoException e) { // The run is what it is without its page.
      listener.note("%s cannot be written: %s".formatted(RunReport.FILE, e.getMessage()));
    }
  }
}
