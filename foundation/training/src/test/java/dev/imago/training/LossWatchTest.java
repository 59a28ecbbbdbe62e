package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LossWatchTest {
  private final List<String> notes = new ArrayList<>();
  private final LossWatch watch = new LossWatch("training", notes::add);

  private void step(long step, double loss, double norm) {
    watch.told(step, new Trainer.Step(loss, norm), 0.01, () -> "page " + step);
  }

  @Test
  void aSpikeIsToldWithItsBatchAndTheNoiseAroundItIsNot() {
    for (int step = 1; step <= 100; step++) {
      step(step, 3 + 0.1 * Math.sin(step) + (step == 70 ? 4 : 0), 1.5);
    }
    assertEquals(1, notes.size(), notes.toString());
    assertTrue(
        notes
            .getFirst()
            .matches(
                "training: at step 70 the loss jumped from about \\d\\.\\d+ to 7\\.\\d+ \\(norm of"
                    + " the gradient 1\\.50\\); it read page 70"),
        notes.getFirst());
  }

  @Test
  void theFallAtTheBeginningIsNoSpike() {
    step(1, 2, 1);
    step(2, 9, 1);
    assertEquals(List.of(), notes);
  }

  @Test
  void stepsWithoutANumberAreToldAndEndTheTrainingWhenTheyFollowEachOther() {
    for (int step = 1; step <= 8; step++) {
      step(step, step % 4 == 0 ? 2 : Double.NaN, step % 4 == 0 ? 1 : Double.NaN);
      if (step % 4 == 0) {
        notes.clear();
      }
    }
    step(9, 2, Double.POSITIVE_INFINITY);
    assertEquals(
        List.of(
            "training: at step 9 the norm of the gradient is Infinity: the step is skipped; it read"
                + " page 9"),
        notes);
    for (int step = 10; step < 13; step++) {
      step(step, Double.NaN, Double.NaN);
    }
    var error = assertThrows(InputException.class, () -> step(13, Double.NaN, Double.NaN));
    assertTrue(
        error
            .getMessage()
            .startsWith("training: at step 13 the loss is NaN, as in the 4 before it"),
        error.getMessage());
  }
}
