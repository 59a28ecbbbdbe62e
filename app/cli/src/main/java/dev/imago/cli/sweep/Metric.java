package dev.imago.cli.sweep;

import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// A figure of a training by which trials are compared.
public enum Metric {
  /// Of the development part, at its best: of the weights that come out.
  DEVELOPMENT_LOSS("developmentLoss", false, "nats a target"),
  /// Of what is trained on, in the mean of the last ten measurements.
  LOSS("loss", false, "nats a target"),
  /// In the median: the most is the best.
  TOKENS_PER_SECOND("tokensPerSecond", true, "tokens a second");

  private static final int LAST = 10;

  private final String figure;
  private final boolean most;
  private final String unit;

  Metric(String figure, boolean most, String unit) {
    this.figure = figure;
    this.most = most;
    this.unit = unit;
  }

  /// Its name in `metrics.jsonl`.
  public String figure() {
    return figure;
  }

  public String unit() {
    return unit;
  }

  /// A value of any of them, as people read it.
  public static String said(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 1000 ? "%,.0f" : "%.4f", value);
  }

  /// @throws ConfigException for a name that is none of them
  public static Metric named(String figure) {
    if (figure.equals("heldoutLoss")) {
      throw new ConfigException(
          "--metric heldoutLoss: what chooses is no longer held out; take developmentLoss, and the"
              + " best trial's held-out loss is told at the end");
    }
    List<String> names = Arrays.stream(values()).map(Metric::figure).toList();
    return Arrays.stream(values())
        .filter(m -> m.figure.equals(figure))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    "--metric %s: no such figure to go by%s"
                        .formatted(figure, Nearest.hint(figure, names))));
  }

  /// A run's, from all its values in order; nothing where it has none that is a number.
  OptionalDouble of(List<Double> values) {
    List<Double> numbers = values.stream().filter(Double::isFinite).toList();
    return switch (this) {
      case DEVELOPMENT_LOSS -> numbers.stream().mapToDouble(v -> v).min();
      case LOSS ->
          numbers.subList(Math.max(0, numbers.size() - LAST), numbers.size()).stream()
              .mapToDouble(v -> v)
              .average();
      case TOKENS_PER_SECOND ->
          numbers.stream().mapToDouble(v -> v).sorted().skip(numbers.size() / 2).findFirst();
    };
  }

  /// Whether a value is better than another.
  public boolean better(double value, double other) {
    return most ? value > other : value < other;
  }
}
