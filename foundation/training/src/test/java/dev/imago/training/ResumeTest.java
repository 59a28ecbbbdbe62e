package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Ref;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.model.Dropout;
import dev.imago.model.Specials;
import dev.imago.torch.Batch;
import dev.imago.torch.Muon;
import dev.imago.torch.Objective;
import dev.imago.torch.Optimizer;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Twenty steps in one go, and with two kills in between: the same bits, whatever is trained how.
final class ResumeTest {
  private static final int STEPS = 20;
  private static final OptimizerKind.Settings USUAL = OptimizerKind.Settings.USUAL;

  @TempDir Path folder;
  private TokenShards tokens;

  @BeforeEach
  void writeTokens() {
    var header = new TokenShards.Header(64, 0);
    TokenShards.writeHeader(folder, header);
    var random = new Random(5);
    try (var writer = new TokenShards.Writer(folder, Split.TRAIN, header)) {
      for (int d = 0; d < 40; d++) {
        int[] ids = new int[10 + random.nextInt(30)];
        int start = random.nextInt(62);
        for (int i = 0; i < ids.length; i++) {
          ids[i] = 1 + (start + i * 5) % 62;
        }
        writer.write(ids, ids.length);
      }
    }
    tokens = TokenShards.open(folder, Split.TRAIN);
  }

  @AfterEach
  void close() {
    tokens.close();
  }

