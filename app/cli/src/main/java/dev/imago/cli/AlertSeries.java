package dev.imago.cli;

import dev.imago.alerts.Alert;
import dev.imago.alerts.Series;
import dev.imago.core.AtomicFile;
import dev.imago.core.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What runs measured, as alerts look at it.
final class AlertSeries {
  private AlertSeries() {}

  /// The series of a run by their names, each labelled with the run; none for a run that had
  /// nothing to tell. A line that a kill broke off, and one without a time, are passed over.
  static Collection<Series> of(Workspace workspace, String run) {
    Path file = workspace.runs().resolve(run).resolve("metrics.jsonl");
    var all = new TreeMap<String, Series>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode point = tree(line);
        if (!point.path("time").isNumber()) {
          continue;
        }
        double time = point.path("time").asDouble();
        for (Map.Entry<String, JsonNode> each : point.properties()) {
          Double value = value(each.getValue());
          if (value != null && !each.getKey().equals("time")) {
            all.computeIfAbsent(each.getKey(), name -> new Series(name, Map.of("run", run)))
                .add(time, value);
          }
        }
      }
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
    return all.values();
  }

  private static JsonNode tree(String line) {
    try {
      return JsonMapper.shared().readTree(line);
    } catch (JacksonException _) {
      return JsonMapper.shared().createObjectNode();
    }
  }

  /// JSON has no number for what is none: it is written as a text.
  private static @org.jspecify.annotations.Nullable Double value(JsonNode value) {
    if (value.isNumber()) {
      return value.asDouble();
    }
    return switch (value.isString() ? value.asString() : "") {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> null;
    };
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
