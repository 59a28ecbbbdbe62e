package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.model.AdapterFile;
import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Twenty steps of adapters that PEFT wrote, against PEFT's (`conformance/adapters.py` recorded
/// them): losses, scores then, and the names, shapes and numbers of what is written.
final class AdapterStepsTest {
  private static final int VOCABULARY = 64;
  private static final int SEQUENCES = 4;
  private static final int LENGTH = 12;
  private static final double RATE = 1e-2;
  private static final AdamW ADAMW = new AdamW(0.9, 0.95, 1e-8, 0.1, 1);
  private static final String PREFIX = "base_model.model.";

  @TempDir Path folder;

  private static JsonNode runs() throws Exception {
    try (InputStream in = AdapterStepsTest.class.getResourceAsStream("adapters.json")) {
      return JsonMapper.shared().readTree(Objects.requireNonNull(in).readAllBytes()).path("runs");
    }
  }

  static Stream<String> names() throws Exception {
    var names = new ArrayList<String>();
    runs().forEach(run -> names.add(run.path("name").asString()));
    assertEquals(24, names.size());
    return names.stream();
  }

  private static Batch batch(Output output) {
    int n = SEQUENCES * LENGTH;
    int[] ids = new int[n];
    int[] targets = new int[n];
    int choices = output.names().isEmpty() ? VOCABULARY : output.names().size();
    for (int i = 0; i < n; i++) {
      ids[i] = (int) (FormulaNumbers.whole("ids", n)[i] % VOCABULARY);
      targets[i] = (int) (FormulaNumbers.whole("targets", n)[i] % VOCABULARY) % choices;
      targets[i] = FormulaNumbers.whole("ignored", n)[i] % 5 == 0 ? Batch.IGNORED : targets[i];
    }
    return Batch.of(
        SEQUENCES, LENGTH, ids, output.ofSequences() ? new int[] {0, 2, 1, 2} : targets);
  }

  private static long[] lengths(JsonNode shape) {
    long[] to = new long[shape.size()];
    for (int i = 0; i < to.length; i++) {
      to[i] = shape.get(i).asLong();
    }
    return to;
  }

