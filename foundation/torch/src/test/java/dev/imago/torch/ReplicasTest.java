// Past 400 lines: every operation with all its gradients on one small net.
package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Operations.Cell;
import dev.imago.tensor.Operations.Index;
import dev.imago.tensor.Operations.Pooling;
import dev.imago.tensor.Rope;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// *V = 11, D = 8, H = 2, K = 1, C = 4, F = 6: every operation, with all its gradients.*
class ReplicasTest {
  private static final Rope ROPE = new Rope(4, 100f, List.of(1f, 2f), Rope.Order.HALVES);

  /// One block, written against the operations as a model is.
  private static final class Net {
    final Layout layout = new Layout();
    final Slot embedding = layout.add(List.of("e"), List.of(11), 8);
    final Slot norm = layout.add(List.of("n"), List.of(8), 0);
    final Slot qkv = layout.add(List.of("q", "k", "v"), List.of(8, 4, 4), 8);
    final Slot out = layout.add(List.of("o"), List.of(8), 8);
    final Slot gateUp = layout.add(List.of("g", "u"), List.of(6, 6), 8);
    final Slot down = layout.add(List.of("d"), List.of(8), 6);
    final ModelWithHead output = new ModelWithHead(this::hidden, embedding, null);

    <X> X hidden(Operations<Slot, X> ops) {
      X x = ops.gather(embedding, Index.TOKEN);
      X qkvs = ops.linear(ops.rmsNorm(x, norm, 1e-5f), qkv, null);
      X turned = ops.rotate(ops.columns(qkvs, 0, 12), ROPE);
      X a =
          ops.attention(
              ops.columns(turned, 0, 8),
              ops.columns(turned, 8, 4),
              ops.columns(qkvs, 12, 4),
              AttentionShape.causal(2, 1, 4, 0),
              null);
      x = ops.add(x, ops.linear(a, out, null));
      X gated = ops.gated(Nonlinearity.SILU, ops.linear(x, gateUp, null));
      return ops.add(x, ops.linear(gated, down, null));
    }
  }

  private static Batch batch() {
    int[] ids = {1, 4, 9, 2, 3, 10, 0, 7, 5, 5, 6, 1};
    int[] targets = {4, 9, 2, -1, 10, 0, 7, 8, 5, 6, 1, -1};
    return Batch.of(3, 4, ids, targets);
  }

  private static Batch padded(int[] targets) {
    return Batch.of(3, 4, batch().ids(), targets).withLengths(new int[] {4, 2, 3});
  }

