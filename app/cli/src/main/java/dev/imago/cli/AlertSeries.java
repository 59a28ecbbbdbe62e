package dev.imago.cli;

import dev.imago.alerts.Alert;
import dev.imago.alerts.Series;
import dev.imago.core.AtomicFile;
import dev.imago.core.MetricLines;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What runs measured, as alerts look at it.
final class AlertSeries {
  private AlertSeries() {}

  /// The series of a run by their names, each labelled with the run; none for a run that had
  /// nothing to tell. A line that a kill broke off, and one without a time, are passed over.
  static List<Series> of(Workspace workspace, String run) {
    var all = new TreeMap<String, Series>();
    MetricLines.read(
        workspace.runs().resolve(run).resolve("metrics.jsonl"),
        point -> {
          Double time = point.remove("time");
          if (time != null) {
            point.forEach(
                (name, value) ->
                    all.computeIfAbsent(name, _ -> new Series(name, Map.of("run", run)))
                        .add(time, value));
          }
        });
    return List.copyOf(all.values());
  }

  /// When a run last told something, in seconds since 1970; 0 where it never did.
  static double written(Workspace workspace, String run) {
    Path file = workspace.runs().resolve(run).resolve("metrics.jsonl");
    try {
      return Files.getLastModifiedTime(file).toMillis() / 1000.0;
    } catch (NoSuchFileException _) {
      return 0;
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// An alert as a row of a table: when, what, which, by how much.
  static List<String> row(Alert alert, double time) {
    return List.of(
        Instant.ofEpochMilli(Math.round(time * 1000)).toString(),
        alert.status().name().toLowerCase(Locale.ROOT),
        alert.name(),
        new TreeMap<>(alert.labels())
            .entrySet().stream()
                .filter(label -> !label.getKey().equals("alertname"))
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(" ")),
        String.format(Locale.ROOT, "%.4g", alert.value()));
  }
}
