package dev.imago.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The temperature that a model's scores are divided by before the softmax, so that of what is told
/// with probability p a share of p is right. Guo et al. 2017, arXiv:1706.04599. It stands beside
/// the weights as `calibration.json`; it changes no label of one class. Where several labels may be
/// there, each has the probability from which on it is told.
///
/// @param temperature above 0; 1 leaves the scores as they are
/// @param thresholds of each label, where several may be there, empty for a half each; of answers
///   in a text one, that of there being none, empty where there always is one
/// @param examples that it was fitted on: none of those that the model learned, none held out
/// @param lossBefore mean −ln p of these at the temperature 1
/// @param lossAfter the same at this temperature
public record Calibration(
    double temperature,
    long examples,
    double lossBefore,
    double lossAfter,
    List<Double> thresholds) {
  /// The file's name.
  public static final String FILE = "calibration.json";

  /// Nothing is known.
  public static final Calibration NONE = new Calibration(1, 0, 0, 0, List.of());

  private static final double HALF = 0.5;

  /// A label that fewer examples have keeps a half: the best threshold of one or two of them may be
  /// a thousandth, from which on the label is told of many others, too. The FBR heuristic of Fan &
  /// Lin 2007, «A Study on Threshold Selection for Multi-label Classification», guards against it.
  private static final int LEAST_THERE = 5;

  private static final double LEAST = 0.05;
  private static final double MOST = 20;

  /// Of the interval in ln T, what golden-section search leaves.
  private static final double CLOSE = 1e-4;

  public Calibration {
    if (!(temperature >= LEAST && temperature <= MOST)) {
      throw new IllegalArgumentException(
          "temperature = %s is not %s … %s".formatted(temperature, LEAST, MOST));
    }
    thresholds = List.copyOf(thresholds);
    for (double threshold : thresholds) {
      if (!(threshold >= 0 && threshold <= 1)) {
        throw new IllegalArgumentException("threshold = %s is not 0 … 1".formatted(threshold));
      }
    }
  }

  /// Of a temperature alone.
  public Calibration(double temperature, long examples, double lossBefore, double lossAfter) {
    this(temperature, examples, lossBefore, lossAfter, List.of());
  }

  /// The same with other thresholds.
  public Calibration withThresholds(List<Double> others) {
    return new Calibration(temperature, examples, lossBefore, lossAfter, others);
  }

  /// The probability from which on a label is told, where several may be there.
  public double threshold(int label) {
    return label < thresholds.size() ? thresholds.get(label) : HALF;
  }

  /// Fits it: −ln p of the targets, which has one minimum in 1/T, is made least.
  ///
  /// @param scores of each example, before the softmax
  /// @param targets the place of the right score in each
  public static Calibration fit(List<float[]> scores, List<Integer> targets) {
    if (scores.isEmpty()) {
      return NONE;
    }
    return least(scores.size(), temperature -> loss(scores, targets, temperature));
  }

  /// Fits it where each score is of a label that is there or not, by a sigmoid, and the threshold
  /// of each label: the one with the best F1, between two probabilities; a half where fewer than
  /// five are there.
  ///
  /// @param scores of each example, before the sigmoid
  /// @param targets of each example, for each score 1 or 0
  /// @param thresholds whether they are fitted
  public static Calibration ofSeveral(
      List<float[]> scores, List<float[]> targets, boolean thresholds) {
    if (scores.isEmpty()) {
      return NONE;
    }
    Calibration by = least(scores.size(), temperature -> binaryLoss(scores, targets, temperature));
    if (!thresholds) {
      return by;
    }
    var each = new ArrayList<Double>();
    for (int label = 0; label < scores.getFirst().length; label++) {
      int at = label;
      each.add(
          bestThreshold(
              scores.stream().mapToDouble(s -> sigmoid(s[at] / by.temperature)).toArray(),
              targets.stream().mapToDouble(t -> t[at]).toArray()));
    }
    return new Calibration(by.temperature, by.examples, by.lossBefore, by.lossAfter, each);
  }

  /// 1 / (1 + e⁻ˣ).
  public static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double bestThreshold(double[] shares, double[] there) {
    List<Integer> order =
        IntStream.range(0, shares.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -shares[i]))
            .toList();
    double all = Arrays.stream(there).sum();
    if (all < LEAST_THERE) {
      return HALF;
    }
    double best = HALF;
    double highest = 0;
    double right = 0;
    for (int told = 1; told <= order.size(); told++) {
      right += there[order.get(told - 1)];
      double share = shares[order.get(told - 1)];
      double next = told < order.size() ? shares[order.get(told)] : 0;
      double f1 = 2 * right / (told + all);
      if (next < share && f1 > highest) {
        highest = f1;
        best = (share + next) / 2;
      }
    }
    return best;
  }

  /// Golden-section search in ln T.
  private static Calibration least(int examples, DoubleUnaryOperator loss) {
    double ratio = (Math.sqrt(5) - 1) / 2;
    double low = Math.log(LEAST);
    double high = Math.log(MOST);
    while (high - low > CLOSE) {
      double a = high - ratio * (high - low);
      double b = low + ratio * (high - low);
      if (loss.applyAsDouble(Math.exp(a)) <= loss.applyAsDouble(Math.exp(b))) {
        high = b;
      } else {
        low = a;
      }
    }
    double found = Math.clamp(Math.exp((low + high) / 2), LEAST, MOST);
    return new Calibration(found, examples, loss.applyAsDouble(1), loss.applyAsDouble(found));
  }

  private static double binaryLoss(
      List<float[]> scores, List<float[]> targets, double temperature) {
    double sum = 0;
    long n = 0;
    for (int i = 0; i < scores.size(); i++) {
      for (int label = 0; label < scores.get(i).length; label++) {
        double z = scores.get(i)[label] / temperature;
        sum += Math.max(z, 0) - z * targets.get(i)[label] + Math.log1p(Math.exp(-Math.abs(z)));
        n++;
      }
    }
    return sum / n;
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
          json.path("loss").path("after").asDouble(0),
          json.path("thresholds").valueStream().map(JsonNode::asDouble).toList());
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
    if (!thresholds.isEmpty()) {
      thresholds.forEach(json.putArray("thresholds")::add);
    }
    return json.toPrettyString() + "\n";
  }
}
