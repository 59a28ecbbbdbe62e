package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.model.Architectures;
import dev.imago.torch.Batch;
import dev.imago.torch.Draw;
import dev.imago.torch.Objective;
import dev.imago.torch.Precision;
import dev.imago.torch.Sgd;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Streams that are read on, and the state that is carried along them.
class StreamsTest {
  /// One document of ids.
  private static TokenText text(int... ids) {
    return new TokenText() {
      @Override
      public long size() {
        return ids.length;
      }

      @Override
      public void read(long position, int[] to) {
        System.arraycopy(ids, (int) position, to, 0, to.length);
      }

      @Override
      public int documents() {
        return 1;
      }

      @Override
      public long start(int document) {
        return document * (long) ids.length;
      }
    };
  }

  @Test
  void eachRowGoesOnWhereItEnded() {
    int[] ids = new int[61];
    Arrays.setAll(ids, i -> i);
    var streams = new Streams(text(ids), 5, 2, 2);
    int[] at = {0, 15, 30, 45};
    for (int step = 1; step <= 6; step++) {
      List<Batch> micro = streams.step(step);
      assertEquals(2, micro.size());
      for (int row = 0; row < 4; row++) {
        Batch batch = micro.get(row / 2);
        int from = at[row] + (step - 1) % 3 * 5;
        int[] expected = Arrays.copyOfRange(ids, from, from + 6);
        int s = row % 2;
        assertArrayEquals(
            Arrays.copyOf(expected, 5), Arrays.copyOfRange(batch.ids(), s * 5, s * 5 + 5));
        assertArrayEquals(
            Arrays.copyOfRange(expected, 1, 6),
            Arrays.copyOfRange(batch.targets(), s * 5, s * 5 + 5));
        assertEquals(step != 1 && step != 4, batch.goesOn());
      }
    }
    assertFalse(streams.step(4).getFirst().goesOn());
    assertThrows(InputException.class, () -> new Streams(text(ids), 16, 2, 2));
  }

  /// Two steps of a half each see what one pass over the whole sees; without the state they do not.
  @ParameterizedTest
  @CsvSource({"lstm, false", "gru, false", "rnn, false", "lstm, true"})
  void aStateIsCarriedFromStepToStep(String architecture, boolean recomputes) throws Exception {
    int[] all = new Random(4).ints(4 * 16 + 1, 0, 64).toArray();
    int[] read = Arrays.copyOf(all, 4 * 16);
    int[] told = Arrays.copyOfRange(all, 1, 4 * 16 + 1);
    var shape = Architectures.ofDepth(architecture, 1, 64, 16);
    try (var model = TrainableModel.random(shape, 1, 2, Precision.F32).carrying(4)) {
      if (recomputes) {
        model.recomputing();
      }
      var weights = model.replicas().values();
      for (long i = 0; i < weights.byteSize() / 4; i++) { // larger, so that a state tells
        float value = weights.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        weights.setAtIndex(ValueLayout.JAVA_FLOAT, i, 4 * value);
      }
      float[] losses = model.losses(Batch.of(4, 16, read, told));
      double second = 0;
      for (int i = 0; i < losses.length; i++) {
        second += i % 16 < 8 ? 0 : losses[i];
      }
      var streams = new Streams(text(all), 8, 2, 2);
      double[] sums = new double[2];
      double fresh = 0;
      for (int step = 1; step <= 2; step++) {
        model.replicas().clear();
        int row = 0;
        for (Batch batch : streams.step(step)) {
          assertEquals(step == 2, batch.goesOn());
          sums[step - 1] +=
              model.accumulate(Objective.LIKELIHOOD, batch.drawing(new Draw(1, step, row)), 1);
          fresh += step == 2 ? model.loss(Batch.of(2, 8, batch.ids(), batch.targets())) : 0;
          row += 2;
        }
        model.replicas().update(step, 0, new Sgd(0, false, 0, 0));
      }
      assertEquals(second, sums[1], 1e-3);
      assertTrue(Math.abs(fresh - second) > 1e-2, fresh + " without a state, " + second + " with");
    }
  }
}
