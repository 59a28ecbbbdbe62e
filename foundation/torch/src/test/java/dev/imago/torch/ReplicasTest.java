package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.AttentionShape.Rotary;
import dev.imago.tensor.Operations;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// *V = 11, D = 8, H = 2, K = 1, C = 4, F = 6: every operation once, with all its gradients.*
class ReplicasTest {
  private static final AttentionShape SHAPE = new AttentionShape(2, 1, 4, 100f, Rotary.HALVES);

  /// One block, written against the operations as a model is.
  private static final class Net {
    final Layout layout = new Layout();
    final Slot embedding = layout.add(List.of("e"), List.of(11), 8);
    final Slot norm = layout.add(List.of("n"), List.of(8), 0);
    final Slot qkv = layout.add(List.of("q", "k", "v"), List.of(8, 4, 4), 8);
    final Slot out = layout.add(List.of("o"), List.of(8), 8);
    final Slot gateUp = layout.add(List.of("g", "u"), List.of(6, 6), 8);
    final Slot down = layout.add(List.of("d"), List.of(8), 6);

    <X> X hidden(Operations<Slot, X> ops) {
      X x = ops.embedding(embedding);
      X a = ops.attention(0, ops.linear(ops.rmsNorm(x, norm, 1e-5f), qkv), SHAPE);
      x = ops.add(x, ops.linear(a, out));
      return ops.add(x, ops.linear(ops.swiGlu(ops.linear(x, gateUp)), down));
    }
  }

  private static Batch batch() {
    int[] ids = {1, 4, 9, 2, 3, 10, 0, 7, 5, 5, 6, 1};
    int[] targets = {4, 9, 2, -1, 10, 0, 7, 8, 5, 6, 1, -1};
    return new Batch(3, 4, ids, targets);
  }

  private static Replicas filled(Net net, int threads) throws InterruptedException {
    Replicas replicas = new Replicas(net.layout, threads, Precision.F32);
    Random random = new Random(7);
    MemorySegment values = replicas.values();
    for (long i = 0; i < net.layout.size(); i++) {
      values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * 0.5));
    }
    return replicas;
  }

  @Test
  void everyGradientAgreesWithFiniteDifferences() throws Exception {
    Net net = new Net();
    try (Replicas replicas = filled(net, 2)) {
      replicas.clear();
      replicas.accumulate(net::hidden, net.embedding, batch(), 1.0);
      float[] gradient = replicas.summedGradient();
      MemorySegment values = replicas.values();
      float h = 5e-3f;
      for (int i = 0; i < gradient.length; i += 3) {
        float before = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before + h);
        double above = replicas.loss(net::hidden, net.embedding, batch());
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before - h);
        double below = replicas.loss(net::hidden, net.embedding, batch());
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before);
        double numeric = (above - below) / (2 * h);
        assertEquals(numeric, gradient[i], 2e-2 + 2e-2 * Math.abs(numeric), "weight " + i);
      }
    }
  }

  @Test
  void moreReplicasGiveTheSameLossAndNearlyTheSameGradient() throws Exception {
    Net net = new Net();
    try (Replicas one = filled(net, 1);
        Replicas three = filled(net, 3)) {
      one.clear();
      three.clear();
      double a = one.accumulate(net::hidden, net.embedding, batch(), 0.1);
      double b = three.accumulate(net::hidden, net.embedding, batch(), 0.1);
      assertEquals(a, b, 1e-4);
      assertArrayEquals(one.summedGradient(), three.summedGradient(), 1e-4f);
    }
  }

  @Test
  void theSameStepsGiveTheSameBits() throws Exception {
    Net net = new Net();
    try (Replicas a = filled(net, 2);
        Replicas b = filled(net, 2)) {
      AdamW settings = new AdamW(0.9, 0.95, 1e-8, 0.1, 1);
      for (int step = 1; step <= 5; step++) {
        for (Replicas r : List.of(a, b)) {
          r.clear();
          r.accumulate(net::hidden, net.embedding, batch(), 0.1);
          r.update(step, 1e-2, settings);
        }
      }
      assertEquals(-1, a.values().mismatch(b.values()));
    }
  }

  @Test
  void adamWTakesTheStepOfItsPaperAndSparesVectors() throws Exception {
    Net net = new Net();
    try (Replicas replicas = filled(net, 2)) {
      float[] before = replicas.values().toArray(ValueLayout.JAVA_FLOAT);
      replicas.clear();
      replicas.accumulate(net::hidden, net.embedding, batch(), 1.0);
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
      long matrices = net.layout.matrixSize();
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
    Slot e = layout.add(List.of("e"), List.of(11), 16);
    float[][] outputs = new float[2][];
    for (Rotary rotary : Rotary.values()) {
      try (Replicas replicas = new Replicas(layout, 1, Precision.F32)) {
        Random random = new Random(3);
        for (int row = 0; row < 11; row++) {
          for (int head = 0; head < 4; head++) {
            for (int c = 0; c < 4; c++) {
              boolean turned = head < 3; // two query heads and one key head; the value stays
              // HALVES keeps pair i at (i, i + 2); PAIRS at (2i, 2i + 1).
              int place = turned && rotary == Rotary.PAIRS ? (c < 2 ? 2 * c : 2 * (c - 2) + 1) : c;
              replicas
                  .value(e, 0)
                  .setAtIndex(
                      ValueLayout.JAVA_FLOAT,
                      row * 16L + head * 4 + place,
                      (float) random.nextGaussian());
            }
          }
        }
        AttentionShape shape = new AttentionShape(2, 1, 4, 100f, rotary);
        outputs[rotary.ordinal()] =
            replicas.logits(ops -> ops.attention(0, ops.embedding(e), shape), batch());
      }
    }
    assertArrayEquals(outputs[0], outputs[1], 1e-5f);
  }
}
