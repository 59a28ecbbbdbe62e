package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  @Test
  void ninetyFivePercentIntervalsCoverTheTruthAboutThatOften() {
    // 500 samples of 80 skewed values whose mean is 1: the percentile interval of such a sample is
    // known to cover a little less than it says.
    var random = new Random(7);
    int covered = 0;
    for (int trial = 0; trial < 500; trial++) {
      double[] values = new double[80];
      for (int i = 0; i < values.length; i++) {
        values[i] = -Math.log(1 - random.nextDouble());
      }
      var interval = new Bootstrap(400, 0.95, trial).interval(80, Bootstrap.mean(values));
      covered += interval.low() <= 1 && 1 <= interval.high() ? 1 : 0;
    }
    assertTrue(covered > 450 && covered < 490, "covered " + covered + " of 500");
  }

  @Test
  void narrowerConfidenceCoversLess() {
    var random = new Random(8);
    int covered = 0;
    for (int trial = 0; trial < 500; trial++) {
      double[] values = random.doubles(60).toArray();
      var interval = new Bootstrap(400, 0.6, trial).interval(60, Bootstrap.mean(values));
      covered += interval.low() <= 0.5 && 0.5 <= interval.high() ? 1 : 0;
    }
    assertTrue(covered > 265 && covered < 335, "covered " + covered + " of 500");
  }

  @Test
  void theSameSeedGivesTheSameIntervalAndAnotherSeedAnother() {
    double[] values = new Random(9).doubles(50).toArray();
    var first = new Bootstrap(200, 0.95, 1).interval(50, Bootstrap.mean(values));
    assertEquals(first, new Bootstrap(200, 0.95, 1).interval(50, Bootstrap.mean(values)));
    assertNotEquals(first, new Bootstrap(200, 0.95, 2).interval(50, Bootstrap.mean(values)));
  }

  @Test
  void pairedDifferencesCancelWhatIsCommon() {
    double[] a = new Random(10).doubles(50, 0, 100).toArray();
    double[] b = java.util.Arrays.stream(a).map(x -> x + 1).toArray();
    var interval =
        new Bootstrap(200, 0.95, 1)
            .interval(50, Bootstrap.difference(Bootstrap.mean(a), Bootstrap.mean(b)));
    assertEquals(-1, interval.low(), 1e-9);
    assertEquals(-1, interval.high(), 1e-9);
  }

  @Test
  void aRatioWeighsUnitsByTheirDenominators() {
    var measure = Bootstrap.ratio(new double[] {10, 1}, new double[] {1, 10});
    assertEquals(1, measure.of(new int[] {0, 1}));
    assertEquals(10, measure.of(new int[] {0, 0}));
  }

  @Test
  void quantilesLieBetweenOrderStatistics() {
    double[] sorted = {1, 2, 3, 4};
    assertEquals(1, Bootstrap.quantile(sorted, 0));
    assertEquals(1.75, Bootstrap.quantile(sorted, 0.25), 1e-12);
    assertEquals(4, Bootstrap.quantile(sorted, 1));
  }

  @Test
  void nothingToResampleIsRefused() {
    var bootstrap = new Bootstrap(100, 0.95, 1);
    assertThrows(
        IllegalArgumentException.class, () -> bootstrap.interval(0, Bootstrap.mean(new double[0])));
  }

  @Test
  void whatBelongsTogetherIsDrawnTogether() {
    // Ten clusters of ten equal values: as wide as ten values alone, not as a hundred.
    double[] values = new double[100];
    var clusters = new java.util.ArrayList<int[]>();
    var random = new Random(12);
    for (int c = 0; c < 10; c++) {
      int[] cluster = java.util.stream.IntStream.range(10 * c, 10 * c + 10).toArray();
      clusters.add(cluster);
      java.util.Arrays.fill(values, 10 * c, 10 * c + 10, random.nextGaussian());
    }
    var bootstrap = new Bootstrap(400, 0.95, 1);
    Interval apart = bootstrap.interval(100, Bootstrap.mean(values));
    Interval together = bootstrap.interval(clusters, Bootstrap.mean(values));
    assertEquals(apart.value(), together.value(), 1e-12);
    assertTrue(together.high() - together.low() > 2 * (apart.high() - apart.low()));
  }
}
