package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DistributionTest {
  private static Distribution of(int values, double least, double most) {
    var distribution = new Distribution("r", "ours");
    for (int i = 0; i < values; i++) {
      distribution.add(new RuleMeasure("r", "ours", i, least, most));
    }
    return distribution;
  }

  @Test
  void quantilesSharesAndRangesAreThoseOfTheValues() {
    Distribution distribution = of(101, 10, Double.POSITIVE_INFINITY);
    assertEquals(0, distribution.quantile(0));
    assertEquals(50, distribution.quantile(0.5));
    assertEquals(100, distribution.quantile(1));
    assertEquals(10 / 101.0, distribution.dropped(), 1e-12);
    assertArrayEquals(new double[] {50 / 101.0, 51 / 101.0}, distribution.histogram(2), 1e-9);
  }

  @Test
  void aProposalDropsTheShareThatWasAsked() {
    double none = Double.POSITIVE_INFINITY;
    assertArrayEquals(new double[] {5, none}, of(101, 10, none).proposed(0.05));
    assertArrayEquals(new double[] {-none, 95}, of(101, -none, 10).proposed(0.05));
    assertArrayEquals(new double[] {5, 95}, of(101, 1, 10).proposed(0.1));
  }

  @Test
  void ofManyValuesASampleIsKept() {
    int values = 3 * Distribution.SAMPLE;
    Distribution distribution = of(values, 0, 1);
    assertEquals(values, distribution.count());
    assertEquals(values / 2.0, distribution.quantile(0.5), values / 50.0);
    assertEquals(distribution.quantile(0.3), of(values, 0, 1).quantile(0.3));
  }

  @Test
  void nothingHasNoQuantile() {
    assertThrows(IllegalStateException.class, () -> of(0, 0, 1).quantile(0.5));
  }
}
