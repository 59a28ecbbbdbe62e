package dev.imago.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The temperature that a model's scores are divided by before the softmax, so that of what is told
/// with probability p a share of p is right. Guo et al. 2017, arXiv:1706.04599. It stands beside
/// the weights as `calibration.json`; it changes no label.
///
/// @param temperature above 0; 1 leaves the scores as they are
/// @param examples that it was fitted on: none of those that the model learned, none held out
/// @param lossBefore mean −ln p of these at the temperature 1
/// @param lossAfter the same at this temperature
public record Calibration(double temperature, long examples, double lossBefore, double lossAfter) {
  /// The file's name.
  public static final String FILE = "calibration.json";

  /// Nothing is known.
  public static final Calibration NONE = new Calibration(1, 0, 0, 0);

  private static final double LEAST = 0.05;
  private static final double MOST = 20;

  /// Of the interval in ln T, what golden-section search leaves.
  private static final double CLOSE = 1e-4;

  public Calibration {
    if (!(temperature >= LEAST && temperature <= MOST)) {
      throw new IllegalArgumentException(
          "temperature = %s is not %s … %s".formatted(temperature, LEAST, MOST));
    }
  }

  /// Fits it: −ln p of the targets, which has one minimum in 1/T, is made least.
  ///
  /// @param scores of each example, before the softmax
  /// @param targets the place of the right score in each
  public static Calibration fit(List<float[]> scores, List<Integer> targets) {
    if (scores.isEmpty()) {
      return NONE;
    }
    double ratio = (Math.sqrt(5) - 1) / 2;
    double low = Math.log(LEAST);
    double high = Math.log(MOST);
    while (high - low > CLOSE) {
      double a = high - ratio * (high - low);
      double b = low + ratio * (high - low);
      if (loss(scores, targets, Math.exp(a)) <= loss(scores, targets, Math.exp(b))) {
        high = b;
      } else {
        low = a;
      }
    }
    double found = Math.clamp(Math.exp((low + high) / 2), LEAST, MOST);
    return new Calibration(
        found, scores.size(), loss(scores, targets, 1), loss(scores, targets, found));
  }

  private static double loss(List<float[]> scores, List<Integer> targets, double temperature) {
    double sum = 0;
    for (int i = 0; i < scores.size(); i++) {
      float[] row = scores.get(i);
      double most = Double.NEGATIVE_INFINITY;
      for (float score : row) {
        most = Math.max(most, score / temperature);
      }
      double all = 0;
      for (float score : row) {
        all += Math.exp(score / temperature - most);
      }
      sum += Math.log(all) + most - row[targets.get(i)] / temperature;
    }
    return sum / scores.size();
  }

  /// What stands beside a model's weights; [#NONE] where nothing does.
  ///
  /// @param folder of a model, or its file
  /// @throws IllegalArgumentException for a file that is none
  public static Calibration read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return NONE;
    }
    try {
      JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
      return new Calibration(
          json.path("temperature").asDouble(0),
          json.path("examples").asLong(0),
          json.path("loss").path("before").asDouble(0),
          json.path("loss").path("after").asDouble(0));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("%s is no JSON: %s".formatted(file, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /// The file's text.
  public String json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("temperature", temperature);
    json.put("examples", examples);
    ObjectNode loss = json.putObject("loss");
    loss.put("before", lossBefore);
    loss.put("after", lossAfter);
    return json.toPrettyString() + "\n";
  }
}