  /// One kind of training.
  private record Kind(
      String name,
      String architecture,
      Optimizer optimizer,
      Schedule.Kind schedule,
      Objective.Likelihood objective,
      double average,
      boolean stops,
      Function<TokenText, Batches> batches,
      float dropout) {
    static Kind of(String name, Optimizer optimizer) {
      return new Kind(
          name,
          "llama",
          optimizer,
          Schedule.Kind.COSINE,
          new Objective.Likelihood(0, 0),
          0,
          false,
          text -> new Windows(text, 16, 4, 2, false, 1),
          0);
    }

    Kind schedule(Schedule.Kind other) {
      return new Kind(
          name, architecture, optimizer, other, objective, average, stops, batches, dropout);
    }

    Kind with(Objective.Likelihood added, double averageDecay, boolean early) {
      return new Kind(
          name, architecture, optimizer, schedule, added, averageDecay, early, batches, dropout);
    }

    Kind batches(String other, Function<TokenText, Batches> own) {
      return new Kind(name, other, optimizer, schedule, objective, average, stops, own, dropout);
    }

    Kind dropping(float rate) {
      return new Kind(
          name, architecture, optimizer, schedule, objective, average, stops, batches, rate);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    var spectral =
        new OptimizerKind.Settings(0.9, 0.95, 1e-8, 0.9, false, Muon.Scale.SPECTRAL, false);
    Optimizer adamW = OptimizerKind.ADAMW.with(USUAL, 0.1, 1);
    var spared = new BitSet();
    spared.set(0);
    return Stream.of(
        Kind.of("muon", OptimizerKind.MUON.with(spectral, 0.1, 1)).schedule(Schedule.Kind.WSD),
        Kind.of("adafactor", OptimizerKind.ADAFACTOR.with(USUAL, 0.1, 1))
            .schedule(Schedule.Kind.INVERSE_SQRT),
        Kind.of("sgd", OptimizerKind.SGD.with(USUAL, 0, 0)).schedule(Schedule.Kind.LINEAR),
        Kind.of("average, smoothing, z-loss, best of a development part", adamW)
            .with(new Objective.Likelihood(0.1, 1e-3), 0.9, true),
        Kind.of("packed lstm", adamW)
            .schedule(Schedule.Kind.CONSTANT)
            .batches("lstm", text -> new Packed(text, 16, 4, 1, 0, false, 1)),
        Kind.of("padded gpt2", adamW).batches("gpt2", text -> new Padded(text, 16, 4, 1, 0, 1)),
        Kind.of("denoising t5", adamW)
            .batches(
                "t5",
                text ->
                    new SpanCorruption(
                        new Padded(text, 16, 4, 2, 0, 1),
                        new Denoising(0.3, 2),
                        new SpanCorruption.Vocabulary(List.of(63, 62, 61, 60, 59), 0, 0),
                        1))
            .dropping(0.1f),
        Kind.of("lstm with carried state", adamW)
            .batches("lstm", text -> new Streams(text, 8, 4, 2))
            .dropping(0.2f),
        Kind.of("gpt2 with dropout", adamW)
            .batches("gpt2", text -> new Windows(text, 16, 4, 2, false, 1))
            .dropping(0.2f),
        Kind.of("masked bert", adamW)
            .batches(
                "bert",
                text ->
                    new MaskedTokens(
                        new Windows(text, 16, 4, 1, true, 1),
                        new Masking(0.3, Masking.Unit.SPAN, 2),
                        (_, id) -> id % 2 == 0,
                        new MaskedTokens.Vocabulary(63, 63, spared),
                        1)));
  }

  private float[] train(Kind kind, FakeRun run) throws InterruptedException {
    return train(kind, kind.objective, run);
  }

  private float[] train(Kind kind, Objective objective, FakeRun run) throws InterruptedException {
    try (var model =
        TrainableModel.random(
            Architectures.ofDepth(kind.architecture, 1, 64, 16)
                .withDropout(Dropout.of(kind.dropout)),
            1,
            2,
            Precision.F32)) {
      if (model.config().stateWidth() > 0) {
        model.carrying(8);
      }
      trainer(kind, objective, model, run).train();
      return model.replicas().values().toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  private Trainer trainer(Kind kind, Objective objective, TrainableModel model, FakeRun run) {
    long decay = kind.schedule == Schedule.Kind.WSD ? 5 : 0;
    DevelopmentPart part = DevelopmentPart.of(tokens, 0.2, 1);
    Trainer trainer =
        new Trainer(
            model,
            kind.batches.apply(part.training()),
            List.of(),
            new Trainer.Settings(
                new Schedule(kind.schedule, 1e-2, 0.1, 3, decay, STEPS),
                kind.optimizer,
                objective,
                kind.average,
                4,
                60,
                3,
                "test"),
            run);
    if (kind.stops) {
      List<Batch> measured = kind.batches.apply(part.development()).step(1);
      trainer.development(new Development(measured, 0, 0, 2));
    }
    return trainer;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aKilledRunEndsInTheSameBits(Kind kind) throws Exception {
    float[] whole = train(kind, new FakeRun(folder.resolve("whole"), 2));
    Path resumed = folder.resolve("resumed");
    for (long kill : new long[] {7, 14}) {
      var run = new FakeRun(resumed, 2).killedAfter(kill);
      assertThrows(FakeRun.Killed.class, () -> train(kind, run));
    }
    var last = new FakeRun(resumed, 2);
    assertArrayEquals(whole, train(kind, last));
    assertTrue(last.notes().contains("goes on after step 12 of 20"), last.notes().toString());
    for (float value : whole) {
      assertTrue(Float.isFinite(value));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DORA", "PISSA"})
  void aKilledAdapterEndsInTheSameBits(AdapterSettings.Kind adapter) throws Exception {
    Path from = Files.createDirectories(folder.resolve("base"));
    try (var base =
        TrainableModel.random(Architectures.ofDepth("llama", 1, 64, 16), 2, 1, Precision.F32)) {
      base.write(from, new Specials(0, List.of(0)));
    }
    Kind kind = Kind.of("adapter", OptimizerKind.ADAMW.with(USUAL, 0.1, 1));
    float[] whole = adapted(from, kind, adapter, new FakeRun(folder.resolve("whole"), 2));
    var killed = new FakeRun(folder.resolve("resumed"), 2).killedAfter(11);
    assertThrows(FakeRun.Killed.class, () -> adapted(from, kind, adapter, killed));
    var resumed = new FakeRun(folder.resolve("resumed"), 2);
    assertArrayEquals(whole, adapted(from, kind, adapter, resumed));
    assertTrue(resumed.notes().contains("goes on after step 8 of 20"));
  }

  /// The scores after training, which frozen weights are a part of, too.
  private float[] adapted(Path from, Kind kind, AdapterSettings.Kind adapter, FakeRun run)
      throws InterruptedException {
    var tuning = new Tuning.Adapted(AdapterSettings.of(adapter, 4, 8));
    try (var model = TrainableModel.read(from, s -> s, tuning, 3, 2, Precision.F32)) {
      trainer(kind, kind.objective, model, run).train();
      return model.logits(Batch.of(1, 16, new int[16], new int[16]));
    }
  }

  @Test
  void aKilledStudentEndsInTheSameBits() throws Exception {
    Path from = Files.createDirectories(folder.resolve("teacher"));
    var shape = Architectures.ofDepth("llama", 1, 64, 16);
    try (var teacher = TrainableModel.random(shape, 2, 1, Precision.F32)) {
      teacher.write(from, new Specials(0, List.of(0)));
    }
    Kind kind = Kind.of("student", OptimizerKind.ADAMW.with(USUAL, 0.1, 1));
    try (var teacher =
        TeacherModel.open(
            new Weights(new Ref("weights", "0".repeat(64)), from),
            "test",
            shape,
            16,
            new Distillation(0.5, 2, 1, Map.of()),
            Parallelism.ofThreads(2),
            Precision.F32)) {
      Objective objective = teacher.objective(new Objective.Likelihood(0, 0));
      var whole = new FakeRun(folder.resolve("whole"), 2);
      float[] expected = train(kind, objective, whole);
      var killed = new FakeRun(folder.resolve("resumed"), 2).killedAfter(11);
      assertThrows(FakeRun.Killed.class, () -> train(kind, objective, killed));
      var resumed = new FakeRun(folder.resolve("resumed"), 2);
      assertArrayEquals(expected, train(kind, objective, resumed));
      assertTrue(resumed.notes().contains("goes on after step 8 of 20"));
      for (var point : whole.metrics()) {
        double sum =
            0.5 * point.get("targetLoss").doubleValue()
                + 0.5 * point.get("distillationLoss").doubleValue()
                + point.get("hiddenLoss").doubleValue();
        assertEquals(point.get("loss").doubleValue(), sum, 1e-5);
      }
    }
  }

  @Test
  void trainingEndsWhenTheDevelopmentPartBecomesNoBetterWithTheBestWeights() throws Exception {
    Kind kind = Kind.of("stopping", OptimizerKind.ADAMW.with(USUAL, 0.1, 1));
    var run = new FakeRun(folder.resolve("run"), 2);
    try (var model =
        TrainableModel.random(Architectures.ofDepth("llama", 1, 64, 16), 1, 2, Precision.F32)) {
      Trainer trainer = trainer(kind, kind.objective, model, run);
      // Measured on tokens that never follow each other so: the more is learnt, the worse it is.
      int[] ids = new Random(2).ints(64, 1, 62).toArray();
      int[] others = new Random(8).ints(64, 1, 62).toArray();
      Batch random = Batch.of(4, 16, ids, others);
      trainer.development(new Development(List.of(random), 2, 0, 1));
      trainer.train();
      var losses =
          run.metrics().stream()
              .filter(m -> m.containsKey("developmentLoss"))
              .map(m -> m.get("developmentLoss").doubleValue())
              .toList();
      assertTrue(losses.size() < 7, losses + " are measurements to the last step");
      double best = losses.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
      assertEquals(best, losses.get(losses.size() - 3), 0, losses.toString());
      assertEquals(best, model.loss(random) / random.counted(), 1e-6);
      assertTrue(run.notes().stream().anyMatch(n -> n.contains("has become no better")));
      assertFalse(run.notes().stream().anyMatch(n -> n.contains("mean of those")));
    }
  }
}
