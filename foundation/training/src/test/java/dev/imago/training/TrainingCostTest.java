package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.torch.Parallelism;
import org.junit.jupiter.api.Test;

final class TrainingCostTest {
  @Test
  void the_blocks_of_an_encoder_count_beside_those_of_its_decoder() {
    ModelShape t5 = Architectures.ofDepth("t5", 3, 500, 64);
    assertEquals(3, t5.layers());
    assertEquals(6, TrainingCost.Model.of(t5).layers());
    assertEquals(3, TrainingCost.Model.of(Architectures.ofDepth(3, 500, 64)).layers());
  }

  @Test
  void the_memory_of_a_small_model_is_that_of_its_process() {
    var one = new Parallelism(1, 1);
    var model = TrainingCost.Model.of(Architectures.ofDepth(3, 500, 64));
    assertTrue(TrainingCost.of(model, 64, 10, 640, one).memoryBytes() > 450_000_000);
    var unknown = new TrainingCost.Model(0, 0, 0, 0, 0);
    assertEquals(0, TrainingCost.of(unknown, 64, 10, 640, one).memoryBytes());
  }
}
