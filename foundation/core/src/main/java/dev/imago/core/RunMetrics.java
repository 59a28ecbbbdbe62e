package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The points of a run, as its `metrics.jsonl` keeps them.
final class RunMetrics {
  private static final JsonMapper LINE = JsonMapper.shared();

  private RunMetrics() {}

  /// Those of the last run that left an artifact; none where no run here did.
  static List<Map<String, Double>> of(Workspace workspace, Ref made) {
    return workspace.runSummaries().reversed().stream()
        .filter(run -> run.status() == RunRecord.Status.DONE)
        .filter(run -> run.outputs().containsValue(made.toString()))
        .findFirst()
        .map(run -> read(workspace.runs().resolve(run.id()).resolve("metrics.jsonl")))
        .orElse(List.of());
  }

  /// The numbers of each line; a sample has none but its step, and a line that a kill broke off is
  /// passed over.
  private static List<Map<String, Double>> read(Path file) {
    var points = new ArrayList<Map<String, Double>>();
    try {
      for (String line : Files.readAllLines(file)) {
        var point = new TreeMap<String, Double>();
        for (Map.Entry<String, JsonNode> each : tree(line).properties()) {
          if (each.getValue().isNumber()) {
            point.put(each.getKey(), each.getValue().asDouble());
          }
        }
        if (!point.isEmpty()) {
          points.add(point);
        }
      }
    } catch (NoSuchFileException _) {
      return List.of(); // a run that had nothing to tell
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
    return points;
  }

  private static JsonNode tree(String line) {
    try {
      return LINE.readTree(line);
    } catch (JacksonException _) {
      return LINE.createObjectNode();
    }
  }
}
