package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Operations.Index;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Dropout against its plain twin, finite differences, and what it promises.
class DropoutTest {
  private static final Draw DRAW = new Draw(42, 3, 0);

  @BeforeAll
  static void load() {
    Libtorch.load();
  }

  /// The definition, number by number.
  private static float plain(Draw draw, int place, float rate, int sequence, int i) {
    long key = draw.key(sequence, place);
    int x = i * 0x9E3779B9 + (int) key;
    x = (x ^ x >>> 16) * 0x7feb352d;
    x ^= x >>> 15;
    x = (x ^ (int) (key >>> 32)) * 0x846ca68b;
    x ^= x >>> 16;
    return (x >>> 8) < (int) (rate * (1 << 24)) ? 0 : 1 / (1 - rate);
  }

  private static float[] mask(Draw draw, int place, float rate, int sequences, int each) {
    return mask(Place.HOST, draw, place, rate, sequences, each);
  }

  private static float[] mask(
      Place device, Draw draw, int place, float rate, int sequences, int each) {
    try (PointerScope _ = new PointerScope()) {
      return Libtorch.floats(DropoutMask.of(device, draw, place, rate, sequences, each));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.1f, 0.5f, 0.9f})
  void amaskIsThatOfItsPlainTwin(float rate) {
    int each = 9001; // more than one chunk, and no multiple of one
    Place device = new Place(Place.Kind.MIRROR, 0); // made by operations of tensors
    for (float[] mask :
        List.of(mask(DRAW, 5, rate, 3, each), mask(device, DRAW, 5, rate, 3, each))) {
      for (int i = 0; i < mask.length; i++) {
        assertEquals(plain(DRAW, 5, rate, i / each, i % each), mask[i], 0, "number " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.1f, 0.5f, 0.9f})
  void theMeanStaysAndNumbersDoNotTellEachOther(float rate) {
    int n = 1 << 20;
    float[] mask = mask(DRAW, 0, rate, 1, n);
    double deviation = Math.sqrt(rate / (1 - rate) / n);
    assertEquals(1, mean(mask), 5 * deviation);
    List<float[]> others =
        List.of(
            mask(DRAW, 1, rate, 1, n),
            mask(DRAW.from(1), 0, rate, 1, n),
            mask(new Draw(42, 4, 0), 0, rate, 1, n),
            mask(new Draw(43, 3, 0), 0, rate, 1, n));
    for (float[] other : others) {
      assertTrue(Arrays.mismatch(mask, other) >= 0, "the masks are the same");
      assertEquals(0, correlation(mask, other, 0), 5 / Math.sqrt(n));
    }
    for (int distance : new int[] {1, 2, 64, 128, 4096}) {
      assertEquals(0, correlation(mask, mask, distance), 5 / Math.sqrt(n), "at " + distance);
    }
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += v;
    }
    return sum / values.length;
  }

  private static double correlation(float[] a, float[] b, int distance) {
    double ma = mean(a);
    double mb = mean(b);
    double product = 0;
    double sa = 0;
    double sb = 0;
    for (int i = 0; i + distance < a.length; i++) {
      double x = a[i] - ma;
      double y = b[i + distance] - mb;
      product += x * y;
      sa += x * x;
      sb += y * y;
    }
    return product / Math.sqrt(sa * sb);
  }

  /// One block with dropout in each of its places.
  private static final class Net {
    final Layout layout = new Layout();
    final Slot embedding = layout.add(List.of("e"), List.of(11), 8);
    final Slot qkv = layout.add(List.of("q", "k", "v"), List.of(8, 4, 4), 8);
    final ModelWithHead output;

    Net(float rate, boolean locked) {
      this.output = new ModelWithHead(ops -> hidden(ops, rate, locked), embedding, null);
    }

    private <X> X hidden(Operations<Slot, X> ops, float rate, boolean locked) {
      X x = ops.dropout(ops.gather(embedding, Index.TOKEN), rate, locked);
      X qkvs = ops.linear(x, qkv, null);
      X a =
          ops.attention(
              ops.columns(qkvs, 0, 8),
              ops.columns(qkvs, 8, 4),
              ops.columns(qkvs, 12, 4),
              AttentionShape.causal(2, 1, 4, 0).withDropout(rate),
              null);
      return ops.add(x, ops.dropout(a, rate, locked));
    }

    Replicas filled(int threads) throws InterruptedException {
      Replicas replicas = new Replicas(layout, threads, Precision.F32);
      var random = new Random(7);
      MemorySegment values = replicas.values();
      for (long i = 0; i < layout.size(); i++) {
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * 0.5));
      }
      return replicas;
    }
  }

  private static Batch batch() {
    int[] ids = {1, 4, 9, 2, 3, 10, 0, 7, 5, 5, 6, 1};
    int[] targets = {4, 9, 2, -1, 10, 0, 7, 8, 5, 6, 1, -1};
    return Batch.of(3, 4, ids, targets);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itsGradientAgreesWithFiniteDifferences(boolean locked) throws Exception {
    Net net = new Net(0.3f, locked);
    Batch batch = batch().drawing(DRAW);
    try (Replicas replicas = net.filled(2)) {
      replicas.clear();
      replicas.accumulate(net.output, Objective.LIKELIHOOD, batch, 1);
      float[] gradient = replicas.summedGradient();
      MemorySegment values = replicas.values();
      float h = 1e-3f;
      int moving = 0;
      for (int i = 0; i < gradient.length; i++) {
        float before = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before + h);
        double above = replicas.loss(net.output, Objective.LIKELIHOOD, batch);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before - h);
        double below = replicas.loss(net.output, Objective.LIKELIHOOD, batch);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before);
        double numeric = (above - below) / (2 * h);
        moving += Math.abs(numeric) > 0.05 ? 1 : 0;
        assertEquals(numeric, gradient[i], 2e-2 + 2e-2 * Math.abs(numeric), "weight " + i);
      }
      assertTrue(moving > gradient.length / 10, moving + " weights of consequence are too few");
    }
  }

  private static float[] rows(Net net, Batch batch) throws InterruptedException {
    try (Replicas replicas = net.filled(1)) {
      return replicas.compute(net.output.hidden(), batch);
    }
  }

  @Test
  void whatIsMeasuredHasNone() throws Exception {
    assertArrayEquals(rows(new Net(0, false), batch()), rows(new Net(0.5f, false), batch()));
    assertTrue(
        Arrays.mismatch(
                rows(new Net(0, false), batch()), rows(new Net(0.5f, false), batch().drawing(DRAW)))
            >= 0);
  }

  @Test
  void arateOfZeroDoesNothing() throws Exception {
    Net net = new Net(0, false);
    Function<Operations<Slot, Activation>, Activation> same =
        ops -> {
          Activation x = ops.gather(net.embedding, Index.TOKEN);
          assertSame(x, ops.dropout(x, 0));
          return x;
        };
    try (Replicas replicas = net.filled(1)) {
      assertEquals(96, replicas.compute(same, batch().drawing(DRAW)).length);
    }
  }

  @Test
  void aLockedMaskIsOneForAllRowsOfASequence() throws Exception {
    Layout layout = new Layout();
    Slot ones = layout.add(List.of("e"), List.of(11), 64);
    try (Replicas replicas = new Replicas(layout, 1, Precision.F32)) {
      for (long i = 0; i < layout.size(); i++) {
        replicas.values().setAtIndex(ValueLayout.JAVA_FLOAT, i, 1);
      }
      float[] y =
          replicas.compute(
              ops -> ops.dropout(ops.gather(ones, Index.TOKEN), 0.5f, true), batch().drawing(DRAW));
      float[][] sequences = new float[3][];
      for (int s = 0; s < 3; s++) {
        sequences[s] = Arrays.copyOfRange(y, s * 256, s * 256 + 64);
        for (int t = 1; t < 4; t++) {
          int at = s * 256 + t * 64;
          assertArrayEquals(sequences[s], Arrays.copyOfRange(y, at, at + 64));
        }
      }
      assertTrue(Arrays.mismatch(sequences[0], sequences[1]) >= 0);
    }
  }

  /// Threads and micro-batches change sums of rounded numbers, not what is dropped.
  @Test
  void howAStepIsDividedDoesNotChangeItsMasks() throws Exception {
    Net net = new Net(0.4f, false);
    float[] whole = rows(net, batch().drawing(DRAW));
    float[] last = rows(net, batch().part(2, 3).drawing(DRAW.from(2)));
    assertArrayEquals(Arrays.copyOfRange(whole, 64, 96), last, 1e-6f);
    try (Replicas one = net.filled(1);
        Replicas three = net.filled(3)) {
      one.clear();
      three.clear();
      for (int s = 0; s < 3; s++) {
        one.accumulate(
            net.output,
            Objective.LIKELIHOOD,
            batch().part(s, s + 1).drawing(new Draw(42, 3, s)),
            0.1);
      }
      three.accumulate(net.output, Objective.LIKELIHOOD, batch().drawing(DRAW), 0.1);
      assertArrayEquals(one.summedGradient(), three.summedGradient(), 1e-4f);
    }
  }
}
