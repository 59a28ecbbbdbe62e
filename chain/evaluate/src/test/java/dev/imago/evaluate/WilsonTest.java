package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WilsonTest {
  /// Recorded: `proportion_confint(8, 10, method="wilson")` of statsmodels.
  @Test
  void theIntervalIsStatsmodels() {
    Bootstrap.Interval eight = Wilson.interval(0.8, 10, 0.95);
    assertEquals(0.49016247, eight.low(), 1e-7);
    assertEquals(0.94331784, eight.high(), 1e-7);
    assertEquals(0.8, eight.value());
  }

  @Test
  void allOrNoneRightStaysInsideAndHasWidth() {
    Bootstrap.Interval none = Wilson.interval(0, 5, 0.95);
    assertEquals(0, none.low(), 1e-12);
    assertTrue(none.high() > 0.4 && none.high() < 0.5);
    assertEquals(1, Wilson.interval(1, 5, 0.95).high(), 1e-12);
  }

  @Test
  void theNormalsQuantilesAreThoseOfTables() {
    assertEquals(1.959963985, Wilson.quantile(0.975), 1e-8);
    assertEquals(0, Wilson.quantile(0.5), 1e-9);
    assertEquals(-2.575829304, Wilson.quantile(0.005), 1e-8);
  }
}