  private static Replicas filled(Layout layout, int threads) throws InterruptedException {
    Replicas replicas = new Replicas(layout, threads, Precision.F32);
    Random random = new Random(7);
    for (boolean matrix : new boolean[] {true, false}) {
      for (Slot slot : layout.slots()) {
        for (int part = 0; part < slot.names().size() && slot.matrix() == matrix; part++) {
          MemorySegment values = replicas.value(slot, part);
          for (long i = 0; i < values.byteSize() / 4; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * 0.5));
          }
        }
      }
    }
    return replicas;
  }

  private static void agrees(Layout layout, ModelWithHead output, Objective objective, Batch batch)
      throws InterruptedException {
    try (Replicas replicas = filled(layout, 2)) {
      replicas.clear();
      double value = replicas.accumulate(output, objective, batch, 1.0);
      assertEquals(value, replicas.loss(output, objective, batch), 1e-4);
      float[] gradient = replicas.summedGradient();
      MemorySegment values = replicas.values();
      float h = 1e-3f; // small, so that few kinks of relu lie between
      int moving = 0;
      for (int i = 0; i < gradient.length; i += 3) {
        float before = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before + h);
        double above = replicas.loss(output, objective, batch);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before - h);
        double below = replicas.loss(output, objective, batch);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before);
        double numeric = (above - below) / (2 * h);
        moving += Math.abs(numeric) > 0.05 ? 1 : 0;
        assertEquals(numeric, gradient[i], 2e-2 + 2e-2 * Math.abs(numeric), "weight " + i);
      }
      assertTrue(moving > gradient.length / 20, moving + " weights of consequence are too few");
    }
  }

  @Test
  void everyGradientAgreesWithFiniteDifferences() throws Exception {
    Net net = new Net();
    agrees(net.layout, net.output, Objective.LIKELIHOOD, batch());
  }

  /// A net of one thing between embedding and output.
  private static void alone(
      Batch batch,
      Layout layout,
      Function<Operations<Slot, Activation>, Activation> middle,
      Slot head)
      throws InterruptedException {
    Slot bias = layout.add(List.of("hb"), List.of(head.rows().getFirst()), 0);
    agrees(layout, new ModelWithHead(middle, head, bias), Objective.LIKELIHOOD, batch);
  }

  @ParameterizedTest
  @EnumSource(Nonlinearity.class)
  void aFunctionsGradientAgrees(Nonlinearity function) throws Exception {
    Layout layout = new Layout();
    Slot e = layout.add(List.of("e"), List.of(11), 8);
    Slot w = layout.add(List.of("w"), List.of(8), 8);
    Slot b = layout.add(List.of("b"), List.of(8), 0);
    alone(
        batch(),
        layout,
        ops -> ops.apply(function, ops.linear(ops.gather(e, Index.TOKEN), w, b)),
        e);
  }

  @Test
  void scoresThatACapBendsAgree() throws Exception {
    Layout layout = new Layout();
    Slot e = layout.add(List.of("e"), List.of(11), 8);
    Slot bias = layout.add(List.of("hb"), List.of(11), 0);
    var capped =
        new ModelWithHead(ops -> ops.gather(e, Index.TOKEN), e, bias, 0.8f, List.of(), false);
    agrees(layout, capped, Objective.LIKELIHOOD, batch());
  }

  @Test
  void normsPositionsAndSegmentsAgree() throws Exception {
    Layout layout = new Layout();
    Slot e = layout.add(List.of("e"), List.of(11), 8);
    Slot p = layout.add(List.of("p"), List.of(6), 8);
    Slot s = layout.add(List.of("s"), List.of(2), 8);
    Slot w = layout.add(List.of("w"), List.of(8), 0);
    Slot b = layout.add(List.of("b"), List.of(8), 0);
    alone(
        batch(),
        layout,
        ops ->
            ops.layerNorm(
                ops.add(
                    ops.add(ops.gather(e, Index.TOKEN), ops.gather(p, Index.POSITION)),
                    ops.gather(s, Index.SEGMENT)),
                w,
                b,
                1e-5f),
        e);
  }

  @Test
  void attentionToBothSidesWithABiasAndPaddingAgrees() throws Exception {
    Layout layout = new Layout();
    Slot e = layout.add(List.of("e"), List.of(11), 8);
    Slot bias = layout.add(List.of("bias"), List.of(8), 2);
    AttentionShape shape =
        AttentionShape.whole(2, 4).withBias(new AttentionShape.Buckets(8, 20, true));
    Function<Operations<Slot, Activation>, Activation> middle =
        ops -> {
          Activation x = ops.gather(e, Index.TOKEN);
          return ops.attention(x, x, x, shape, bias);
        };
    int[] targets = {4, 9, 2, 1, 10, 0, -1, -1, 5, 6, 1, -1};
    alone(padded(targets), layout, middle, e);
    // What is padding changes nothing that counts.
    try (Replicas replicas = filled(layout, 1)) {
      int[] ids = padded(targets).ids().clone();
      ids[6] = 2;
      ids[11] = 8;
      Batch other = Batch.of(3, 4, ids, targets).withLengths(new int[] {4, 2, 3});
      float[] a = replicas.compute(middle, padded(targets));
      float[] b = replicas.compute(middle, other);
      for (int row : new int[] {0, 1, 2, 3, 4, 5, 8, 9, 10}) {
        assertEquals(a[row * 8], b[row * 8], 1e-6f);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Pooling.class)
  void aClassOfTheWholeSequenceAgrees(Pooling pooling) throws Exception {
    Layout layout = new Layout();
    Slot e = layout.add(List.of("e"), List.of(11), 8);
    Slot classes = layout.add(List.of("c"), List.of(5), 8);
    alone(
        padded(new int[] {3, 0, 4}),
        layout,
        ops -> ops.pool(ops.apply(Nonlinearity.TANH, ops.gather(e, Index.TOKEN)), pooling),
        classes);
  }

  /// A recurrent layer as wide as the embedding, between embedding and output.
  private static ModelWithHead recurrent(Layout layout, Cell cell, int width) {
    int rows = width * (cell == Cell.LSTM ? 4 : cell == Cell.GRU ? 3 : 1);
    Slot e = layout.add(List.of("e"), List.of(11), width);
    Slot input = layout.add(List.of("i"), List.of(rows), width);
    Slot recurrent = layout.add(List.of("r"), List.of(rows), width);
    Slot ib = layout.add(List.of("ib"), List.of(rows), 0);
    Slot rb = layout.add(List.of("rb"), List.of(rows), 0);
    Slot bias = layout.add(List.of("hb"), List.of(11), 0);
    return new ModelWithHead(
        ops -> ops.recurrent(cell, 0, ops.gather(e, Index.TOKEN), input, recurrent, ib, rb),
        e,
        bias);
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void aRecurrentLayerAgrees(Cell cell) throws Exception {
    Layout layout = new Layout();
    agrees(layout, recurrent(layout, cell, 8), Objective.LIKELIHOOD, batch());
  }

  /// Libraries have other code for either, and for what is left of a width beyond whole vectors.
  @ParameterizedTest
  @EnumSource(Cell.class)
  void aRecurrentLayerOfAnyWidthSaysTheSameWithAndWithoutItsGradient(Cell cell) throws Exception {
    for (int width : new int[] {4, 12, 16, 20, 33, 47, 64, 100}) {
      Layout layout = new Layout();
      ModelWithHead output = recurrent(layout, cell, width);
      try (Replicas replicas = filled(layout, 1)) {
        replicas.clear();
        double learned = replicas.accumulate(output, Objective.LIKELIHOOD, batch(), 1);
        double told = replicas.loss(output, Objective.LIKELIHOOD, batch());
        assertEquals(learned, told, 1e-6 * learned, "width " + width);
      }
    }
  }

  @Test
  void ateachersSharesAgreeAndAreTheTargetWhereTheyAreCertain() throws Exception {
    Net net = new Net();
    int[] targets = new int[24];
    float[] shares = new float[24];
    for (int i = 0; i < 12; i++) {
      int hard = batch().targets()[i];
      targets[2 * i] = hard;
      targets[2 * i + 1] = hard < 0 ? -1 : (hard + 3) % 11;
      shares[2 * i] = 0.7f;
      shares[2 * i + 1] = 0.25f;
    }
    Batch soft = Batch.ofShares(3, 4, batch().ids(), targets, shares);
    agrees(net.layout, net.output, Objective.LIKELIHOOD, soft);
    for (int i = 0; i < 12; i++) {
      shares[2 * i] = 1;
      shares[2 * i + 1] = 0;
    }
    Batch certain = Batch.ofShares(3, 4, batch().ids(), targets, shares);
    try (Replicas replicas = filled(net.layout, 1)) {
      assertEquals(
          replicas.loss(net.output, Objective.LIKELIHOOD, batch()),
          replicas.loss(net.output, Objective.LIKELIHOOD, certain),
          1e-4);
    }
  }

  @Test
  void apreferenceAgreesAndBeginsAtLn2() throws Exception {
    Net net = new Net();
    Batch pairs =
        Batch.of(
            2,
            4,
            java.util.Arrays.copyOf(batch().ids(), 8),
            java.util.Arrays.copyOf(batch().targets(), 8));
    double[] before = new double[2];
    try (Replicas replicas = filled(net.layout, 1)) {
      float[] losses = replicas.losses(net.output, pairs);
      for (int s = 0; s < 2; s++) {
        before[s] = Preference.likelihood(losses, pairs, s);
      }
      assertEquals(
          Math.log(2),
          replicas.loss(net.output, new Preference(0.5), pairs.comparedWith(before)),
          1e-6);
      assertThrows(
          IllegalArgumentException.class,
          () -> replicas.loss(net.output, new Preference(0.5), batch()));
    }
    double[] elsewhere = {before[0], before[1] + 1};
    agrees(net.layout, net.output, new Preference(0.5), pairs.comparedWith(elsewhere));
  }

  @Test
  void whatIsFrozenStaysAndTakesNeitherGradientNorMoments() throws Exception {
    Layout layout = new Layout();
    Slot e = layout.add(List.of("e"), List.of(11), 8, Group.FROZEN);
    Slot w = layout.add(List.of("w"), List.of(8), 8);
    Slot slow = layout.add(List.of("s"), List.of(8), 0, new Group(true, 0.25, 0));
    ModelWithHead output =
        new ModelWithHead(ops -> ops.linear(ops.gather(e, Index.TOKEN), w, slow), e, null);
    try (Replicas replicas = filled(layout, 2)) {
      assertEquals(72, layout.size());
      assertEquals(88, layout.frozenSize());
      assertEquals(4 * (72 * 3 + 88), replicas.nativeBytes());
      float[] frozen = replicas.value(e, 0).toArray(ValueLayout.JAVA_FLOAT);
      float[] before = replicas.values().toArray(ValueLayout.JAVA_FLOAT);
      replicas.clear();
      replicas.accumulate(output, Objective.LIKELIHOOD, batch(), 1);
      float[] gradient = replicas.summedGradient();
      replicas.update(1, 0.01, new AdamW(0.9, 0.95, 1e-8, 0, 0));
      assertEquals(4 * (72 * 5 + 88), replicas.nativeBytes());
      assertArrayEquals(frozen, replicas.value(e, 0).toArray(ValueLayout.JAVA_FLOAT));
      float[] after = replicas.values().toArray(ValueLayout.JAVA_FLOAT);
      for (int i = 0; i < 72; i++) {
        double rate = i < 64 ? 0.01 : 0.0025;
        assertTrue(Math.abs(gradient[i]) > 1e-6, "weight " + i + " has no gradient");
        assertEquals(before[i] - rate * Math.signum(gradient[i]), after[i], 2e-5, "weight " + i);
      }
    }
  }

  @Test
  void moreReplicasGiveTheSameLossAndNearlyTheSameGradient() throws Exception {
    Net net = new Net();
    try (Replicas one = filled(net.layout, 1);
        Replicas three = filled(net.layout, 3)) {
      one.clear();
      three.clear();
      double a = one.accumulate(net.output, Objective.LIKELIHOOD, batch(), 0.1);
      double b = three.accumulate(net.output, Objective.LIKELIHOOD, batch(), 0.1);
      assertEquals(a, b, 1e-4);
      assertArrayEquals(one.summedGradient(), three.summedGradient(), 1e-4f);
    }
  }

  @Test
  void theSameStepsGiveTheSameBits() throws Exception {
    Net net = new Net();
    try (Replicas a = filled(net.layout, 2);
        Replicas b = filled(net.layout, 2)) {
      AdamW settings = new AdamW(0.9, 0.95, 1e-8, 0.1, 1);
      for (int step = 1; step <= 5; step++) {
        for (Replicas r : List.of(a, b)) {
          r.clear();
          r.accumulate(net.output, Objective.LIKELIHOOD, batch(), 0.1);
          r.update(step, 1e-2, settings);
        }
      }
      assertEquals(-1, a.values().mismatch(b.values()));
    }
  }

  @Test
  void adamWTakesTheStepOfItsPaperAndSparesVectors() throws Exception {
    Net net = new Net();
    try (Replicas replicas = filled(net.layout, 2)) {
      float[] before = replicas.values().toArray(ValueLayout.JAVA_FLOAT);
      replicas.clear();
      replicas.accumulate(net.output, Objective.LIKELIHOOD, batch(), 1.0);
      float[] gradient = replicas.summedGradient();
      double norm = 0;
      for (float g : gradient) {
        norm += (double) g * g;
      }
      norm = Math.sqrt(norm);
      double told = replicas.update(1, 0.01, new AdamW(0.9, 0.95, 1e-8, 0.1, 0.5));
      assertEquals(norm, told, 1e-3 * norm);
      assertTrue(norm > 0.5, "the clip must bite for this test to mean anything");
      float[] after = replicas.values().toArray(ValueLayout.JAVA_FLOAT);
      long matrices = net.layout.size() - 8;
      for (int i = 0; i < before.length; i++) {
        double g = gradient[i] * 0.5 / norm;
        double decayed = before[i] * (i < matrices ? 1 - 0.01 * 0.1 : 1);
        // At step 1 the corrected means are g and g²: the update is the sign, but for epsilon.
        double expected = decayed - 0.01 * g / (Math.abs(g) + 1e-8);
        assertEquals(expected, after[i], 2e-5, "weight " + i);
      }
    }
  }

  @Test
  void pairsAndHalvesAreTheSameUnderAPermutationOfRows() throws Exception {
    Layout layout = new Layout();
    Slot e = layout.add(List.of("e"), List.of(11), 12);
    float[][] outputs = new float[2][];
    for (Rope.Order order : Rope.Order.values()) {
      try (Replicas replicas = new Replicas(layout, 1, Precision.F32)) {
        Random random = new Random(3);
        for (int row = 0; row < 11; row++) {
          for (int head = 0; head < 3; head++) {
            for (int c = 0; c < 4; c++) {
              boolean turned = head < 2; // one query head and one key head; the value stays
              // HALVES keeps pair i at (i, i + 2); PAIRS at (2i, 2i + 1).
              int place =
                  turned && order == Rope.Order.PAIRS ? (c < 2 ? 2 * c : 2 * (c - 2) + 1) : c;
              replicas
                  .value(e, 0)
                  .setAtIndex(
                      ValueLayout.JAVA_FLOAT,
                      row * 12L + head * 4 + place,
                      (float) random.nextGaussian());
            }
          }
        }
        Rope rope = new Rope(4, 100f, List.of(), order);
        outputs[order.ordinal()] =
            replicas.compute(
                ops -> {
                  Activation x = ops.gather(e, Index.TOKEN);
                  Activation turned = ops.rotate(ops.columns(x, 0, 8), rope);
                  return ops.attention(
                      ops.columns(turned, 0, 4),
                      ops.columns(turned, 4, 4),
                      ops.columns(x, 8, 4),
                      AttentionShape.causal(1, 1, 4, 0),
                      null);
                },
                batch());
      }
    }
    assertArrayEquals(outputs[0], outputs[1], 1e-5f);
  }

  @Test
  void lengthsThatComeAndGoShareOneTableOfAngles() throws Exception {
    Net net = new Net();
    try (Replicas replicas = filled(net.layout, 1)) {
      double first = replicas.loss(net.output, Objective.LIKELIHOOD, batch());
      for (int length = 1; length < 12; length++) {
        Batch other = Batch.of(1, length, new int[length], new int[length]);
        replicas.loss(net.output, Objective.LIKELIHOOD, other);
        assertEquals(1, replicas.angleTables());
      }
      assertEquals(first, replicas.loss(net.output, Objective.LIKELIHOOD, batch()), 1e-6);
    }
  }
}
