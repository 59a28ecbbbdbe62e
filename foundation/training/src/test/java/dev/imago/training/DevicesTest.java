package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.imago.model.Architectures;
import dev.imago.model.Dropout;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.torch.Adafactor;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Draw;
import dev.imago.torch.Muon;
import dev.imago.torch.Objective;
import dev.imago.torch.Optimizer;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Place;
import dev.imago.torch.Precision;
import dev.imago.torch.Sgd;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What trains on a device, without one: numbers that stand apart from the machine's memory give
/// the same bits as those that stand in it.
class DevicesTest {
  private static final Parallelism HERE = Parallelism.ofThreads(1);
  private static final Parallelism APART = Parallelism.on(new Place(Place.Kind.MIRROR, 0));
  private static final int SEQUENCES = 4;
  private static final int LENGTH = 8;

  @TempDir Path folder;

  private static TrainableModel random(ModelShape shape, Parallelism where, Precision precision)
      throws InterruptedException {
    return TrainableModel.random(shape, ParameterGroups.NONE, 1, where, precision);
  }

  private static Batch batch(ModelShape shape, boolean padded) {
    Random random = new Random(3);
    int[] ids = random.ints(SEQUENCES * LENGTH, 0, 64).toArray();
    int[] targets = random.ints(SEQUENCES * LENGTH, 0, 64).toArray();
    Batch.Source source =
        shape.decoderStart().isPresent()
            ? new Batch.Source(5, random.ints(SEQUENCES * 5, 0, 64).toArray(), new int[0])
            : null;
    int[] lengths = padded ? new int[] {8, 3, 5, 8} : new int[0];
    return Batch.of(SEQUENCES, LENGTH, ids, targets).withLengths(lengths).withSource(source);
  }

  static Stream<Optimizer> optimizers() {
    return Stream.of(
        new AdamW(0.9, 0.95, 1e-8, 0.1, 1),
        new Sgd(0.9, true, 0.1, 1),
        new Muon(0.95, 5, Muon.Scale.RMS, new AdamW(0.9, 0.95, 1e-8, 0.1, 1)),
        new Adafactor(0.9, -0.8, 1, false, 0.1, 1));
  }

  /// Steps as a run has them: some, a copy of all for a checkpoint, one more, back to the copy, and
  /// some again, with an average that is measured in between.
  private static float[] trained(Parallelism where, Optimizer optimizer) throws Exception {
    ModelShape shape = Architectures.ofDepth("llama", 1, 64, 16).withDropout(Dropout.of(0.2f));
    try (TrainableModel model = random(shape, where, Precision.F32)) {
      model.replicas().keepAverage(0.5);
      step(model, optimizer, 1);
      step(model, optimizer, 2);
      var kept = Checkpoints.parts(model.replicas(), optimizer);
      var copies = kept.values().stream().map(m -> m.toArray(ValueLayout.JAVA_FLOAT)).toList();
      step(model, optimizer, 3);
      int at = 0;
      for (MemorySegment memory : Checkpoints.parts(model.replicas(), optimizer).values()) {
        memory.copyFrom(MemorySegment.ofArray(copies.get(at++)));
      }
      step(model, optimizer, 3);
      model.replicas().swapAverage();
      double averaged = model.loss(batch(shape, true));
      model.replicas().swapAverage();
      step(model, optimizer, 4);
      float[] values = model.replicas().values().toArray(ValueLayout.JAVA_FLOAT);
      float[] all = java.util.Arrays.copyOf(values, values.length + 2);
      all[values.length] = (float) averaged;
      all[values.length + 1] = model.losses(batch(shape, true))[0];
      return all;
    }
  }

  private static void step(TrainableModel model, Optimizer optimizer, long step) throws Exception {
    model.replicas().clear();
    double _ =
        model.accumulate(
            Objective.LIKELIHOOD,
            batch(model.config(), step % 2 == 0).drawing(new Draw(1, step, 0)),
            0.03);
    double _ = model.replicas().update(step, 0.01, optimizer);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void whatStandsApartHasTheSameBits(Optimizer optimizer) throws Exception {
    assertArrayEquals(trained(HERE, optimizer), trained(APART, optimizer), 0);
  }

  @Test
  void whatIsReadIntoItAndWrittenFromItIsTheSame() throws Exception {
    ModelShape shape = Architectures.ofDepth("gpt2", 1, 64, 16);
    Path here = java.nio.file.Files.createDirectories(folder.resolve("here"));
    Path apart = java.nio.file.Files.createDirectories(folder.resolve("apart"));
    var none = new Specials(0, List.of(0));
    try (TrainableModel model = random(shape, HERE, Precision.F32)) {
      model.write(here, none);
    }
    try (TrainableModel model =
        TrainableModel.read(
            here,
            UnaryOperator.identity(),
            new Tuning.All(),
            ParameterGroups.NONE,
            0,
            APART,
            Precision.F32)) {
      double _ = model.loss(batch(shape, false));
      model.write(apart, none);
    }
    assertEquals(
        -1,
        java.nio.file.Files.mismatch(
            here.resolve("model.safetensors"), apart.resolve("model.safetensors")));
  }

  @Test
  void aDeviceHasOneReplica() {
    Place place = new Place(Place.Kind.CUDA, 1);
    assertEquals("1 replica on cuda:1", Parallelism.on(place).words());
    var two = assertThrows(IllegalArgumentException.class, () -> new Parallelism(2, 1, place));
    assertEquals("2 replicas of 1 threads on cuda:1, which has one of one", two.getMessage());
  }
}
