package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Operations.Index;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// How threads are shared out, and that what comes out does not depend on it. *V = 53, D = 24, 6
/// sequences of 5: no size that the threads divide.*
class ParallelismTest {
  private static final int VOCABULARY = 53;
  private static final long GIBIBYTE = 1L << 30;

  private static final class Net {
    final Layout layout = new Layout();
    final Slot embedding = layout.add(List.of("e"), List.of(VOCABULARY), 24);
    final Slot up = layout.add(List.of("u"), List.of(31), 24);
    final Slot upBias = layout.add(List.of("ub"), List.of(31), 0);
    final Slot down = layout.add(List.of("d"), List.of(24), 31);
    final Slot head = layout.add(List.of("h"), List.of(VOCABULARY), 24);
    final ModelWithHead output = new ModelWithHead(this::hidden, head, null);

    <X> X hidden(Operations<Slot, X> ops) {
      X x = ops.gather(embedding, Index.TOKEN);
      X wide = ops.apply(Nonlinearity.SILU, ops.linear(x, up, upBias));
      return ops.add(x, ops.linear(wide, down, null));
    }
  }

  /// The weights after three steps.
  private static float[] trained(Parallelism parallelism, Precision precision)
      throws InterruptedException {
    Net net = new Net();
    try (Replicas replicas = new Replicas(net.layout, parallelism, precision)) {
      Random random = new Random(7);
      MemorySegment values = replicas.values();
      for (long i = 0; i < net.layout.size(); i++) {
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * 0.3));
      }
      for (int step = 1; step <= 3; step++) {
        int[] ids = random.ints(6 * 5, 0, VOCABULARY).toArray();
        int[] targets = random.ints(6 * 5, 0, VOCABULARY).toArray();
        replicas.clear();
        replicas.accumulate(
            net.output, Objective.LIKELIHOOD, Batch.of(6, 5, ids, targets), 1 / 30.0);
        replicas.update(step, 1e-2, new Sgd(0.9, false, 0, 0));
      }
      return replicas.values().toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void replicasAndThreadsWithinThemGiveTheSameWeights(Precision precision) throws Exception {
    float[] alone = trained(new Parallelism(1, 1), precision);
    float tolerance = precision == Precision.F32 ? 1e-5f : 2e-2f;
    assertArrayEquals(alone, trained(new Parallelism(1, 4), precision), tolerance);
    assertArrayEquals(alone, trained(new Parallelism(2, 2), precision), tolerance);
    assertArrayEquals(alone, trained(new Parallelism(2, 1), precision), tolerance);
    assertFalse(Arrays.equals(alone, trained(new Parallelism(3, 1), precision)), "sums differ");
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void theSameReplicasAndThreadsGiveTheSameBits(Precision precision) throws Exception {
    var parallelism = new Parallelism(2, 3);
    float[] first = trained(parallelism, precision);
    for (int again = 0; again < 5; again++) {
      assertArrayEquals(first, trained(parallelism, precision));
    }
  }

  @Test
  void aSmallModelHasAReplicaOnEachThread() {
    assertEquals(new Parallelism(16, 1), Parallelism.of(16, 1_000_000, 32, 64 * GIBIBYTE));
  }

  @Test
  void aModelWhoseGradientsAreLargeHasFewer() {
    assertEquals(new Parallelism(4, 4), Parallelism.of(16, 1_000_000_000, 32, 64 * GIBIBYTE));
    assertEquals(new Parallelism(1, 16), Parallelism.of(16, 10_000_000_000L, 32, 64 * GIBIBYTE));
  }

  @Test
  void noReplicaIsWithoutASequence() {
    assertEquals(new Parallelism(4, 4), Parallelism.of(16, 1_000_000, 6, 64 * GIBIBYTE));
    assertEquals(new Parallelism(1, 7), Parallelism.of(7, 1_000_000, 6, 64 * GIBIBYTE));
  }

  @Test
  void noneIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Parallelism(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Parallelism(1, 0));
  }
}
