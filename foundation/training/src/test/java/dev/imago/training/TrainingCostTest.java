package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import org.junit.jupiter.api.Test;

final class TrainingCostTest {
  @Test
  void the_blocks_of_an_encoder_count_beside_those_of_its_decoder() {
    ModelShape t5 = Architectures.ofDepth("t5", 3, 500, 64);
    assertEquals(3, t5.layers());
    assertEquals(6, TrainingCost.Model.of(t5).layers());
    assertEquals(3, TrainingCost.Model.of(Architectures.ofDepth(3, 500, 64)).layers());
  }
}
