package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Operations.Index;
import dev.imago.tensor.Operations.Pooling;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A student beside its teacher: gradients against finite differences and PyTorch's.
///
/// *V = 11, D = 6; the student has two blocks, the teacher three.*
final class DistillationLossTest {
  private static final Objective.Likelihood PLAIN = new Objective.Likelihood(0, 0);
  private static final Objective.Likelihood SMOOTH = new Objective.Likelihood(0.1, 1e-2);

  /// Blocks of a matrix and a residual each.
  private static final class Net {
    final Layout layout = new Layout();
    final Slot embedding;
    final Slot head;
    final List<Slot> blocks;

    Net(int count, Group group) {
      embedding = layout.add(List.of("e"), List.of(11), 6, group);
      blocks =
          java.util.stream.IntStream.range(0, count)
              .mapToObj(i -> layout.add(List.of("b" + i), List.of(6), 6, group))
              .toList();
      head = layout.add(List.of("h"), List.of(11), 6, group);
    }

    <X> X hidden(Operations<Slot, X> ops) {
      X x = ops.gather(embedding, Index.TOKEN);
      for (Slot block : blocks) {
        x =
            ops.block(
                x, in -> ops.add(in, ops.apply(Nonlinearity.TANH, ops.linear(in, block, null))));
      }
      return x;
    }

    <X> X pooled(Operations<Slot, X> ops) {
      return ops.pool(hidden(ops), Pooling.MEAN);
    }

    ModelWithHead model(boolean recomputes) {
      var model = new ModelWithHead(this::hidden, head, null);
      return recomputes ? model.recomputing() : model;
    }
  }

  private static Batch batch() {
    int[] ids = {1, 4, 9, 2, 3, 10, 0, 7, 5, 5, 6, 1};
    int[] targets = {4, 9, 2, -1, 10, 0, 7, 8, 5, 6, 1, -1};
    return Batch.of(3, 4, ids, targets);
  }

