package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {
  /// Batches whose only id is their step, negative for text.
  private static Batches numbered(int sign) {
    return step -> List.of(Batch.of(1, 1, new int[] {(int) step * sign}, new int[] {0}));
  }

  private static List<Integer> first(long steps, double share) {
    var replay = new Replay(numbered(1), numbered(-1), share);
    return LongStream.rangeClosed(1, steps)
        .mapToObj(step -> replay.step(step).getFirst().ids()[0])
        .toList();
  }

  @Test
  void halfOfTheStepsAreOfText() {
    assertEquals(List.of(1, -1, 2, -2, 3, -3), first(6, 0.5));
  }

  @Test
  void aQuarterComesEvenly() {
    assertEquals(List.of(1, 2, 3, -1, 4, 5, 6, -2), first(8, 0.25));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.25, 1 / 3.0, 0.5, 0.9})
  void everyStepOfTheTaskIsTakenOnceAndInOrder(double share) {
    long steps = Replay.steps(37, share);
    var ofTask = new ArrayList<>(first(steps, share));
    ofTask.removeIf(step -> step < 0);
    assertEquals(LongStream.rangeClosed(1, 37).mapToObj(i -> (int) i).toList(), ofTask);
    assertTrue(steps <= Math.ceil(37 / (1 - share)), "no more than the share asks for");
  }
}
