package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Compute;
import dev.imago.core.ConfigException;
import dev.imago.model.Architectures;
import dev.imago.model.Dropout;
import dev.imago.model.ModelShape;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Place;
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

  @Test
  void what_dropout_multiplies_by_is_kept_and_in_attention_grows_with_the_length() {
    ModelShape bert = Architectures.ofDepth("bert", 2, 500, 512).withDropout(Dropout.of(0.1f));
    ModelShape none = bert.withDropout(Dropout.NONE);
    ModelShape whole = bert.withDropout(bert.dropout().withAttention(0));
    long positions = 16 * 512;
    assertEquals(4 * positions * 2 * 20 * bert.width(), memory(whole, 512) - memory(none, 512));
    long pairs = 4 * positions * 2 * 6 * bert.heads();
    assertEquals(pairs * 512, memory(bert, 512) - memory(whole, 512));
    assertEquals(pairs * 64, memory(bert, 64) - memory(whole, 64));
  }

  /// Of steps of as many positions, in sequences of a length.
  private static long memory(ModelShape shape, long length) {
    var model = TrainingCost.Model.of(shape).reading(length);
    return TrainingCost.of(model, 16 * 512, 10, 640, new Parallelism(1, 1)).memoryBytes();
  }

  @Test
  void on_a_gpu_the_copies_are_the_machines_and_more_rows_of_scores_stand_there() {
    var model = new TrainingCost.Model(1_000_000_000, 20, 2048, 2048, 100_000);
    var gpu = Parallelism.on(new Place(Place.Kind.CUDA, 0));
    long here = TrainingCost.of(model, 3, 64, 10, 640, new Parallelism(1, 1)).memoryBytes();
    long there = TrainingCost.of(model, 3, 64, 10, 640, gpu).memoryBytes();
    long rows = 4L * 2 * (4096 - 512) * model.vocabulary();
    assertEquals(here - 4 * 3 * model.parameters() + rows, there);
  }

  @Test
  void what_a_gpu_or_the_machine_beside_it_has_no_room_for_is_told_apart() {
    var room = new Room(new Place(Place.Kind.CUDA, 0), Compute.ofThreads(1), 1L << 33, 1L << 32);
    room.check("tune", 1L << 32, 100_000_000, 0, () -> "nothing");
    String there =
        assertThrows(
                ConfigException.class,
                () -> room.check("tune", 1L << 34, 0, 0, () -> "batch = 1 would fit"))
            .getMessage();
    assertEquals(
        "tune needs about 17.2 GB of memory, and cuda:0 has 8.59 GB; batch = 1 would fit", there);
    String here =
        assertThrows(
                ConfigException.class,
                () -> room.check("tune", 1L << 32, 1_000_000_000, 0, () -> "nothing"))
            .getMessage();
    assertTrue(here.contains("8.45 GB of it in this machine's memory"), here);
    assertTrue(here.contains("has 4.29 GB"), here);
    var host = new Room(Compute.ofThreads(1), 1L << 33);
    host.check("tune", 1L << 32, 1L << 40, 0, () -> "nothing"); // all that is needed is counted
  }
}
