package dev.imago.corpus;

import java.util.Arrays;
import java.util.SplittableRandom;

/// How one rule's measure is distributed over documents: exact counts, and quantiles of a sample of
/// [#SAMPLE] values at most (Vitter's algorithm R, with a fixed seed: the same documents in the
/// same order give the same sample).
public final class Distribution {
  static final int SAMPLE = 1 << 16;

  private final SplittableRandom random = new SplittableRandom(1);
  private final String rule;
  private final String source;
  private double[] sample = new double[64];
  private boolean sorted = true;
  private int size;
  private long count;
  private long dropped;
  private double least = Double.NEGATIVE_INFINITY;
  private double most = Double.POSITIVE_INFINITY;

  public Distribution(String rule, String source) {
    this.rule = rule;
    this.source = source;
  }

  public void add(RuleMeasure measured) {
    count++;
    dropped += measured.passes() ? 0 : 1;
    least = measured.least();
    most = measured.most();
    if (size < SAMPLE) {
      sample = size == sample.length ? Arrays.copyOf(sample, 2 * size) : sample;
      sample[size++] = measured.value();
      sorted = false;
    } else {
      long at = random.nextLong(count);
      if (at < SAMPLE) {
        sample[(int) at] = measured.value();
        sorted = false;
      }
    }
  }

  public String rule() {
    return rule;
  }

  public String source() {
    return source;
  }

  /// Documents that were measured.
  public long count() {
    return count;
  }

  /// The share of them that the rule drops.
  public double dropped() {
    return count == 0 ? 0 : (double) dropped / count;
  }

  /// The smallest value that passes, as it was last asked for; −∞ for none.
  public double least() {
    return least;
  }

  /// The largest value that passes, as it was last asked for; ∞ for none.
  public double most() {
    return most;
  }

  /// The value that a share of all is at most: 0 the smallest, 0.5 the median, 1 the largest.
  ///
  /// @throws IllegalStateException where nothing was measured
  public double quantile(double share) {
    if (size == 0) {
      throw new IllegalStateException(rule + " was measured in no document");
    }
    if (!sorted) {
      Arrays.sort(sample, 0, size);
      sorted = true;
    }
    return sample[(int) Math.round(share * (size - 1))];
  }

  /// The share of values in each of some ranges of one width, from the smallest to the largest.
  public double[] histogram(int ranges) {
    double low = quantile(0);
    double width = (quantile(1) - low) / ranges;
    double[] shares = new double[ranges];
    for (int i = 0; i < size; i++) {
      int at = width > 0 ? (int) ((sample[i] - low) / width) : 0;
      shares[Math.min(ranges - 1, at)] += 1.0 / size;
    }
    return shares;
  }

  /// The bounds that would drop about a share of these documents: on the side where the rule has
  /// one, half on each where it has both.
  ///
  /// @return the smallest and the largest value that would pass; infinite for none
  public double[] proposed(double share) {
    boolean low = !Double.isInfinite(least);
    boolean high = !Double.isInfinite(most);
    double side = low && high ? share / 2 : share;
    return new double[] {
      low ? quantile(side) : Double.NEGATIVE_INFINITY,
      high ? quantile(1 - side) : Double.POSITIVE_INFINITY
    };
  }
}
