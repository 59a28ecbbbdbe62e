package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The loss of texts that belong together, against what sentence-transformers gives
/// (conformance/contrast.py).
class ContrastTest {
  @BeforeAll
  static void load() {
    Libtorch.load();
  }

  private static JsonNode cases() throws Exception {
    try (var in = Objects.requireNonNull(ContrastTest.class.getResourceAsStream("contrast.json"))) {
      return JsonMapper.shared().readTree(in).path("cases");
    }
  }

  /// Sequences of one id each.
  private static Batch batch(int... ids) {
    return Batch.of(ids.length, 1, ids, new int[ids.length]);
  }

  private static List<Double> flat(JsonNode values) {
    var all = new ArrayList<Double>();
    values.forEach(
        v -> {
          if (v.isArray()) {
            all.addAll(flat(v));
          } else {
            all.add(v.doubleValue());
          }
        });
    return all;
  }

  private static float[] floats(Tensor tensor) {
    return Libtorch.memory(tensor.contiguous()).toArray(ValueLayout.JAVA_FLOAT);
  }

  @Test
  void theLossAndItsGradientAreSentenceTransformersMultipleNegativesRankingLoss() throws Exception {
    int compared = 0;
    for (JsonNode each : cases()) {
      JsonNode vectors = each.path("vectors");
      int n = vectors.size();
      int together = vectors.path(0).size();
      int width = vectors.path(0).path(0).size();
      float[] hidden = new float[n * together * width];
      List<Double> values = flat(vectors);
      for (int i = 0; i < hidden.length; i++) {
        hidden[i] = values.get(i).floatValue();
      }
      var contrast = new Contrast(each.path("scale").doubleValue(), together);
      Batch batch = batch(IntStream.range(0, n * together).toArray());
      try (PointerScope _ = new PointerScope();
          NoGradGuard _ = new NoGradGuard()) {
        Tensor gradient = torch.zeros((long) n * together, width);
        double loss =
            contrast.run(
                Place.HOST.floats(hidden, (long) n * together, width), batch, 1.0 / n, gradient);
        assertEquals(each.path("loss").doubleValue(), loss / n, 1e-5);
        float[] got = floats(gradient);
        List<Double> expected = flat(each.path("gradient"));
        for (int i = 0; i < got.length; i++) {
          assertEquals(expected.get(i), got[i], 2e-5, "gradient " + i);
        }
        compared++;
      }
    }
    assertEquals(3, compared);
  }

  @Test
  void aTextThatStandsTwiceInABatchIsNoNegativeOfItself() {
    float[] hidden = {1, 0, 1, 0.5f, 0, 1, 1, 0.5f};
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor vectors = Place.HOST.floats(hidden, 4, 2);
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
      contrast.run(Place.HOST.floats(hidden, 9, 4), batch, 1, gradient);
      float[] got = floats(gradient);
      float step = 1e-2f;
      for (int i = 0; i < hidden.length; i++) {
        float before = hidden[i];
        hidden[i] = before + step;
        double above = contrast.run(Place.HOST.floats(hidden, 9, 4), batch, 1, null);
        hidden[i] = before - step;
        double below = contrast.run(Place.HOST.floats(hidden, 9, 4), batch, 1, null);
        hidden[i] = before;
        assertEquals((above - below) / (2 * step), got[i], 2e-2, "gradient " + i);
      }
    }
  }
}
