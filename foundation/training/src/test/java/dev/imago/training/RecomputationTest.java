package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.Dropout;
import dev.imago.model.ModelShape;
import dev.imago.torch.Batch;
import dev.imago.torch.Draw;
import dev.imago.torch.Objective;
import dev.imago.torch.Precision;
import dev.imago.torch.Sgd;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A pass whose blocks are computed again gives the bits of one that keeps all, dropout and all.
class RecomputationTest {
  private static final int SEQUENCES = 4;
  private static final int LENGTH = 12;

  static Stream<Arguments> kinds() {
    return Architectures.names().stream()
        .flatMap(name -> Stream.of(Precision.values()).map(p -> Arguments.of(name, p)));
  }

  private static Batch batch(ModelShape shape, boolean padded) {
    var random = new Random(3);
    int[] ids = random.ints(SEQUENCES * LENGTH, 0, 64).toArray();
    int[] targets = random.ints(SEQUENCES * LENGTH, 0, 64).toArray();
    Batch.Source source =
        shape.decoderStart().isPresent()
            ? new Batch.Source(8, random.ints(SEQUENCES * 8, 0, 64).toArray(), new int[0])
            : null;
    int[] lengths = padded ? new int[] {12, 7, 9, 12} : new int[0];
    return Batch.of(SEQUENCES, LENGTH, ids, targets).withLengths(lengths).withSource(source);
  }

  private static float[] steps(ModelShape shape, Precision precision, boolean recomputes)
      throws InterruptedException {
    try (var model = TrainableModel.random(shape, 1, 2, precision)) {
      if (recomputes) {
        model.recomputing();
      }
      float[] begun = model.replicas().values().toArray(ValueLayout.JAVA_FLOAT);
      for (int step = 1; step <= 3; step++) {
        model.replicas().clear();
        for (boolean padded : new boolean[] {false, true}) {
          Batch batch = batch(shape, padded).drawing(new Draw(1, step, padded ? SEQUENCES : 0));
          model.accumulate(Objective.LIKELIHOOD, batch, 0.01);
        }
        model.replicas().update(step, 0.5, new Sgd(0.9, false, 0, 0));
      }
      float[] after = model.replicas().values().toArray(ValueLayout.JAVA_FLOAT);
      int moved = 0;
      for (int i = 0; i < after.length; i++) {
        moved += after[i] != begun[i] ? 1 : 0;
      }
      assertTrue(moved > after.length / 2, moved + " of " + after.length + " weights moved");
      return after;
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theBitsAreThoseOfAPassThatKeepsAll(String architecture, Precision precision)
      throws Exception {
    ModelShape shape = Architectures.ofDepth(architecture, 3, 64, 16).withDropout(Dropout.of(0.2f));
    float[] kept = steps(shape, precision, false);
    float[] recomputed = steps(shape, precision, true);
    for (int i = 0; i < kept.length; i++) {
      assertEquals(
          Float.floatToRawIntBits(kept[i]), Float.floatToRawIntBits(recomputed[i]), "weight " + i);
    }
  }
}
