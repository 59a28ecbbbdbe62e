package dev.imago.metrics;

/// Whether two systems' scores of the same texts differ by more than chance, with sacreBLEU's draws
/// and so its p-values. Riezler & Maxwell 2005, W05-0908; Koehn 2004, W04-3250.
///
/// @param kind what is drawn
/// @param samples how often
/// @param seed of the draws
public record PairedTest(Kind kind, int samples, int seed) {
  /// What is drawn.
  public enum Kind {
    /// Each text's two results change sides or not: approximate randomisation.
    RANDOMISATION("ar"),
    /// Texts, with replacement: the paired bootstrap.
    BOOTSTRAP("bs");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    /// As sacreBLEU's signatures spell it.
    public String key() {
      return key;
    }
  }

  public PairedTest {
    if (samples < 1) {
      throw new IllegalArgumentException(
          "samples = %d is below 1; 10000 are usual".formatted(samples));
    }
  }

  /// sacreBLEU's default: 10,000 randomisations with seed 12345.
  public static PairedTest randomisation() {
    return new PairedTest(Kind.RANDOMISATION, 10_000, 12_345);
  }

  /// sacreBLEU's paired bootstrap: 1,000 resamples with seed 12345.
  public static PairedTest bootstrap() {
    return new PairedTest(Kind.BOOTSTRAP, 1_000, 12_345);
  }

  /// The chance, were both systems alike, of a difference larger than theirs, as sacreBLEU counts
  /// it; two-sided. 1 of systems that score the same, where sacreBLEU has its least.
  ///
  /// @param baseline counts of each text, [N, C]
  /// @param system counts of the same texts
  public double p(TextMetric metric, double[][] baseline, double[][] system) {
    return p(baseline, system, metric::score, false);
  }

  /// The same where a difference just as large counts, too: of a few texts sacreBLEU's count calls
  /// anything significant, this does not; of many they are the same.
  ///
  /// @param baseline counts of each text, [N, C]
  /// @param system counts of the same texts
  public double cautious(TextMetric metric, double[][] baseline, double[][] system) {
    return p(baseline, system, metric::score, true);
  }

  /// The chance, were both systems alike, of a difference of the mean score as large as theirs or
  /// larger; two-sided. As large counts, too, since of few items that are right or wrong many draws
  /// are exactly as far apart.
  ///
  /// @param baseline the score of each item
  /// @param system of the same items
  public double p(double[] baseline, double[] system) {
    return p(rows(baseline), rows(system), counts -> counts[0] / counts[1], true);
  }

  private static double[][] rows(double[] scores) {
    double[][] rows = new double[scores.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new double[] {scores[i], 1};
    }
    return rows;
  }

  private interface Scored {
    double of(double[] counts);
  }

  private double p(double[][] baseline, double[][] system, Scored score, boolean asLargeToo) {
    if (baseline.length == 0 || baseline.length != system.length) {
      throw new IllegalArgumentException(
          "%,d and %,d items are not as many, or none; both systems answer the same ones"
              .formatted(baseline.length, system.length));
    }
    double real = Math.abs(score.of(TextMetric.sum(baseline)) - score.of(TextMetric.sum(system)));
    if (real == 0) {
      return 1;
    }
    double[] differences =
        switch (kind) {
          case RANDOMISATION -> shuffled(baseline, system, score);
          case BOOTSTRAP -> centred(resampled(baseline, system, score));
        };
    double rounding = 1e-12 * Math.max(1, real); // of the same sums in another order
    int larger = 0;
    for (double difference : differences) {
      larger += difference > real + (asLargeToo ? -rounding : rounding) ? 1 : 0;
    }
    return (larger + 1.0) / (samples + 1.0);
  }

  private double[] shuffled(double[][] baseline, double[][] system, Scored score) {
    var random = new NumpyRandom(seed);
    int width = baseline[0].length;
    double[] differences = new double[samples];
    for (int s = 0; s < samples; s++) {
      double[] one = new double[width];
      double[] other = new double[width];
      for (int i = 0; i < baseline.length; i++) {
        boolean kept = random.nextBit();
        double[] first = kept ? baseline[i] : system[i];
        double[] second = kept ? system[i] : baseline[i];
        for (int c = 0; c < width; c++) {
          one[c] += first[c];
          other[c] += second[c];
        }
      }
      differences[s] = Math.abs(score.of(one) - score.of(other));
    }
    return differences;
  }

  private double[] resampled(double[][] baseline, double[][] system, Scored score) {
    var random = new NumpyRandom(seed);
    int width = baseline[0].length;
    double[] differences = new double[samples];
    for (int s = 0; s < samples; s++) {
      double[] one = new double[width];
      double[] other = new double[width];
      for (int i = 0; i < baseline.length; i++) {
        int at = random.below(baseline.length);
        for (int c = 0; c < width; c++) {
          one[c] += baseline[at][c];
          other[c] += system[at][c];
        }
      }
      differences[s] = Math.abs(score.of(one) - score.of(other));
    }
    return differences;
  }

  private static double[] centred(double[] differences) {
    double sum = 0;
    for (double difference : differences) {
      sum += difference;
    }
    double mean = sum / differences.length;
    double[] centred = new double[differences.length];
    for (int i = 0; i < centred.length; i++) {
      centred[i] = differences[i] - mean;
    }
    return centred;
  }
}
