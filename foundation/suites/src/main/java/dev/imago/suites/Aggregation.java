package dev.imago.suites;

import dev.imago.metrics.Bleu;
import dev.imago.metrics.Chrf;
import dev.imago.metrics.Ter;
import dev.imago.metrics.TextMetric;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// How the values of items become one number, and how sure it is, as lm-evaluation-harness has it.
enum Aggregation {
  MEAN("mean", Kind.SCORES),
  MEDIAN("median", Kind.SCORES),
  PERPLEXITY("perplexity", Kind.SCORES),
  WEIGHTED_PERPLEXITY("weighted_perplexity", Kind.WEIGHTED),
  BITS_PER_BYTE("bits_per_byte", Kind.WEIGHTED),
  F1("f1", Kind.LABELS),
  MATTHEWS("matthews_corrcoef", Kind.LABELS),
  BRIER("brier_score", Kind.PROBABILITIES),
  BLEU("bleu", Kind.TEXTS),
  CHRF("chrf", Kind.TEXTS),
  CHRF_WORDS("chrf++", Kind.TEXTS),
  TER("ter", Kind.TEXTS);

  /// What it is made of.
  enum Kind {
    SCORES,
    WEIGHTED,
    LABELS,
    PROBABILITIES,
    TEXTS
  }

  /// Draws of the bootstrap by which a standard error is estimated; of texts fewer.
  private static final int DRAWS = 100_000;

  private static final int TEXT_DRAWS = 100;
  private static final int CHUNK = 1_000;

  private final String spelling;
  private final Kind takes;

  Aggregation(String spelling, Kind takes) {
    this.spelling = spelling;
    this.takes = takes;
  }

  String spelling() {
    return spelling;
  }

  Kind takes() {
    return takes;
  }

  static Optional<Aggregation> named(String name) {
    return Stream.of(values()).filter(a -> a.spelling.equals(name)).findFirst();
  }

  static List<String> names() {
    return Stream.of(values()).map(a -> a.spelling.toLowerCase(Locale.ROOT)).toList();
  }

  /// @param values of the kind that it takes, at least one
  double of(List<ItemValue> values) {
    return measure(values).applyAsDouble(IntStream.range(0, values.size()).toArray());
  }

  /// The number that some items, by their places, repeats counted, come to.
  ToDoubleFunction<int[]> measure(List<ItemValue> values) {
    return switch (this) {
      case MEAN -> {
        double[] scores = scores(values);
        yield places -> mean(scores, places);
      }
      case MEDIAN -> {
        double[] scores = scores(values);
        yield places -> {
          double[] sorted = Arrays.stream(places).mapToDouble(i -> scores[i]).sorted().toArray();
          return sorted[sorted.length / 2];
        };
      }
      case PERPLEXITY -> {
        double[] scores = scores(values);
        yield places -> Math.exp(-mean(scores, places));
      }
      case WEIGHTED_PERPLEXITY -> places -> Math.exp(-weighted(values, places));
      case BITS_PER_BYTE -> places -> -weighted(values, places) / Math.log(2);
      case BRIER -> places -> mean(values.stream().mapToDouble(ItemValue::own).toArray(), places);
      case F1 -> {
        var labels = LabelTable.of(values);
        yield labels::f1;
      }
      case MATTHEWS -> {
        var labels = LabelTable.of(values);
        yield labels::matthews;
      }
      case BLEU -> texts(Bleu.standard(), values);
      case CHRF -> texts(Chrf.standard(), values);
      case CHRF_WORDS -> texts(Chrf.plusPlus(), values);
      case TER -> texts(Ter.standard(), values);
    };
  }

  private static double[] scores(List<ItemValue> values) {
    return values.stream().mapToDouble(v -> ((ItemValue.Score) v).value()).toArray();
  }

  private static double mean(double[] scores, int[] places) {
    double sum = 0;
    for (int i : places) {
      sum += scores[i];
    }
    return sum / places.length;
  }

  private static double weighted(List<ItemValue> values, int[] places) {
    double sum = 0;
    double weight = 0;
    for (int i : places) {
      var value = (ItemValue.Weighted) values.get(i);
      sum += value.sum();
      weight += value.weight();
    }
    return sum / weight;
  }

  private static ToDoubleFunction<int[]> texts(TextMetric metric, List<ItemValue> values) {
    double[][] counts =
        values.stream()
            .map(ItemValue.Texts.class::cast)
            .map(t -> metric.counts(t.told(), List.of(t.wanted())))
            .toArray(double[][]::new);
    return places -> {
      double[] sum = new double[counts[0].length];
      for (int i : places) {
        for (int j = 0; j < sum.length; j++) {
          sum[j] += counts[i][j];
        }
      }
      return metric.score(sum);
    };
  }

  /// The standard error: of a mean by its formula, of others by the bootstrap with Python's draws;
  /// empty where lm-evaluation-harness tells none, and of one item.
  OptionalDouble standardError(List<ItemValue> values) {
    if (values.size() < 2) {
      return OptionalDouble.empty();
    }
    return switch (this) {
      case MEAN -> OptionalDouble.of(deviation(scores(values)) / Math.sqrt(values.size()));
      case WEIGHTED_PERPLEXITY, BITS_PER_BYTE, BRIER -> OptionalDouble.empty();
      case MEDIAN, PERPLEXITY, F1, MATTHEWS -> OptionalDouble.of(drawn(values, DRAWS));
      case BLEU, CHRF, CHRF_WORDS, TER -> OptionalDouble.of(drawn(values, TEXT_DRAWS));
    };
  }

  private double drawn(List<ItemValue> values, int draws) {
    ToDoubleFunction<int[]> measure = measure(values);
    int chunk = Math.min(CHUNK, draws);
    double[] all =
        IntStream.range(0, draws / chunk)
            .parallel()
            .mapToObj(
                seed -> {
                  var random = new PythonRandom(seed);
                  double[] some = new double[chunk];
                  for (int i = 0; i < chunk; i++) {
                    some[i] = measure.applyAsDouble(random.choices(values.size()));
                  }
                  return some;
                })
            .flatMapToDouble(Arrays::stream)
            .toArray();
    return deviation(all);
  }

  /// Of a sample: by n − 1.
  private static double deviation(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.length - 1));
  }
}
