package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.Operations;
import dev.imago.tensor.Operations.Index;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Losses of scores with numbers of their own: gradients against finite differences, of the
/// segments' table too.
///
/// *V = 11, D = 6, L = 3.*
final class HeadLossTest {
  private final Layout layout = new Layout();
  private final Slot embedding = layout.add(List.of("e"), List.of(11), 6);
  private final Slot segments = layout.add(List.of("s"), List.of(2), 6);
  private final Slot head = layout.add(List.of("h"), List.of(3), 6);
  private final Slot bias = layout.add(List.of("b"), List.of(3), 0);

  private <X> X tokens(Operations<Slot, X> ops) {
    return ops.add(ops.gather(embedding, Index.TOKEN), ops.gather(segments, Index.SEGMENT));
  }

  private <X> X whole(Operations<Slot, X> ops) {
    return ops.pool(tokens(ops), Operations.Pooling.MEAN);
  }

  /// The first two sequences' answers are of two tokens, the last one's of one.
  private static Batch spans() {
    int[] targets = {-1, 0, -1, 1, 0, 1, -1, -1, -1, -1, 2, -1};
    Batch numbers = batch();
    return Batch.of(3, 4, numbers.ids(), targets)
        .withLengths(numbers.lengths())
        .withSegments(numbers.segments());
  }

  private static Batch batch() {
    int[] ids = {1, 4, 9, 2, 3, 10, 0, 7, 5, 5, 6, 1};
    float[] numbers = {1, 0, 1, 0, 0, 0, 0.25f, 1, 0};
    return Batch.ofNumbers(3, 4, ids, numbers)
        .withLengths(new int[] {4, 2, 3})
        .withSegments(new int[] {0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0});
  }

  private Replicas filled() throws InterruptedException {
    Replicas filled = new Replicas(layout, 2, Precision.F32);
    var random = new Random(5);
    MemorySegment values = filled.values();
    for (long i = 0; i < values.byteSize() / 4; i++) {
      values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * 0.5));
    }
    return filled;
  }

  @ParameterizedTest
  @EnumSource(NumberLoss.class)
  void numbersAgreeWithFiniteDifferences(NumberLoss loss) throws Exception {
    agrees(new ModelWithHead(this::whole, head, bias), loss, batch());
  }

  @Test
  void spansAgreeWithFiniteDifferences() throws Exception {
    Slot ends = layout.add(List.of("w"), List.of(2), 6);
    Slot shift = layout.add(List.of("c"), List.of(2), 0);
    agrees(new ModelWithHead(this::tokens, ends, shift), new SpanLoss(), spans());
    assertEquals(6, new SpanLoss().count(spans()));
  }

  @Test
  void chainsAgreeWithFiniteDifferences() throws Exception {
    var crf =
        List.of(
            layout.add(List.of("t"), List.of(3), 3),
            layout.add(List.of("f"), List.of(3), 0),
            layout.add(List.of("l"), List.of(3), 0));
    int[] targets = {0, -1, 2, 1, 1, 1, -1, -1, -1, -1, -1, -1};
    Batch batch = Batch.of(3, 4, batch().ids(), targets).withLengths(batch().lengths());
    var model = new ModelWithHead(this::tokens, head, bias, 0, crf, false);
    agrees(model, new ChainLoss(), batch);
    assertEquals(5, new ChainLoss().count(batch));
  }

  /// Of two sentences: the second word of the first has a head that is not read.
  @Test
  void headsAndRelationsAgreeWithFiniteDifferences() throws Exception {
    Slot projections = layout.add(List.of("p"), List.of(10), 6);
    Slot shift = layout.add(List.of("q"), List.of(10), 0);
    var parser =
        List.of(
            layout.add(List.of("r"), List.of(5), 0),
            layout.add(List.of("u"), List.of(4), 3),
            layout.add(List.of("v"), List.of(2 * 3), 3));
    var loss = new BiaffineLoss(2);
    int[] targets = {7, -1, 1, 2, -1, -1, -1, -1, 3, 9, -1, -1};
    Batch batch = Batch.of(3, 4, batch().ids(), targets).withLengths(batch().lengths());
    agrees(new ModelWithHead(this::tokens, projections, shift, 0, parser, false), loss, batch);
    assertEquals(4, loss.count(batch));
    assertEquals(2, loss.count(batch.part(0, 1)));
  }

  private void agrees(ModelWithHead model, Objective loss, Batch batch) throws Exception {
    try (Replicas replicas = filled()) {
      replicas.clear();
      double value = replicas.accumulate(model, loss, batch, 1.0);
      assertEquals(value, replicas.loss(model, loss, batch), 1e-5);
      float[] gradient = replicas.summedGradient();
      MemorySegment values = replicas.values();
      float h = 2e-3f;
      int moving = 0;
      for (int i = 0; i < gradient.length; i++) {
        float before = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before + h);
        double above = replicas.loss(model, loss, batch);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before - h);
        double below = replicas.loss(model, loss, batch);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before);
        double numeric = (above - below) / (2 * h);
        moving += Math.abs(numeric) > 0.05 ? 1 : 0;
        assertEquals(numeric, gradient[i], 1e-2 + 1e-2 * Math.abs(numeric), "weight " + i);
      }
      assertTrue(moving > gradient.length / 8, moving + " weights of consequence are too few");
    }
  }

  @Test
  void theMeanIsByEveryScore() {
    assertEquals(9, NumberLoss.BINARY.count(batch()));
    assertEquals(3, NumberLoss.SQUARED.count(batch().part(0, 1)));
  }
}
