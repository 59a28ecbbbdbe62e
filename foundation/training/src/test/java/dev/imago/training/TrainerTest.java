// Past 400 lines: one loop: what it stops at, keeps and goes on from, on the same toy model.
package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  private static final ModelShape SHAPE = Architectures.ofDepth(2, 64, 16);
  private static final AdamW ADAMW = new AdamW(0.9, 0.95, 1e-8, 0.1, 1);
  @TempDir Path folder;
  private TokenShards tokens;
  private float[] sampledWeights = {};

  @BeforeEach
  void writeTokens() throws Exception {
    Files.createDirectories(folder.resolve("tokens"));
    var header = new TokenShards.Header(64, 0);
    TokenShards.writeHeader(folder.resolve("tokens"), header);
    try (var writer = new TokenShards.Writer(folder.resolve("tokens"), Split.TRAIN, header)) {
      Random random = new Random(5);
      for (int d = 0; d < 20; d++) {
        int[] ids = new int[60];
        int start = random.nextInt(63);
        for (int i = 0; i < ids.length; i++) {
          ids[i] = 1 + (start + i * 5) % 63; // a rule that a small model can learn
        }
        writer.write(ids, ids.length);
      }
    }
    tokens = TokenShards.open(folder.resolve("tokens"), Split.TRAIN);
  }

  @AfterEach
  void closeTokens() {
    tokens.close();
  }

  private Trainer.Outcome train(FakeRun run, TrainableModel model, long steps, double rate)
      throws InterruptedException {
    Windows windows = new Windows(tokens, 16, 8, 2, 1);
    return new Trainer(model, windows, windows.first(64), settings(steps, rate, 60), run).train();
  }

  private static Trainer.Settings settings(long steps, double rate, double checkpointMinutes) {
    return new Trainer.Settings(
        new Schedule(rate, 0.1, 3, steps), ADAMW, 4, checkpointMinutes, 5, "test");
  }

  @Test
  void aRunThatWasKilledEndsInTheSameBits() throws Exception {
    Path first = Files.createDirectories(folder.resolve("a"));
    Path second = Files.createDirectories(folder.resolve("b"));
    var whole = new FakeRun(first, 2);
    Path weights = Files.createDirectories(folder.resolve("whole"));
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      train(whole, model, 18, 1e-2);
      model.write(weights, new Specials(0, List.of(0)));
    }
    for (long kill : new long[] {3, 6, 7, 12, 17}) {
      FakeRun run = new FakeRun(second, 2).killedAfter(kill);
      try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
        assertThrows(FakeRun.Killed.class, () -> train(run, model, 18, 1e-2));
      }
    }
    var last = new FakeRun(second, 2);
    Path resumed = Files.createDirectories(folder.resolve("resumed"));
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      train(last, model, 18, 1e-2);
      model.write(resumed, new Specials(0, List.of(0)));
    }
    assertEquals(
        -1,
        Files.mismatch(weights.resolve("model.safetensors"), resumed.resolve("model.safetensors")));
    // The curve is whole too: what was lost with a kill was trained, and told, again.
    assertEquals(
        whole.metrics().stream().map(m -> m.get("step").longValue()).toList(),
        last.metrics().stream().map(m -> m.get("step").longValue()).toList());
  }

  private static SampleWriter writer(TrainableModel model, double temperature) {
    return new SampleWriter(
        model,
        new SampleSettings(List.of("1 6 11", ""), 6, 5, temperature),
        text ->
            text.isEmpty()
                ? new int[0]
                : Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray(),
        Arrays::toString,
        0,
        9);
  }

  private FakeRun sampled(String name, double temperature, long kill) throws Exception {
    FakeRun run = new FakeRun(folder.resolve(name), 2).killedAfter(kill);
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      var trainer =
          new Trainer(
              model, new Windows(tokens, 16, 8, 2, 1), List.of(), settings(18, 1e-2, 60), run);
      trainer.samples(writer(model, temperature)).train();
      sampledWeights = model.replicas().values().toArray(ValueLayout.JAVA_FLOAT);
    } catch (FakeRun.Killed e) {
      assertTrue(kill < 18);
    }
    return run;
  }

  @Test
  void samplesComeOnTheirScheduleAreTheSameEachTimeAndChangeNothing() throws Exception {
    FakeRun first = sampled("a", 0.8, 99);
    float[] whole = sampledWeights;
    assertEquals(
        List.of("6", "6", "12", "12", "18", "18"),
        first.samples().stream().map(s -> s.substring(0, s.indexOf(':'))).toList());
    assertEquals(first.samples(), sampled("b", 0.8, 99).samples());
    assertNotEquals(first.samples(), sampled("c", 0, 99).samples());
    assertArrayEquals(whole, weights(new FakeRun(folder.resolve("plain"), 2)));
    FakeRun killed = sampled("d", 0.8, 13);
    assertEquals(first.samples().subList(0, 4), killed.samples());
    assertEquals(first.samples(), sampled("d", 0.8, 99).samples(), "told again after a kill");
    assertArrayEquals(whole, sampledWeights);
  }

  @Test
  void whatIsMeasuredIsThere() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 2);
    var _ = weights(run);
    for (var point : run.metrics()) {
      for (String figure :
          List.of(
              "loss",
              "learningRate",
              "gradientNorm",
              "tokensPerSecond",
              "utilisation",
              "waitedSeconds",
              "residentBytes")) {
        assertTrue(Double.isFinite(point.get(figure).doubleValue()), figure);
      }
      double share = point.get("utilisation").doubleValue();
      assertTrue(share > 0 && share < 1.5, "a share of the ceiling: " + share);
    }
  }

  /// The disk's refusal of a checkpoint ends the run by its mend, and the one before it stands.
  @Test
  void aCheckpointThatCannotBeWrittenStopsTrainingCleanly() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 2);
    Files.createDirectories(run.scratch().resolve("checkpoint-1.safetensors/in-the-way"));
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      var error = assertThrows(EnvironmentException.class, () -> train(run, model, 18, 1e-2));
      assertTrue(error.getMessage().contains("checkpoint-1"), error.getMessage());
    }
    assertEquals(Optional.of("after step 4 of 18"), Trainer.resumesAt(run.scratch()));
  }

  @Test
  void aSmallModelLearnsARule() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 2);
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      var outcome = train(run, model, 150, 1e-2);
      assertTrue(outcome.heldoutLoss() < 0.6, outcome.toString());
      assertEquals(150L * 16 * 16, outcome.tokens());
    }
    assertTrue(run.attached().contains("loss.svg"));
  }

  @Test
  void divergenceIsToldWithItsMend() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 2);
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      var error = assertThrows(InputException.class, () -> train(run, model, 60, 1e30));
      assertTrue(error.getMessage().contains("lower learningRate"), error.getMessage());
    }
  }

  @Test
  void aLossThatIsNoNumberNeverReachesTheWeights() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 2);
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      MemorySegment weights = model.replicas().values();
      weights.setAtIndex(ValueLayout.JAVA_FLOAT, 5, Float.NaN);
      float[] before = weights.toArray(ValueLayout.JAVA_FLOAT);
      var error = assertThrows(InputException.class, () -> train(run, model, 5, 1e-2));
      assertTrue(error.getMessage().contains("at step 5 the loss is NaN"), error.getMessage());
      assertEquals(4, run.notes().size(), run.notes().toString());
      assertTrue(
          run.notes()
              .getFirst()
              .startsWith(
                  "test: at step 1 the loss is NaN: the step is skipped; it read the windows of 16"
                      + " tokens from token "),
          run.notes().getFirst());
      assertArrayEquals(before, weights.toArray(ValueLayout.JAVA_FLOAT));
    }
  }

  /// Trains until `kill` steps are done, and leaves the checkpoints of steps 4, 8 ….
  private FakeRun killed(String name, long kill) throws InterruptedException {
    FakeRun run = new FakeRun(folder.resolve(name), 2).killedAfter(kill);
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      assertThrows(FakeRun.Killed.class, () -> train(run, model, 18, 1e-2));
    }
    return new FakeRun(folder.resolve(name), 2);
  }

  /// The weights after all 18 steps, from wherever the run goes on.
  private float[] weights(FakeRun run) throws InterruptedException {
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      train(run, model, 18, 1e-2);
      return model.replicas().values().toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  @Test
  void aDamagedCheckpointIsToldAndTheOneBeforeItTaken() throws Exception {
    float[] whole = weights(new FakeRun(folder.resolve("whole"), 2));
    FakeRun run = killed("run", 10);
    assertEquals(Optional.of("after step 8 of 18"), Trainer.resumesAt(run.scratch()));
    Path last = run.scratch().resolve("checkpoint-1.safetensors");
    byte[] good = Files.readAllBytes(last);
    Random random = new Random(3);
    for (int i = 0; i < 60; i++) {
      byte[] bad = good.clone();
      if (i % 3 == 0) {
        bad = Arrays.copyOf(good, random.nextInt(good.length));
      } else {
        // The header, with its length and numbers, as often as the numbers after it.
        int at = random.nextInt(i % 3 == 1 ? 700 : good.length);
        bad[at] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(last, bad);
      var notes = new ArrayList<String>();
      try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
        var state =
            new Checkpoints(run.scratch())
                .restore(model.replicas(), ADAMW, new Curve(), notes::add);
        assertEquals(4, state.step(), "damage " + i);
      }
      assertEquals(1, notes.size(), notes.toString());
      assertTrue(notes.getFirst().contains("checkpoint-1.safetensors"), notes.getFirst());
      assertEquals(Optional.of("after step 4 of 18"), Trainer.resumesAt(run.scratch()));
    }
    assertArrayEquals(whole, weights(run));
    assertTrue(run.notes().stream().anyMatch(n -> n.startsWith("goes on after step 4 of 18")));
  }

  @Test
  void aRunThatGoesOnInOtherNumbersSaysSo() throws Exception {
    FakeRun run = killed("run", 6);
    for (Precision precision : Precision.values()) {
      var notes = new ArrayList<String>();
      try (var model = TrainableModel.random(SHAPE, 1, 2, precision)) {
        var state =
            new Checkpoints(run.scratch())
                .madeBy(model.replicas().sums())
                .restore(model.replicas(), ADAMW, new Curve(), notes::add);
        assertEquals(4, state.step());
      }
      List<String> expected =
          precision == Precision.F32
              ? List.of()
              : List.of(
                  "the steps so far were made on cpu in f32, and those from here on are on cpu in"
                      + " bf16: the bits are not those of one run");
      assertEquals(expected, notes);
    }
  }

  @Test
  void withoutAWholeCheckpointTrainingBeginsAgainAndSaysNothingElse() throws Exception {
    float[] whole = weights(new FakeRun(folder.resolve("whole"), 2));
    FakeRun run = killed("run", 6);
    Files.writeString(run.scratch().resolve("checkpoint-0.safetensors"), "broken");
    assertEquals(Optional.empty(), Trainer.resumesAt(run.scratch()));
    assertArrayEquals(whole, weights(run));
    assertEquals(1, run.notes().size(), run.notes().toString());
    assertTrue(
        run.notes().getFirst().endsWith("; none is whole, and training begins again"),
        run.notes().getFirst());
  }

  @Test
  void anInterruptSavesTheStepAtWorkAndGoesOnToTheSameBits() throws Exception {
    float[] whole = weights(new FakeRun(folder.resolve("whole"), 2));
    var run = new FakeRun(folder.resolve("run"), 2);
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      Batches batches = new Windows(tokens, 16, 8, 2, 1);
      Batches interrupting =
          step -> {
            if (step == 7) {
              Thread.currentThread().interrupt();
            }
            return batches.step(step);
          };
      var trainer = new Trainer(model, interrupting, List.of(), settings(18, 1e-2, 60), run);
      assertThrows(InterruptedException.class, trainer::train);
    }
    assertFalse(Thread.interrupted(), "the interrupt is dealt with");
    assertEquals(Optional.of("after step 7 of 18"), Trainer.resumesAt(run.scratch()));
    assertArrayEquals(whole, weights(run));
  }

  @Test
  void checkpointsComeByTimeToo() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 2).killedAfter(3);
    var minutes = new AtomicLong();
    try (var model = TrainableModel.random(SHAPE, 1, 2, Precision.F32)) {
      Batches batches = new Windows(tokens, 16, 8, 2, 1);
      // The clock is asked once before all and three times a step: a step takes three minutes.
      var trainer =
          new Trainer(
              model,
              batches,
              List.of(),
              settings(18, 1e-2, 3.5),
              run,
              () -> minutes.getAndIncrement() * 60_000_000_000L);
      assertThrows(FakeRun.Killed.class, trainer::train);
    }
    // After 6 minutes; the kill came before the third step was saved.
    assertEquals(Optional.of("after step 2 of 18"), Trainer.resumesAt(run.scratch()));
  }

  @Test
  void writtenWeightsReadBackToTheSameLogits() throws Exception {
    Path weights = Files.createDirectories(folder.resolve("w"));
    Batch batch = new Windows(tokens, 16, 2, 1, 1).step(1).getFirst();
    float[] before;
    try (var model = TrainableModel.random(SHAPE, 3, 1, Precision.F32)) {
      before = model.logits(batch);
      model.write(weights, new Specials(0, List.of(0)));
    }
    try (var model = TrainableModel.read(weights, 1, Precision.F32)) {
      assertArrayEquals(before, model.logits(batch));
    }
  }

  @Test
  void bf16StaysNearF32() throws Exception {
    Batch batch = new Windows(tokens, 16, 8, 1, 1).step(1).getFirst();
    try (var exact = TrainableModel.random(SHAPE, 3, 2, Precision.F32);
        var rounded = TrainableModel.random(SHAPE, 3, 2, Precision.BF16)) {
      float[] scores = exact.logits(batch);
      float[] near = rounded.logits(batch);
      double square = 0;
      double difference = 0;
      for (int i = 0; i < scores.length; i++) {
        square += scores[i] * scores[i];
        difference += (scores[i] - near[i]) * (scores[i] - near[i]);
      }
      // Each rounding is within 2⁻⁹ of its number, and there are a few in a row: a wrong product
      // would differ by the whole of it, and none at all would mean that nothing was rounded.
      double relative = Math.sqrt(difference / square);
      assertTrue(relative > 1e-4 && relative < 2e-2, "scores differ by " + relative);
      assertEquals(
          exact.loss(batch) / batch.counted(), rounded.loss(batch) / batch.counted(), 2e-3);
    }
  }

  @Test
  void aShuffleIsAPermutation() {
    for (long n : new long[] {1, 2, 3, 10, 255, 256, 257, 1000}) {
      var seen = new HashSet<Long>();
      Shuffle shuffle = new Shuffle(n, 42);
      for (long i = 0; i < n; i++) {
        long at = shuffle.at(i);
        assertTrue(at >= 0 && at < n);
        seen.add(at);
      }
      assertEquals(n, seen.size());
    }
  }

  @Test
  void everyWindowIsSeenOnceAnEpochAndInAnotherOrderInTheNext() throws Exception {
    Path counting = Files.createDirectories(folder.resolve("counting"));
    var header = new TokenShards.Header(5000, 0);
    TokenShards.writeHeader(counting, header);
    try (var writer = new TokenShards.Writer(counting, Split.TRAIN, header)) {
      writer.write(IntStream.range(0, 1600).toArray(), 1);
    }
    try (var numbers = TokenShards.open(counting, Split.TRAIN)) {
      Windows windows = new Windows(numbers, 16, 4, 1, 9);
      var epochs = new ArrayList<List<Integer>>();
      for (int epoch = 0; epoch < 2; epoch++) {
        var starts = new ArrayList<Integer>();
        for (int s = 1; s <= 25; s++) {
          Batch batch = windows.step(epoch * 25L + s).getFirst();
          for (int i = 0; i < 64; i++) {
            assertEquals(
                i % 16 == 15 && batch.ids()[i] == 1599 ? 0 : batch.ids()[i] + 1,
                batch.targets()[i]);
          }
          for (int i = 0; i < 4; i++) {
            starts.add(batch.ids()[i * 16]);
          }
        }
        epochs.add(starts);
        assertEquals(
            IntStream.range(0, 100).mapToObj(i -> i * 16).toList(),
            starts.stream().sorted().toList());
      }
      assertNotEquals(epochs.get(0), epochs.get(1));
    }
  }

  @Test
  void theScheduleRisesAndFalls() {
    Schedule schedule = new Schedule(1.0, 0.1, 10, 110);
    assertEquals(0.1, schedule.at(1), 1e-12);
    assertEquals(1.0, schedule.at(10), 1e-12);
    assertEquals(0.55, schedule.at(60), 1e-12);
    assertEquals(0.1, schedule.at(110), 1e-12);
  }
}
