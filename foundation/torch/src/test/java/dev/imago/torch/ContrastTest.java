package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The loss of texts that belong together.
class ContrastTest {
  @BeforeAll
  static void load() {
    Libtorch.load();
  }

  /// Sequences of one id each.
  private static Batch batch(int... ids) {
    return Batch.of(ids.length, 1, ids, new int[ids.length]);
  }

  private static float[] floats(Tensor tensor) {
    return Libtorch.memory(tensor.contiguous()).toArray(ValueLayout.JAVA_FLOAT);
  }

  @Test
  void aTextThatStandsTwiceInABatchIsNoNegativeOfItself() {
    float[] hidden = {1, 0, 1, 0.5f, 0, 1, 1, 0.5f};
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor vectors = Replica.floats(hidden, 4, 2);
      var contrast = new Contrast(20, 2);
      // Both anchors have the same positive, so that neither has another candidate.
      assertEquals(0, contrast.run(vectors, batch(1, 2, 3, 2), 1, null), 1e-6);
      // Of unlike texts, two candidates are as near as each other: ln 2 each.
      assertEquals(2 * Math.log(2), contrast.run(vectors, batch(1, 2, 3, 4), 1, null), 1e-5);
    }
  }

  @Test
  void theGradientIsByHowMuchTheLossGrows() {
    var random = new Random(2);
    float[] hidden = new float[3 * 3 * 4];
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = random.nextFloat() * 2 - 1;
    }
    Batch batch = batch(IntStream.range(0, 9).toArray());
    var contrast = new Contrast(5, 3);
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor gradient = torch.zeros(9, 4);
      contrast.run(Replica.floats(hidden, 9, 4), batch, 1, gradient);
      float[] got = floats(gradient);
      float step = 1e-2f;
      for (int i = 0; i < hidden.length; i++) {
        float before = hidden[i];
        hidden[i] = before + step;
        double above = contrast.run(Replica.floats(hidden, 9, 4), batch, 1, null);
        hidden[i] = before - step;
        double below = contrast.run(Replica.floats(hidden, 9, 4), batch, 1, null);
        hidden[i] = before;
        assertEquals((above - below) / (2 * step), got[i], 2e-2, "gradient " + i);
      }
    }
  }
}
