package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.imago.evaluate.Comparison.Outcome;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  @Test
  void intervalsApartInTheRightDirectionBeat() {
    assertEquals(Outcome.BEATS, outcome(score(5, 6), score(1, 2), score(3, 5), false));
    assertEquals(Outcome.BEATS, outcome(score(1, 2), score(5, 6), score(-5, -3), true));
  }

  @Test
  void overlapWithAPairedDifferenceClearOfZeroIsLess() {
    assertEquals(Outcome.BETTER_PAIRED, outcome(score(2, 6), score(1, 3), score(1, 2), false));
    assertEquals(Outcome.BETTER_PAIRED, outcome(score(1, 3), score(2, 6), score(-2, -1), true));
  }

  @Test
  void aDifferenceThatMayBeNoneIsUndecided() {
    assertEquals(Outcome.UNDECIDED, outcome(score(1, 3), score(1, 3), score(-1, 1), false));
    assertEquals(Outcome.UNDECIDED, outcome(score(1, 1), score(1, 1), score(0, 0), true));
  }

  @Test
  void theWrongDirectionIsWorse() {
    assertEquals(Outcome.WORSE, outcome(score(1, 2), score(5, 6), score(-5, -3), false));
    assertEquals(Outcome.WORSE, outcome(score(5, 6), score(1, 2), score(3, 5), true));
  }

  @Test
  void fewerItemsThanCouldShowAnythingDecideNothing() {
    assertEquals(6, Comparison.fewest(0.95));
    assertEquals(8, Comparison.fewest(0.99));
    var clear = new Score("x", 4, 3, 5, 5, "points");
    Comparison of5 = Comparison.of("a beats b", score(5, 6), score(1, 2), clear, false, 0.95);
    assertEquals(Outcome.TOO_FEW, of5.outcome());
    assertEquals("cannot be told from 5", of5.verdict());
    assertFalse(of5.shown());
  }

  private static Score score(double low, double high) {
    return new Score("x", (low + high) / 2, low, high, 10, "points");
  }

  private static Outcome outcome(Score a, Score b, Score difference, boolean lowerIsBetter) {
    return Comparison.of("a beats b", a, b, difference, lowerIsBetter, 0.95).outcome();
  }
}