  private static Replicas filled(Layout layout, int replicas, long seed)
      throws InterruptedException {
    Replicas filled = new Replicas(layout, replicas, Precision.F32);
    Random random = new Random(seed);
    for (Slot slot : layout.slots()) {
      MemorySegment values = filled.value(slot, 0);
      for (long i = 0; i < values.byteSize() / 4; i++) {
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * 0.5));
      }
    }
    return filled;
  }

  private static void agrees(Layout layout, ModelWithHead model, Objective objective, Batch batch)
      throws InterruptedException {
    try (Replicas student = filled(layout, 2, 7)) {
      student.clear();
      double value = student.accumulate(model, objective, batch, 1.0);
      assertEquals(value, student.loss(model, objective, batch), 1e-4);
      float[] gradient = student.summedGradient();
      MemorySegment values = student.values();
      float h = 2e-3f;
      int moving = 0;
      for (int i = 0; i < gradient.length; i++) {
        float before = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before + h);
        double above = student.loss(model, objective, batch);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before - h);
        double below = student.loss(model, objective, batch);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, before);
        double numeric = (above - below) / (2 * h);
        moving += Math.abs(numeric) > 0.05 ? 1 : 0;
        assertEquals(numeric, gradient[i], 1e-2 + 1e-2 * Math.abs(numeric), "weight " + i);
      }
      assertTrue(moving > gradient.length / 4, moving + " weights of consequence are too few");
    }
  }

  @ParameterizedTest
  @CsvSource({"0.7, 2, 0", "1, 1, 0", "0.3, 0.5, 2", "0, 3, 1"})
  void everyGradientAgreesWithFiniteDifferences(double alpha, double temperature, double hidden)
      throws Exception {
    Net own = new Net(2, Group.DECAYING);
    Net theirs = new Net(3, Group.FROZEN);
    try (Replicas taught = filled(theirs.layout, 2, 8)) {
      var teacher = new Teacher(taught, theirs.model(false));
      Map<Integer, Integer> pairs = hidden > 0 ? Map.of(1, 1, 2, 3) : Map.of();
      agrees(
          own.layout,
          own.model(false),
          new DistillationLoss(teacher, alpha, temperature, hidden, pairs, SMOOTH),
          batch());
    }
  }

  /// One row a sequence: its tokens share in what hidden states cost.
  @Test
  void classesOfWholeSequencesAgree() throws Exception {
    Net own = new Net(2, Group.DECAYING);
    Net theirs = new Net(3, Group.FROZEN);
    Batch classes =
        Batch.of(3, 4, batch().ids(), new int[] {3, 0, Batch.IGNORED})
            .withLengths(new int[] {4, 2, 3});
    try (Replicas taught = filled(theirs.layout, 2, 8)) {
      var teacher = new Teacher(taught, new ModelWithHead(theirs::pooled, theirs.head, null));
      agrees(
          own.layout,
          new ModelWithHead(own::pooled, own.head, null),
          new DistillationLoss(teacher, 0.5, 2, 1, Map.of(1, 2), PLAIN),
          classes);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void blocksThatAreComputedAgainGiveTheSameBits(int replicas) throws Exception {
    Net own = new Net(2, Group.DECAYING);
    Net theirs = new Net(3, Group.FROZEN);
    float[][] gradients = new float[2][];
    try (Replicas taught = filled(theirs.layout, replicas, 8)) {
      var teacher = new Teacher(taught, theirs.model(false));
      var loss = new DistillationLoss(teacher, 0.5, 2, 1, Map.of(1, 1, 2, 3), PLAIN);
      for (int recomputes = 0; recomputes < 2; recomputes++) {
        try (Replicas student = filled(own.layout, replicas, 7)) {
          student.clear();
          student.accumulate(own.model(recomputes == 1), loss, batch(), 0.1);
          gradients[recomputes] = student.summedGradient();
        }
      }
    }
    assertArrayEquals(gradients[0], gradients[1], 0f);
  }

  @Test
  void thePartsSumUpAndATeacherLikeItsStudentCostsNothing() throws Exception {
    Net own = new Net(2, Group.DECAYING);
    Net same = new Net(2, Group.FROZEN);
    Net theirs = new Net(3, Group.FROZEN);
    try (Replicas student = filled(own.layout, 2, 7);
        Replicas itself = filled(same.layout, 2, 7);
        Replicas taught = filled(theirs.layout, 2, 8)) {
      double alone = student.loss(own.model(false), PLAIN, batch());
      var alike = new Teacher(itself, same.model(false));
      var loss = new DistillationLoss(alike, 0.4, 3, 1, Map.of(1, 1), PLAIN);
      assertEquals(0.6 * alone, student.loss(own.model(false), loss, batch()), 1e-4);
      var other = new Teacher(taught, theirs.model(false));
      loss = new DistillationLoss(other, 0.4, 3, 0.5, Map.of(1, 2), PLAIN);
      student.clear();
      double whole = student.accumulate(own.model(false), loss, batch(), 1);
      DistillationLoss.Parts parts = student.parts();
      assertEquals(alone, parts.targets(), 1e-4);
      assertTrue(parts.divergence() > 0.1 && parts.hidden() > 0.1, parts.toString());
      assertEquals(
          whole, 0.6 * parts.targets() + 0.4 * parts.divergence() + 0.5 * parts.hidden(), 1e-4);
      student.clear();
      assertEquals(new DistillationLoss.Parts(0, 0, 0), student.parts());
      assertEquals(0, theirs.layout.size());
      assertEquals(4 * theirs.layout.frozenSize(), taught.nativeBytes());
    }
  }

  @Test
  void aBlockThatIsNotThereIsRefused() throws Exception {
    Net own = new Net(2, Group.DECAYING);
    Net theirs = new Net(3, Group.FROZEN);
    try (Replicas student = filled(own.layout, 1, 7);
        Replicas taught = filled(theirs.layout, 1, 8)) {
      var teacher = new Teacher(taught, theirs.model(false));
      var loss = new DistillationLoss(teacher, 0.4, 3, 1, Map.of(1, 4), PLAIN);
      var refused =
          assertThrows(
              IllegalStateException.class, () -> student.loss(own.model(false), loss, batch()));
      assertTrue(String.valueOf(refused.getMessage()).contains("no block 4, of 3"), refused + "");
    }
  }

  /// `conformance/distillation.py` recorded these.
  @ParameterizedTest
  @CsvSource({
    "0.7, 2, 6.839867, 4.983682, '-0.289143 -0.289143 -0.609406 -0.609406 0.900408 0.900408',"
        + " '-0.619515 -0.693965 -0.768415 -0.664171 -0.040462 -0.034351',"
        + " '0.595601 -0.048884 0.130642 -0.269868 -0.144195 -0.263297', 12.86208",
    "1, 1, 3.992584, 3.992584, '-0.265072 -0.265072 -0.630806 -0.630806 0.719547 0.719547',"
        + " '-0.425535 -0.516095 -0.606655 -0.675194 -0.361762 -0.383385',"
        + " '0.72448 0.17298 0.387232 -0.683026 -0.022099 -0.579568', 10.82974",
    "0.25, 4, 9.717834, 5.358446, '-0.069752 -0.069752 -0.156224 -0.156224 0.860683 0.860683',"
        + " '-0.750591 -0.81074 -0.87089 -0.519506 0.307469 0.333245',"
        + " '0.4812 -0.206209 -0.020574 0.170793 -0.399373 -0.025837', 20.3525"
  })
  void lossAndGradientAreThoseOfPyTorch(
      double alpha,
      double temperature,
      double expected,
      double divergence,
      String e,
      String w,
      String b,
      double squares)
      throws Exception {
    Layout layout = new Layout();
    Slot embedding = layout.add(List.of("e"), List.of(6), 4);
    Slot weight = layout.add(List.of("w"), List.of(6), 4);
    Slot bias = layout.add(List.of("b"), List.of(6), 0);
    Layout other = new Layout();
    Slot te = other.add(List.of("e"), List.of(6), 3, Group.FROZEN);
    Slot tw = other.add(List.of("w"), List.of(6), 3, Group.FROZEN);
    int[] ids = {1, 4, 2, 3, 0, 5};
    Batch batch = Batch.of(1, 6, ids, new int[] {4, 2, Batch.IGNORED, 0, 5, 1});
    try (Replicas student = new Replicas(layout, 1, Precision.F32);
        Replicas taught = new Replicas(other, 1, Precision.F32)) {
      numbers(student.value(embedding, 0), 3);
      numbers(student.value(weight, 0), 5);
      numbers(student.value(bias, 0), 7);
      numbers(taught.value(te, 0), 11);
      numbers(taught.value(tw, 0), 13);
      var teacher =
          new Teacher(taught, new ModelWithHead(ops -> ops.gather(te, Index.TOKEN), tw, null));
      var loss = new DistillationLoss(teacher, alpha, temperature, 0, Map.of(), PLAIN);
      var model = new ModelWithHead(ops -> ops.gather(embedding, Index.TOKEN), weight, bias);
      student.clear();
      assertEquals(expected, student.accumulate(model, loss, batch, 1), 1e-5);
      assertEquals(divergence, student.parts().divergence(), 1e-5);
      float[] gradient = student.summedGradient();
      double sum = 0;
      for (float g : gradient) {
        sum += (double) g * g;
      }
      assertEquals(squares, sum, 1e-4);
      List<String> places = List.of(e, w, b);
      for (int part = 0; part < 3; part++) {
        String[] recorded = places.get(part).split(" ");
        int from = 24 * part;
        for (int i = 0; i < recorded.length; i++) {
          assertEquals(Double.parseDouble(recorded[i]), gradient[from + i], 2e-6);
        }
      }
    }
  }

  /// ((37 k + seed) mod 19 − 9) / 8.
  private static void numbers(MemorySegment to, int seed) {
    for (int k = 0; k < to.byteSize() / 4; k++) {
      to.setAtIndex(ValueLayout.JAVA_FLOAT, k, ((37 * k + seed) % 19 - 9) / 8f);
    }
  }

  @Test
  void settingsThatMeanNothingAreRefused() {
    Net theirs = new Net(1, Group.FROZEN);
    for (double[] bad :
        new double[][] {{-0.1, 1, 0}, {1.1, 1, 0}, {0.5, 0, 0}, {0.5, 1, -1}, {0.5, 1, 1}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> {
            try (Replicas taught = new Replicas(theirs.layout, 1, Precision.F32)) {
              var _ =
                  new DistillationLoss(
                      new Teacher(taught, theirs.model(false)),
                      bad[0],
                      bad[1],
                      bad[2],
                      Map.of(),
                      PLAIN);
            }
          },
          Arrays.toString(bad));
    }
  }
}
