package dev.imago.console.shelf;

import dev.imago.core.Inventory;
import dev.imago.core.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What was measured of a model, from the artifacts of scores that were made from it.
///
/// @param from the artifact of scores
public record ModelScores(Ref from, List<Measurement> measurements) {
  private static final long MOST_BYTES = 4L << 20;
  private static final int MOST = 500;
  private static final JsonMapper JSON = JsonMapper.shared();

  /// One measurement with its interval.
  ///
  /// @param low and `high`: not numbers where there is no interval
  public record Measurement(
      String name, double value, double low, double high, long n, String unit) {}

  /// Of a model: all that was measured with it among what is measured.
  public static List<ModelScores> of(ArtifactShelf shelf, ArtifactShelf.Stock stock, Ref model) {
    return stock.dependants(model).stream()
        .filter(r -> r.kind().equals("scores"))
        .map(r -> new ModelScores(r, read(shelf.folder(r).resolve("scores.json"))))
        .filter(s -> !s.measurements().isEmpty())
        .toList();
  }

  /// What an artifact of scores holds; nothing where it cannot be read.
  public static List<Measurement> read(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
        return List.of();
      }
      var measurements = new ArrayList<Measurement>();
      for (JsonNode score : JSON.readTree(Files.readAllBytes(file)).path("scores")) {
        if (measurements.size() < MOST) {
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
    } catch (IOException | JacksonException _) {
      return List.of();
    }
  }

  /// Whether an artifact is a model's.
  public static boolean isModel(Inventory.Item item) {
    return item.ref().kind().equals("weights") || item.ref().kind().equals("onnx");
  }
}
