package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.model.AdapterFile;
import dev.imago.model.Architectures;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.torch.Sgd;
import dev.imago.torch.Slot;
import dev.imago.training.AdapterSettings.Biases;
import dev.imago.training.AdapterSettings.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What adapters of every kind change, and what they leave.
final class AdapterTest {
  private static final AdamW ADAMW = new AdamW(0.9, 0.95, 1e-8, 0, 1);

  @TempDir Path folder;
  private Path base;
  private Batch batch;

  @BeforeEach
  void writeBase() throws Exception {
    base = written("llama");
    int[] ids = new Random(2).ints(4 * 8, 1, 32).toArray();
    int[] targets = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      targets[i] = 1 + (ids[i] + 7) % 31;
    }
    batch = Batch.of(4, 8, ids, targets);
  }

  private Path written(String architecture) throws Exception {
    Path to = Files.createDirectories(folder.resolve(architecture));
    try (var model =
        TrainableModel.random(Architectures.ofDepth(architecture, 2, 32, 8), 5, 1, Precision.F32)) {
      MemorySegment values = model.replicas().values();
      var random = new Random(1); // else biases are 0 and norms 1, of which factors tell little
      for (long i = 0; i < values.byteSize() / 4; i++) {
        float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        values.setAtIndex(
            ValueLayout.JAVA_FLOAT, i, (float) (2 * value + 0.05 * random.nextGaussian()));
      }
      model.write(to, new Specials(0, List.of(0)));
    }
    return to;
  }

  private static AdapterSettings settings(Kind kind) {
    AdapterSettings usual = AdapterSettings.of(kind, kind.lowRank() ? 3 : 0, 16);
    return new AdapterSettings(
        kind,
        usual.rank(),
        kind.lowRank() ? 6 : 16,
        false,
        0,
        List.of(),
        AdapterParts.NONE,
        List.of(),
        Biases.NONE,
        AdapterSettings.BasePrecision.F32,
        1,
        1,
        kind.virtual() ? 3 : 0,
        !kind.virtual());
  }

  private static TrainableModel open(Path from, AdapterSettings settings) throws Exception {
    return TrainableModel.read(
        from,
        s -> s,
        new Tuning.Adapted(settings),
        ParameterGroups.NONE,
        3,
        Parallelism.ofThreads(2),
        Precision.F32);
  }

  private static void train(TrainableModel model, Batch of, int steps) throws Exception {
    for (int step = 1; step <= steps; step++) {
      model.replicas().clear();
      model.accumulate(of, 1.0 / of.counted());
      model.replicas().update(step, 1e-2, ADAMW);
    }
  }

  /// Of DoRA the lengths alone: the length of the sum has no gradient by design, and PEFT's numbers
  /// hold the rest.
  @ParameterizedTest
  @CsvSource({
    "LORA, llama",
    "PISSA, llama",
    "DORA, llama",
    "IA3, llama",
    "LORA, gpt2",
    "IA3, gpt2",
    "BITFIT, gpt2",
    "PROMPT, llama",
    "PREFIX, llama"
  })
  void gradientsAreThoseOfFiniteDifferences(Kind kind, String architecture) throws Exception {
    Path from = architecture.equals("llama") ? base : written(architecture);
    try (var model = open(from, settings(kind))) {
      MemorySegment values = model.replicas().values();
      var random = new Random(4); // so that no factor is 0
      for (long i = 0; i < values.byteSize() / 4; i++) {
        float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (value + 0.1 * random.nextGaussian()));
      }
      float[] before = values.toArray(ValueLayout.JAVA_FLOAT);
      model.replicas().clear();
      model.accumulate(batch, 1.0);
      model.replicas().update(1, 1, new Sgd(0, false, 0, 0));
      float[] after = values.toArray(ValueLayout.JAVA_FLOAT);
      MemorySegment.copy(before, 0, values, ValueLayout.JAVA_FLOAT, 0, before.length);
      double largest = 0;
      for (int i = 0; i < before.length; i++) {
        largest = Math.max(largest, Math.abs(before[i] - after[i]));
      }
      int compared = 0;
      for (Slot slot : model.replicas().layout().slots()) {
        String name = slot.names().getFirst();
        if (!slot.group().trains() || kind == Kind.DORA && !name.contains("magnitude")) {
          continue;
        }
        MemorySegment own = model.replicas().value(slot, 0);
        int at = (int) ((own.address() - values.address()) / 4);
        long numbers = own.byteSize() / 4;
        LongStream places =
            kind.virtual()
                ? LongStream.range(0, 12).map(i -> i * numbers / 12)
                : LongStream.of(0, numbers / 2, numbers - 1);
        for (long i : places.toArray()) {
          float value = own.getAtIndex(ValueLayout.JAVA_FLOAT, i);
          double[] sides = new double[2];
          for (int side = 0; side < 2; side++) {
            own.setAtIndex(ValueLayout.JAVA_FLOAT, i, value + (2 * side - 1) * 4e-3f);
            sides[side] = model.value(Objective.LIKELIHOOD, batch);
          }
          own.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
          double expected = (sides[1] - sides[0]) / 8e-3;
          double gradient = before[at + (int) i] - after[at + (int) i];
          assertEquals(expected, gradient, 5e-3 * largest, name + " at " + i);
          compared++;
        }
      }
      assertTrue(compared >= 12, compared + " gradients");
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {"NONE", "PROMPT", "PREFIX", "BOTTLENECK"},
      mode = EnumSource.Mode.EXCLUDE)
  void nothingChangesBeforeItTrainsAndMergedItSaysTheSame(Kind kind) throws Exception {
    Path from = kind == Kind.BITFIT ? written("bert") : base;
    Path merged = Files.createDirectories(folder.resolve("merged"));
    float[] trained;
    try (var whole = TrainableModel.read(from, 1, Precision.F32);
        var model = open(from, settings(kind))) {
      assertArrayEquals(whole.logits(batch), model.logits(batch), 2e-5f);
      train(model, batch, 10);
      trained = model.logits(batch);
      model.write(merged, new Specials(0, List.of(0)));
      // A float for each weight, and two more for each that trains, on two threads.
      long trains = model.replicas().layout().size();
      long frozen = model.replicas().layout().frozenSize();
      assertTrue(trains < whole.config().parameterCount() / 4, trains + " train");
      assertEquals(
          4 * 2 * trains,
          model.replicas().state(ADAMW).values().stream().mapToLong(MemorySegment::byteSize).sum());
      assertEquals(4 * (5 * trains + frozen), model.nativeBytes());
    }
    try (var again = TrainableModel.read(merged, 1, Precision.F32)) {
      assertArrayEquals(trained, again.logits(batch), 5e-5f);
    }
  }

  @ParameterizedTest
  @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
  void frozenMatricesLieInBlocksAndTrainingGoesByWhatTheyStandFor(
      AdapterSettings.BasePrecision held) throws Exception {
    Path rounded = Files.createDirectories(folder.resolve("rounded"));
    try (var model = open(base, some(held)).recomputing()) {
      Slot slot =
          model.replicas().layout().slots().stream()
              .filter(s -> s.held() != null)
              .findFirst()
              .orElseThrow();
      float[] frozen = model.replicas().floats(slot, 0);
      model.write(rounded, new Specials(0, List.of(0)));
      train(model, batch, 10);
      assertArrayEquals(frozen, model.replicas().floats(slot, 0), 0);
      try (var floats = open(rounded, some(AdapterSettings.BasePrecision.F32));
          var exact = open(base, some(AdapterSettings.BasePrecision.F32))) {
        assertFalse(Arrays.equals(exact.logits(batch), floats.logits(batch)));
        train(floats, batch, 10);
        assertArrayEquals(floats.logits(batch), model.logits(batch), 1e-4f);
      }
      long numbers =
          model.replicas().layout().slots().stream()
              .filter(s -> s.held() != null)
              .mapToLong(
                  s -> (long) s.columns() * s.rows().stream().mapToInt(Integer::intValue).sum())
              .sum();
      long trains = model.replicas().layout().size();
      assertEquals(
          4 * (5 * trains + model.replicas().layout().frozenSize())
              + Math.round(numbers * held.bytes()),
          model.nativeBytes());
    }
  }

  private static AdapterSettings some(AdapterSettings.BasePrecision held) {
    return new AdapterSettings(
        Kind.LORA,
        3,
        6,
        false,
        0,
        List.of("q_proj", "down_proj"),
        AdapterParts.NONE,
        List.of(),
        Biases.NONE,
        held,
        1,
        1,
        0,
        true);
  }

  @Test
  void anAdapterGoesOnFromItsFileAsItWas() throws Exception {
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    float[] trained;
    try (var model = open(base, settings(Kind.PISSA))) {
      train(model, batch, 5);
      trained = model.logits(batch);
      model.writeConfig(adapter, new Specials(0, List.of(0)));
      model.writeAdapter(adapter, "../llama");
    }
    try (AdapterFile file = AdapterFile.open(adapter)) {
      AdapterSettings own =
          AdapterSettings.of(file.config(), file.changes(Architectures.ofDepth("llama", 2, 32, 8)));
      assertEquals(Kind.LORA, own.kind());
      assertEquals(6, own.rank());
      try (var model = open(base, own)) {
        model.goOn(file);
        assertArrayEquals(trained, model.logits(batch), 5e-5f);
      }
      try (var other = open(base, settings(Kind.LORA))) {
        var error = assertThrows(IllegalArgumentException.class, () -> other.goOn(file));
        assertTrue(error.getMessage().contains("numbers do not fill"), error.getMessage());
      }
    }
  }

  @Test
  void aNewHeadIsTheAdaptersOwn() throws Exception {
    Path bert = written("bert");
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    var classes = new Output.Classes(List.of("a", "b"));
    var of = Batch.of(4, 8, batch.ids(), new int[] {0, 1, 0, 1});
    float[] trained;
    try (var model =
        TrainableModel.read(
            bert,
            s -> s.withOutput(classes),
            new Tuning.Adapted(settings(Kind.LORA)),
            3,
            1,
            Precision.F32)) {
      train(model, of, 5);
      trained = model.logits(of);
      model.writeConfig(adapter, new Specials(0, List.of(0)));
      model.writeAdapter(adapter, "../bert");
    }
    try (AdapterFile file = AdapterFile.open(adapter)) {
      assertEquals(List.of("bert.pooler.dense", "classifier"), file.config().modules());
      assertEquals("SEQ_CLS", file.config().task());
      assertEquals(
          List.of("intermediate.dense", "output.dense", "self.key", "self.query", "self.value"),
          file.config().targets());
    }
    try (var merged = TrainableModel.read(adapter, 1, Precision.F32)) {
      assertArrayEquals(trained, merged.logits(of), 5e-5f);
    }
  }

  @Test
  void whatAModelDoesNotHaveIsRefusedByName() {
    var own = settings(Kind.LORA);
    var error =
        assertThrows(
            ConfigException.class, () -> open(base, with(own, List.of("query"), List.of())));
    assertTrue(
        error.getMessage().startsWith("tune.adapter.targets = «query» fits nothing here"),
        error.getMessage());
    assertTrue(error.getMessage().contains("model.layers.*.self_attn.q_proj"), error.getMessage());
    error =
        assertThrows(
            ConfigException.class,
            () -> open(base, with(own, List.of("q_proj"), List.of("model.layers.1.*"))));
    assertTrue(error.getMessage().contains("both name"), error.getMessage());
    var parts = new AdapterParts(Map.of("up_proj", 2), Map.of(), List.of());
    error =
        assertThrows(
            ConfigException.class,
            () -> open(base, with(own, List.of("q_proj"), parts, List.of())));
    assertTrue(
        error.getMessage().startsWith("tune.adapter.rankPattern = «up_proj» fits nothing here"),
        error.getMessage());
  }

  private static AdapterSettings with(
      AdapterSettings own, List<String> targets, List<String> trained) {
    return with(own, targets, AdapterParts.NONE, trained);
  }

  private static AdapterSettings with(
      AdapterSettings own, List<String> targets, AdapterParts parts, List<String> trained) {
    return new AdapterSettings(
        own.kind(),
        own.rank(),
        own.alpha(),
        false,
        0,
        targets,
        parts,
        trained,
        Biases.NONE,
        AdapterSettings.BasePrecision.F32,
        1,
        1,
        0,
        true);
  }
}
