package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Ref;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Adafactor;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Draw;
import dev.imago.torch.Muon;
import dev.imago.torch.Objective;
import dev.imago.torch.Optimizer;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.torch.Preference;
import dev.imago.torch.Sgd;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Twenty steps from one start, against PyTorch and transformers (`conformance/training.py`
/// recorded them): every optimizer, what is added to the loss, groups, dropout in the places that
/// each architecture has it, and the schedules.
final class TrainingStepsTest {
  private static final int VOCABULARY = 64;
  private static final int SEQUENCES = 4;
  private static final int LENGTH = 12;
  private static final int SOURCE = 8;

  /// Of the masks of dropout.
  private static final long SEED = 7;

  private static final double RATE = 2e-3;
  private static final AdamW ADAMW = new AdamW(0.9, 0.95, 1e-8, 0.1, 1);
  private static final Objective PLAIN = Objective.LIKELIHOOD;

  @TempDir Path folder;

  /// How a recorded run is done here.
  ///
  /// @param taught how it learns from the recorded teacher, where it does
  /// @param tolerance of losses and weights: Muon's iterations are in BF16
  private record How(
      Optimizer optimizer,
      double rate,
      Objective objective,
      ParameterGroups groups,
      Optional<Distillation> taught,
      double tolerance) {
    static How of(Optimizer optimizer) {
      return new How(optimizer, RATE, PLAIN, ParameterGroups.NONE, Optional.empty(), 2e-4);
    }

    How rate(double other) {
      return new How(optimizer, other, objective, groups, taught, tolerance);
    }

    How objective(Objective other) {
      return new How(optimizer, rate, other, groups, taught, tolerance);
    }

    How groups(ParameterGroups other) {
      return new How(optimizer, rate, objective, other, taught, tolerance);
    }

    How tolerance(double other) {
      return new How(optimizer, rate, objective, groups, taught, other);
    }

    How taught(Distillation other) {
      return new How(optimizer, rate, objective, groups, Optional.of(other), tolerance);
    }
  }

  private static final Map<String, How> HOW = new LinkedHashMap<>();

  static {
    var rms = new Muon(0.95, 5, Muon.Scale.RMS, ADAMW);
    var spectral = new Muon(0.95, 5, Muon.Scale.SPECTRAL, ADAMW);
    HOW.put("adamw", How.of(ADAMW));
    HOW.put("bert", How.of(ADAMW));
    HOW.put("average", How.of(ADAMW));
    HOW.put("sgd", How.of(new Sgd(0, false, 0.1, 1)).rate(0.02));
    HOW.put("sgd-momentum", How.of(new Sgd(0.9, false, 0.1, 1)).rate(0.02));
    HOW.put("sgd-nesterov", How.of(new Sgd(0.9, true, 0.1, 1)).rate(0.02));
    HOW.put("muon-rms", How.of(rms).tolerance(2e-3));
    HOW.put("muon-spectral", How.of(spectral).tolerance(2e-3));
    HOW.put("muon-bert", How.of(rms).tolerance(2e-3));
    HOW.put("adafactor", How.of(new Adafactor(0, -0.8, 1, false, 0.1, 1)));
    HOW.put("adafactor-scaled", How.of(new Adafactor(0.9, -0.8, 1, true, 0.1, 1)));
    HOW.put("smoothing", How.of(ADAMW).objective(new Objective.Likelihood(0.1, 0)));
    HOW.put("z-loss", How.of(ADAMW).objective(new Objective.Likelihood(0, 1e-3)));
    HOW.put(
        "layer-decay",
        How.of(ADAMW).groups(new ParameterGroups(0.5, List.of(), Map.of(), List.of())));
    for (String name : List.of("llama", "phi3", "gpt2", "bert", "t5", "lstm", "lstm-locked")) {
      HOW.put("dropout-" + name, How.of(ADAMW));
    }
    HOW.put("preference", How.of(ADAMW).objective(new Preference(0.02)));
    HOW.put("distillation", How.of(ADAMW).taught(new Distillation(0.7, 2, 0, Map.of())));
    HOW.put(
        "distillation-hidden",
        How.of(ADAMW).taught(new Distillation(0.4, 1.5, 0.5, Map.of("1", 2))));
    HOW.put(
        "frozen",
        How.of(ADAMW)
            .groups(
                new ParameterGroups(
                    1, List.of("*embed_tokens*", "model.layers.0.*"), Map.of(), List.of())));
  }

  private static JsonNode file() throws Exception {
    try (InputStream in = TrainingStepsTest.class.getResourceAsStream("steps.json")) {
      return JsonMapper.shared().readTree(Objects.requireNonNull(in).readAllBytes());
    }
  }

  static Stream<String> names() throws Exception {
    var names = new ArrayList<String>();
    file().path("runs").forEach(run -> names.add(run.path("name").asString()));
    assertEquals(List.copyOf(HOW.keySet()), names);
    return names.stream();
  }

  private static Batch batch() {
    int n = SEQUENCES * LENGTH;
    int[] ids = new int[n];
    int[] targets = new int[n];
    for (int i = 0; i < n; i++) {
      ids[i] = (int) (FormulaNumbers.whole("ids", n)[i] % VOCABULARY);
      targets[i] = (int) (FormulaNumbers.whole("targets", n)[i] % VOCABULARY);
      targets[i] = FormulaNumbers.whole("ignored", n)[i] % 5 == 0 ? Batch.IGNORED : targets[i];
    }
    return Batch.of(SEQUENCES, LENGTH, ids, targets);
  }

  private static Batch ofSources() {
    int[] ids = new int[SEQUENCES * SOURCE];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) (FormulaNumbers.whole("sources", ids.length)[i] % VOCABULARY);
    }
    Batch b = batch();
    var source = new Batch.Source(SOURCE, ids, new int[0]);
    return Batch.of(SEQUENCES, LENGTH, b.ids(), b.targets()).withSource(source);
  }

  private TrainableModel model(String config, ParameterGroups groups, int threads)
      throws Exception {
    return TrainableModel.read(
        folder("start", "", config),
        UnaryOperator.identity(),
        new Tuning.All(),
        groups,
        0,
        Parallelism.ofThreads(threads),
        Precision.F32);
  }

  /// @param prefix of the names that the numbers are a function of
  private Path folder(String name, String prefix, String config) throws Exception {
    ModelShape shape = Architectures.read(config);
    var tensors = new LinkedHashMap<String, HostTensor>();
    shape
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (own, lengths) ->
                tensors.put(
                    own, HostTensor.of(FormulaNumbers.tensor(prefix + own, lengths), lengths)));
    Path from = Files.createDirectories(folder.resolve(name));
    Safetensors.write(from.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(from.resolve("config.json"), config);
    return from;
  }

  /// The teacher of a run; nothing where there is none.
  private @Nullable TeacherModel teacher(How how, ModelShape student) throws Exception {
    if (how.taught.isEmpty()) {
      return null;
    }
    Path from = folder("teacher", "teacher.", file().path("teacher").toString());
    return TeacherModel.open(
        new Weights(new Ref("weights", "0".repeat(64)), from),
        "test",
        student,
        LENGTH,
        how.taught.get(),
        Parallelism.ofThreads(2),
        Precision.F32);
  }

  @ParameterizedTest
  @MethodSource("names")
  void twentyStepsAreThoseOfPyTorch(String name) throws Exception {
    How how = Objects.requireNonNull(HOW.get(name));
    JsonNode run = null;
    for (JsonNode one : file().path("runs")) {
      run = one.path("name").asString().equals(name) ? one : run;
    }
    Batch batch = name.endsWith("t5") ? ofSources() : batch();
    Path written = Files.createDirectories(folder.resolve("written"));
    try (var model = model(Objects.requireNonNull(run).path("config").toString(), how.groups, 2);
        var teacher = teacher(how, model.config())) {
      Objective objective =
          teacher == null ? how.objective : teacher.objective(new Objective.Likelihood(0, 0));
      if (name.equals("average")) {
        model.replicas().keepAverage(0.9);
      }
      if (how.objective instanceof Preference) {
        float[] rows = model.losses(batch);
        double[] before = new double[SEQUENCES];
        for (int s = 0; s < SEQUENCES; s++) {
          before[s] = Preference.likelihood(rows, batch, s);
        }
        batch = batch.comparedWith(before);
      }
      double count = objective.count(batch);
      JsonNode losses = run.path("losses");
      assertEquals(20, losses.size());
      for (int step = 1; step <= losses.size(); step++) {
        model.replicas().clear();
        double loss =
            model.accumulate(objective, batch.drawing(new Draw(SEED, step, 0)), 1.0 / count)
                / count;
        double expected = losses.get(step - 1).asDouble();
        assertEquals(expected, loss, how.tolerance * expected, "loss of step " + step);
        double norm = model.replicas().update(step, how.rate, how.optimizer);
        double theirs = run.path("norms").get(step - 1).asDouble();
        assertEquals(theirs, norm, 10 * how.tolerance * theirs, "norm of step " + step);
      }
      assertTrue(losses.get(0).asDouble() > losses.get(19).asDouble());
      model.replicas().swapAverage();
      model.write(written, new Specials(0, List.of(0)));
    }
    try (Safetensors stored = Safetensors.open(written.resolve("model.safetensors"))) {
      for (Map.Entry<String, JsonNode> weight : run.path("weights").properties()) {
        if (weight.getKey().endsWith(".key.bias")) {
          continue; // Its gradient is 0 but for rounding, which AdamW makes as large as any other.
        }
        float[] ours = stored.tensor(weight.getKey()).toFloats();
        for (int i = 0; i < 3; i++) {
          assertEquals(
              weight.getValue().get(i).asDouble(),
              ours[ours.length - 3 + i],
              how.tolerance,
              weight.getKey());
        }
      }
    }
  }

  @Test
  void schedulesAreThoseOfTransformers() throws Exception {
    Map<String, Schedule> schedules =
        Map.of(
            "cosine", new Schedule(1, 0.1, 10, 100),
            "linear", new Schedule(Schedule.Kind.LINEAR, 1, 0, 10, 0, 100),
            "constant", new Schedule(Schedule.Kind.CONSTANT, 1, 0, 10, 0, 100),
            "inverse_sqrt", new Schedule(Schedule.Kind.INVERSE_SQRT, 1, 0, 10, 0, 100),
            "inverse_sqrt_cold", new Schedule(Schedule.Kind.INVERSE_SQRT, 1, 0, 0, 0, 100),
            "wsd", new Schedule(Schedule.Kind.WSD, 1, 0, 10, 20, 100));
    JsonNode at = file().path("at");
    for (Map.Entry<String, Schedule> schedule : schedules.entrySet()) {
      JsonNode recorded = file().path("schedules").path(schedule.getKey());
      assertEquals(10, recorded.size());
      for (int i = 0; i < recorded.size(); i++) {
        assertEquals(
            recorded.get(i).asDouble(),
            schedule.getValue().at(at.get(i).asLong()),
            1e-8,
            schedule.getKey() + " at " + at.get(i));
      }
    }
  }

  /// Micro-batches with unlike numbers of targets: the step is that of all sequences at once.
  @Test
  void accumulatedMicroBatchesAreTheUndividedStep() throws Exception {
    String config = file().path("runs").get(0).path("config").toString();
    Batch whole = batch();
    int[] targets = whole.targets().clone();
    for (int i = 3; i < LENGTH; i++) {
      targets[i] = Batch.IGNORED; // the first sequence has three targets at most
    }
    Batch uneven = Batch.of(SEQUENCES, LENGTH, whole.ids(), targets);
    float[][] weights = new float[2][];
    for (int parts : new int[] {1, 4}) {
      try (var model = model(config, ParameterGroups.NONE, 1)) {
        for (int step = 1; step <= 5; step++) {
          model.replicas().clear();
          for (int part = 0; part < parts; part++) {
            int from = part * SEQUENCES / parts;
            model.accumulate(
                part(uneven, from, (part + 1) * SEQUENCES / parts), 1.0 / uneven.counted());
          }
          model.replicas().update(step, RATE, ADAMW);
        }
        weights[parts / 4] =
            model.replicas().values().toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT);
      }
    }
    for (int i = 0; i < weights[0].length; i++) {
      assertEquals(weights[0][i], weights[1][i], 2e-5, "weight " + i);
    }
  }

  private static Batch part(Batch batch, int from, int to) {
    return Batch.of(
        to - from,
        LENGTH,
        java.util.Arrays.copyOfRange(batch.ids(), from * LENGTH, to * LENGTH),
        java.util.Arrays.copyOfRange(batch.targets(), from * LENGTH, to * LENGTH));
  }
}