  private Path base(JsonNode run) throws Exception {
    String config = run.path("config").toString();
    var tensors = new LinkedHashMap<String, HostTensor>();
    Architectures.read(config)
        .storedShapes(Form.HUGGING_FACE)
        .forEach((n, s) -> tensors.put(n, HostTensor.of(FormulaNumbers.tensor(n, s), s)));
    Path to = Files.createDirectories(folder.resolve("base"));
    Safetensors.write(to.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(to.resolve("config.json"), config);
    return to;
  }

  /// The adapter as PEFT has it at the first step.
  private Path adapter(JsonNode run) throws Exception {
    var tensors = new LinkedHashMap<String, HostTensor>();
    for (Map.Entry<String, JsonNode> entry : run.path("shapes").properties()) {
      String name =
          entry.getKey().substring(entry.getKey().startsWith(PREFIX) ? PREFIX.length() : 0);
      name = name.startsWith("base_model.") ? name.substring("base_model.".length()) : name;
      long[] shape = lengths(entry.getValue());
      float[] values = FormulaNumbers.tensor(name.replace(".base_layer.", "."), shape);
      if (name.contains("lora_magnitude")) {
        String weight = name.replace("lora_magnitude_vector", "weight");
        int rows = values.length;
        ModelShape whole = Architectures.read(run.path("config").toString());
        float[] w =
            FormulaNumbers.tensor(weight, whole.storedShapes(Form.HUGGING_FACE).get(weight));
        for (int r = 0; r < rows; r++) {
          double squares = 0;
          for (int c = 0; c < w.length / rows; c++) {
            squares += Math.pow(w[r * (w.length / rows) + c], 2);
          }
          values[r] = (float) (Math.sqrt(squares) * (1 + 0.2 * values[r]));
        }
      }
      for (int i = 0; i < values.length; i++) {
        values[i] =
            name.contains("ia3_l")
                ? 1 + values[i]
                : name.matches(".*lora_[AB].*") ? 0.4f * values[i] : values[i];
      }
      tensors.put(entry.getKey(), HostTensor.of(values, shape));
    }
    Path to = Files.createDirectories(folder.resolve("adapter"));
    Safetensors.write(to.resolve(AdapterFile.TENSORS), tensors, Safetensors.FORMAT_PT);
    Files.writeString(to.resolve("adapter_config.json"), run.path("adapter").toString());
    Files.writeString(to.resolve("config.json"), run.path("config").toString());
    return to;
  }

  private static AdapterSettings training(AdapterSettings own, double rateOfB) {
    return new AdapterSettings(
        own.kind(),
        own.rank(),
        own.alpha(),
        own.rsLora(),
        own.dropout(),
        own.targets(),
        own.parts(),
        own.trained(),
        own.bias(),
        AdapterSettings.BasePrecision.F32,
        1,
        rateOfB,
        own.virtualTokens(),
        !own.kind().virtual());
  }

  private static TrainableModel open(Path base, AdapterSettings settings) throws Exception {
    return open(base, settings, List.of());
  }

  private static TrainableModel open(Path base, AdapterSettings settings, List<Integer> tokens)
      throws Exception {
    return TrainableModel.read(
        base,
        s -> s,
        new Tuning.Adapted(settings, tokens),
        ParameterGroups.NONE,
        0,
        Parallelism.ofThreads(2),
        Precision.F32);
  }

  @ParameterizedTest
  @MethodSource("names")
  void twentyStepsAreThoseOfPeft(String name) throws Exception {
    JsonNode run = null;
    for (JsonNode one : runs()) {
      run = one.path("name").asString().equals(name) ? one : run;
    }
    Path base = base(Objects.requireNonNull(run));
    if (name.equals("pissa")) {
      var settings = training(AdapterSettings.of(AdapterSettings.Kind.PISSA, 4, 8), 1);
      try (var model = open(base, settings)) {
        compare(run, model, false);
      }
      return;
    }
    try (AdapterFile file = AdapterFile.open(adapter(run))) {
      ModelShape shape = Architectures.read(run.path("config").toString());
      AdapterSettings own = AdapterSettings.of(file.config(), file.changes(shape));
      AdapterSettings settings = training(own, name.equals("lora-plus") ? 4 : 1);
      List<Integer> tokens = file.config().tokens().values().stream().findFirst().orElse(List.of());
      try (var model = open(base, settings, tokens)) {
        model.goOn(file);
        compare(run, model, true);
      }
    }
  }

  private void compare(JsonNode run, TrainableModel model, boolean tensors) throws Exception {
    Batch batch = batch(model.config().output());
    double count = batch.counted();
    JsonNode losses = run.path("losses");
    assertEquals(20, losses.size());
    for (int step = 1; step <= losses.size(); step++) {
      model.replicas().clear();
      double loss = model.accumulate(Objective.LIKELIHOOD, batch, 1 / count) / count;
      assertEquals(losses.get(step - 1).asDouble(), loss, 1e-3, "loss of step " + step);
      double norm = model.replicas().update(step, RATE, ADAMW);
      double theirs = run.path("norms").get(step - 1).asDouble();
      assertEquals(theirs, norm, 5e-3 * theirs + 1e-4, "norm of step " + step);
    }
    assertScores(run, model.logits(batch), 2e-3);
    Path written = Files.createDirectories(folder.resolve("written"));
    model.writeConfig(written, new Specials(0, List.of(0)));
    model.writeAdapter(written, "../base");
    float[] trained = model.logits(batch);
    try (var merged = again(written, model)) {
      float[] scores = merged.logits(batch);
      for (int i = 0; i < scores.length; i++) {
        assertEquals(trained[i], scores[i], 1e-4, "score of what was written " + i);
      }
    }
    if (tensors) {
      compareTensors(run, written);
    }
  }

  /// What was written: merged, or before the texts, where weights alone are refused.
  private TrainableModel again(Path written, TrainableModel trained) throws Exception {
    try (AdapterFile file = AdapterFile.open(written)) {
      if (!file.config().method().virtual()) {
        return TrainableModel.read(written, 2, Precision.F32);
      }
      var refused =
          assertThrows(
              InputException.class, () -> TrainableModel.read(written, 2, Precision.F32).close());
      assertTrue(refused.getMessage().contains("virtual tokens"), refused.getMessage());
      ModelShape shape = trained.config();
      var model =
          open(
              folder.resolve("base"),
              training(AdapterSettings.of(file.config(), file.changes(shape)), 1));
      model.goOn(file);
      return model;
    }
  }

  private static void assertScores(JsonNode run, float[] scores, double tolerance) {
    JsonNode theirs = run.path("scores");
    for (int i = 0; i < theirs.size(); i++) {
      assertEquals(
          theirs.get(i).asDouble(), scores[scores.length - theirs.size() + i], tolerance, "score");
    }
  }

  private static void compareTensors(JsonNode run, Path written) throws Exception {
    try (AdapterFile file = AdapterFile.open(written)) {
      var shapes = new TreeMap<String, List<Long>>();
      file.tensors()
          .forEach((n, t) -> shapes.put(n, java.util.Arrays.stream(t.shape()).boxed().toList()));
      var theirs = new TreeMap<String, List<Long>>();
      for (Map.Entry<String, JsonNode> entry : run.path("shapes").properties()) {
        theirs.put(
            entry.getKey(), java.util.Arrays.stream(lengths(entry.getValue())).boxed().toList());
      }
      assertEquals(theirs, shapes);
      for (Map.Entry<String, JsonNode> entry : run.path("tensors").properties()) {
        if (entry.getKey().contains("key") && entry.getKey().contains("bias")
            || entry.getKey().endsWith("k_proj.base_layer.bias")
            || entry.getKey().endsWith("k_proj.bias")) {
          continue; // Its gradient is 0 but for rounding, which AdamW makes as large as any other.
        }
        float[] ours = file.tensors().get(entry.getKey()).toFloats();
        for (int i = 0; i < 2; i++) {
          assertEquals(
              entry.getValue().get(i).asDouble(), ours[ours.length - 2 + i], 3e-3, entry.getKey());
        }
      }
      assertTrue(
          file.config().targets().size() <= run.path("adapter").path("target_modules").size());
    }
  }
}
