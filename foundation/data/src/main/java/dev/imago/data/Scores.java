package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Measurements, each with its interval: `scores.json`, `samples.jsonl`, and of labels
/// `predictions.jsonl`.
@Kind(name = "scores", form = "measurements")
public record Scores(Ref ref, Path folder) implements Artifact {
  /// What holds the measurements in the folder.
  public static final String FILE = "scores.json";

  /// One measurement with its interval.
  ///
  /// @param value not a number where the file has none
  /// @param low and `high`: not numbers where there is no interval
  /// @param n measured items; 0 where it is not told
  public record Measurement(
      String name, double value, double low, double high, long n, String unit) {}

  /// What an artifact's folder holds; nothing where there is no such file.
  ///
  /// @throws IOException where it cannot be read
  /// @throws tools.jackson.core.JacksonException for what is no JSON
  public static List<Measurement> measurements(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    var measurements = new ArrayList<Measurement>();
    if (Files.isRegularFile(file)) {
      for (JsonNode score : JsonMapper.shared().readTree(Files.readAllBytes(file)).path("scores")) {
        measurements.add(
            new Measurement(
                score.path("name").asString(""),
                score.path("value").asDouble(Double.NaN),
                score.path("low").asDouble(Double.NaN),
                score.path("high").asDouble(Double.NaN),
                score.path("n").asLong(0),
                score.path("unit").asString("")));
      }
    }
    return measurements;
  }
}
