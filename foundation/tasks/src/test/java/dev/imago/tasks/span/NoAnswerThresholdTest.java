package dev.imago.tasks.span;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Calibration;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class NoAnswerThresholdTest {
  private static NoAnswerThreshold empty() {
    return new NoAnswerThreshold(Calibration.NONE);
  }

  @Test
  void itStandsBetweenWhatHasAnAnswerAndWhatHasNone() {
    var fitted = empty();
    fitted.add(0.1, 1, 0);
    fitted.add(0.2, 0.5, 0);
    fitted.add(0.3, 0, 1);
    fitted.add(0.9, 0, 1);
    assertEquals(0.25, fitted.best(), 1e-12);
    assertEquals(3.5 / 4, fitted.f1(fitted.best()), 1e-12);
    assertEquals(2.5 / 4, fitted.f1(0.5), 1e-12);
  }

  @Test
  void whereAllHaveAnAnswerNoneIsSaidToHaveNoneAndTheOtherWayRound() {
    var answered = empty();
    var unanswered = empty();
    for (int i = 1; i < 10; i++) {
      answered.add(i / 10.0, 1, 0);
      unanswered.add(i / 10.0, 0, 1);
    }
    assertEquals(1, answered.f1(answered.best()));
    assertEquals(1, unanswered.f1(unanswered.best()));
  }

  @Test
  void withoutAQuestionItIsAHalfAndSoWhereNothingIsBetter() {
    assertEquals(0.5, empty().best());
    var equal = empty();
    equal.add(0.4, 1, 0);
    equal.add(0.6, 0, 1);
    assertEquals(0.5, equal.best());
  }

  @Test
  void noOtherThresholdIsBetter() {
    var random = new Random(3);
    for (int round = 0; round < 50; round++) {
      var fitted = empty();
      var at = new ArrayList<Double>();
      for (int i = 0; i < 12; i++) {
        double none = random.nextInt(8) / 8.0; // with ties
        at.add(none);
        fitted.add(none, random.nextInt(3) / 2.0, random.nextInt(2));
      }
      double best = fitted.f1(fitted.best());
      for (double one : at) {
        assertTrue(fitted.f1(Math.max(0, one - 1e-3)) <= best + 1e-9, "below " + one);
        assertTrue(fitted.f1(one) <= best + 1e-9, "at " + one);
      }
    }
  }
}
