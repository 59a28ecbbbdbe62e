package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.tensor.Operations.Index;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HeldZerosTest {
  private static final AdamW ADAMW = new AdamW(0.9, 0.95, 1e-8, 0.1, 1);

  /// Muon's steps mix a matrix's numbers, and the average is of what a step left.
  @Test
  void zeros_that_are_held_stay_with_any_optimizer_and_others_learn() throws Exception {
    Optimizer muon = new Muon(0.95, 5, Muon.Scale.RMS, ADAMW);
    for (Optimizer optimizer : List.of(ADAMW, muon)) {
      Layout layout = new Layout();
      Slot embedding = layout.add(List.of("e"), List.of(11), 8);
      Slot held = layout.add(List.of("a", "b"), List.of(4, 4), 8, new Group(true, 1, 1, true));
      var net =
          new ModelWithHead(
              ops -> ops.linear(ops.gather(embedding, Index.TOKEN), held, null), embedding, null);
      try (Replicas replicas = new Replicas(layout, 2, Precision.F32)) {
        MemorySegment values = replicas.values();
        Random random = new Random(7);
        for (int i = 0; i < layout.size(); i++) {
          float value = i % 2 == 0 ? 0 : (float) random.nextGaussian();
          values.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
        replicas.keepAverage(0.9);
        assertEquals(16, replicas.holdZeros("b"::equals));
        int[] ids = {1, 4, 9, 2, 3, 10, 0, 7, 5, 5, 6, 8};
        for (int step = 1; step <= 3; step++) {
          replicas.clear();
          double _ = replicas.accumulate(net, Objective.LIKELIHOOD, Batch.of(3, 4, ids, ids), 0.1);
          double _ = replicas.update(step, 0.1, optimizer);
        }
        replicas.swapAverage();
        MemorySegment part = replicas.value(held, 1);
        for (int i = 0; i < 32; i++) {
          assertEquals(i % 2 == 0, part.getAtIndex(ValueLayout.JAVA_FLOAT, i) == 0, "" + i);
        }
        for (int i = 0; i < 32; i++) {
          float value = replicas.value(held, 0).getAtIndex(ValueLayout.JAVA_FLOAT, i);
          assertEquals(false, value == 0, "" + i);
        }
      }
    }
  }
}
