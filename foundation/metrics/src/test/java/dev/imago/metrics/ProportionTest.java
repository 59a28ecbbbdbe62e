package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProportionTest {
  /// Recorded: `proportion_confint(8, 10, method="wilson")` of statsmodels.
  @Test
  void wilsonsIntervalIsStatsmodels() {
    Interval eight = Proportion.wilson(8, 10, 0.95);
    assertEquals(0.49016247, eight.low(), 1e-7);
    assertEquals(0.94331784, eight.high(), 1e-7);
    assertEquals(0.8, eight.value());
  }

  @Test
  void allOrNoneRightHasWidth() {
    Interval all = Proportion.interval(20, 20, 0.95);
    assertEquals(1, all.high());
    assertEquals(0.8316, all.low(), 1e-4);
    assertEquals(0, Proportion.interval(0, 5, 0.95).low());
  }

  @Test
  void whatIsNoShareIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Proportion.interval(3, 2, 0.95));
    assertThrows(IllegalArgumentException.class, () -> Proportion.interval(0, 0, 0.95));
    assertThrows(IllegalArgumentException.class, () -> Proportion.interval(1, 2, 1));
  }

  /// Not simulated but summed: of each true share, the chance of all numbers of hits whose interval
  /// holds it.
  @Test
  void intervalsCoverWhatTheySay() {
    for (int n : new int[] {50, 100, 400}) {
      Interval[] intervals = new Interval[n + 1];
      for (int hits = 0; hits <= n; hits++) {
        intervals[hits] = Proportion.interval(hits, n, 0.95);
      }
      double mean = 0;
      for (int step = 1; step <= 500; step++) { // what lies above a half is the mirror image
        double share = step / 1001.0;
        double covered = 0;
        double chance = Math.pow(1 - share, n);
        for (int hits = 0; hits <= n; hits++) {
          covered += intervals[hits].contains(share) ? chance : 0;
          chance *= (n - hits) * share / ((hits + 1) * (1 - share));
        }
        assertTrue(n * share >= 5 || covered >= 0.95, n + " items, " + share + ": " + covered);
        mean += covered / 500;
      }
      assertTrue(mean > 0.94 && mean < 0.97, n + " items: " + mean);
    }
  }

  @Test
  void theNormalsQuantilesAreThoseOfTables() {
    assertEquals(1.959963985, Distributions.normalQuantile(0.975), 1e-8);
    assertEquals(0, Distributions.normalQuantile(0.5), 1e-9);
    assertEquals(-2.575829304, Distributions.normalQuantile(0.005), 1e-8);
  }
}
