package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class FoldIntervalTest {
  /// scipy 1.16: `scipy.stats.t.ppf(0.975, [1, 2, 4, 9, 99])` and `ppf(0.95, 4)`.
  @Test
  void quantilesAreScipys() {
    double[] due = {12.706204736, 4.302652730, 2.776445105, 2.262157163, 1.984216952};
    int[] degrees = {1, 2, 4, 9, 99};
    for (int i = 0; i < due.length; i++) {
      assertEquals(due[i], FoldInterval.quantile(degrees[i], 0.95), 1e-6);
    }
    assertEquals(2.131846786, FoldInterval.quantile(4, 0.9), 1e-6);
  }

  @Test
  void theIntervalCountsWhatFoldsShare() {
    Interval interval = FoldInterval.of(new double[] {88, 90, 92, 90, 90}, 0.95);
    assertEquals(90, interval.value(), 1e-12);
    // s² = 2, 1/5 + 1/4 = 0.45.
    assertEquals(90 + 2.776445105 * Math.sqrt(2 * 0.45), interval.high(), 1e-6);
    assertEquals(180, interval.low() + interval.high(), 1e-9);
    assertThrows(IllegalArgumentException.class, () -> FoldInterval.of(new double[] {1}, 0.95));
  }
}
