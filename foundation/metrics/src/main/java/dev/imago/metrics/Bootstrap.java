package dev.imago.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Intervals by resampling: the bootstrap. Efron & Tibshirani 1993, «An Introduction to the
/// Bootstrap», ch. 13 and 14; paired over systems as in Koehn 2004, W04-3250.
///
/// The same seed and number of units give the same draws, so two measures over the same units are
/// resampled together, and the interval of their difference is that of paired data. Of shares take
/// [Proportion].
///
/// @param resamples draws with replacement
/// @param confidence the share of draws inside the interval, 0 … 1
/// @param seed of the draws
public record Bootstrap(int resamples, double confidence, long seed) {
  /// A measure over the units (documents or pairs) that a draw names.
  @FunctionalInterface
  public interface Measure {
    /// @param units indices in 0 … n − 1, repeats included
    /// @return NaN where it is undefined of them: such a draw is left out
    double of(int[] units);
  }

  public Bootstrap {
    if (resamples < 1 || !(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "%d resamples and a confidence of %s give no interval; 1000 and 0.95 are usual"
              .formatted(resamples, confidence));
    }
  }

  /// The measure over all `n` units, with the interval between quantiles of the draws.
  public Interval interval(int n, Measure measure) {
    return percentile(
        measure.of(all(n)), replicates(n, measure), (1 - confidence) / 2, (1 + confidence) / 2);
  }

  /// The same with quantiles corrected for bias and skew (BCa): better of skewed measures, and
  /// dearer, since the measure is taken n times more.
  public Interval corrected(int n, Measure measure) {
    int[] all = all(n);
    double value = measure.of(all);
    double[] replicates = replicates(n, measure);
    double below = 0;
    for (double replicate : replicates) {
      below += replicate < value ? 1 : replicate == value ? 0.5 : 0;
    }
    double bias = Distributions.normalQuantile(below / replicates.length);
    double skew = n < 2 ? 0 : skew(all, measure);
    double z = Distributions.normalQuantile((1 + confidence) / 2);
    return percentile(value, replicates, corrected(bias, skew, -z), corrected(bias, skew, z));
  }

  private static double corrected(double bias, double skew, double z) {
    return Distributions.normal(bias + (bias + z) / (1 - skew * (bias + z)));
  }

  /// From the measure without each unit in turn.
  private static double skew(int[] all, Measure measure) {
    double[] without = new double[all.length];
    int[] rest = Arrays.copyOfRange(all, 1, all.length);
    for (int i = 0; i < all.length; i++) {
      without[i] = measure.of(rest);
      if (i < rest.length) {
        rest[i] = i; // the unit left out comes back for the next
      }
    }
    double mean = Arrays.stream(without).average().orElse(0);
    double squares = 0;
    double cubes = 0;
    for (double value : without) {
      squares += (mean - value) * (mean - value);
      cubes += (mean - value) * (mean - value) * (mean - value);
    }
    return squares == 0 ? 0 : cubes / (6 * Math.pow(squares, 1.5));
  }

  /// The same where units belong together, such as the questions on one text: whole clusters are
  /// drawn.
  ///
  /// @param clusters the units of each
  public Interval interval(List<int[]> clusters, Measure measure) {
    int[] every = clusters.stream().flatMapToInt(Arrays::stream).toArray();
    double[] replicates =
        replicates(
            clusters.size(),
            drawn ->
                measure.of(
                    Arrays.stream(drawn).flatMap(c -> IntStream.of(clusters.get(c))).toArray()));
    return percentile(measure.of(every), replicates, (1 - confidence) / 2, (1 + confidence) / 2);
  }

  private static int[] all(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("n = " + n + " units to resample is below 1");
    }
    return IntStream.range(0, n).toArray();
  }

  private double[] replicates(int n, Measure measure) {
    int[] draw = all(n);
    var random = new SplittableRandom(seed);
    double[] replicates = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      for (int i = 0; i < n; i++) {
        draw[i] = random.nextInt(n);
      }
      replicates[r] = measure.of(draw);
    }
    Arrays.sort(replicates);
    // NaN is sorted to the end.
    int defined = replicates.length;
    while (defined > 0 && Double.isNaN(replicates[defined - 1])) {
      defined--;
    }
    return Arrays.copyOf(replicates, defined);
  }

  private static Interval percentile(double value, double[] sorted, double low, double high) {
    return new Interval(value, quantile(sorted, low), quantile(sorted, high));
  }

  /// The measure Σ numerator / Σ denominator over the units drawn.
  public static Measure ratio(double[] numerators, double[] denominators) {
    return units -> {
      double numerator = 0;
      double denominator = 0;
      for (int unit : units) {
        numerator += numerators[unit];
        denominator += denominators[unit];
      }
      return numerator / denominator;
    };
  }

  /// The mean over the units drawn.
  public static Measure mean(double[] values) {
    return units -> {
      double sum = 0;
      for (int unit : units) {
        sum += values[unit];
      }
      return sum / units.length;
    };
  }

  /// The score of the units drawn, from the counts of each.
  public static Measure of(TextMetric metric, double[][] counts) {
    return units -> {
      double[] sum = new double[counts[0].length];
      for (int unit : units) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += counts[unit][i];
        }
      }
      return metric.score(sum);
    };
  }

  /// One measure less another, over the same draw.
  public static Measure difference(Measure a, Measure b) {
    return units -> a.of(units) - b.of(units);
  }

  /// Linear between order statistics (Hyndman & Fan's type 7, as numpy's default).
  static double quantile(double[] sorted, double p) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double at = p * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
