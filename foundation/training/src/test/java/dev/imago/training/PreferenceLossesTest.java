package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.ComparedAnswers;
import dev.imago.torch.GroupPolicy;
import dev.imago.torch.Objective;
import dev.imago.torch.Precision;
import dev.imago.torch.Preference;
import dev.imago.torch.Preference.Kind;
import dev.imago.torch.RewardLoss;
import dev.imago.torch.SampledAnswers;
import dev.imago.torch.UnpairedPreference;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Losses, rewards and five steps of compared answers, against TRL's trainers
/// (`conformance/preferences.py` recorded them).
final class PreferenceLossesTest {
  private static final int VOCABULARY = 64;
  private static final int PAIRS = 4;
  private static final int LENGTH = 12;
  private static final AdamW ADAMW = new AdamW(0.9, 0.95, 1e-8, 0.1, 1);

  private static final Map<String, Objective> OBJECTIVES = new LinkedHashMap<>();

  static {
    OBJECTIVES.put("sigmoid", new Preference(0.1));
    OBJECTIVES.put("hinge", new Preference(Kind.HINGE, 0.05, 0, 0, 0));
    OBJECTIVES.put("ipo", new Preference(Kind.IPO, 0.4, 0, 0, 0));
    OBJECTIVES.put("sigmoid_norm", new Preference(Kind.SIGMOID_NORM, 2, 0, 0, 0));
    OBJECTIVES.put("rpo", new Preference(Kind.SIGMOID, 0.1, 0, 0, 0.5));
    OBJECTIVES.put("smoothed", new Preference(Kind.SIGMOID, 0.3, 0.2, 0, 0));
    OBJECTIVES.put("kto", new UnpairedPreference(0.2, 1.5, 0.5));
    OBJECTIVES.put("simpo", new Preference(Kind.SIMPO, 2, 0, 0.7, 0));
    OBJECTIVES.put("simpo-answers", new Preference(Kind.SIMPO, 2, 0, 0.7, 0.3));
    OBJECTIVES.put("orpo", new Preference(Kind.ORPO, 0.25, 0, 0, 1));
    OBJECTIVES.put("reward", new RewardLoss());
    OBJECTIVES.put("grpo", groups(GroupPolicy.Kind.GRPO, 0.04, 0.28, 0, true));
    OBJECTIVES.put("bnpo", groups(GroupPolicy.Kind.BNPO, 0.1, 0.28, 0, true));
    OBJECTIVES.put("dr_grpo", groups(GroupPolicy.Kind.DR_GRPO, 0, 0.28, 0, true));
    OBJECTIVES.put("dapo", groups(GroupPolicy.Kind.DAPO, 0.04, 0.5, 1.2, true));
    OBJECTIVES.put("grpo-fresh", groups(GroupPolicy.Kind.GRPO, 0.04, 0.28, 0, true));
    OBJECTIVES.put("dapo-k3", groups(GroupPolicy.Kind.DAPO, 0.2, 0.28, 0, false));
  }

  /// What TRL tells, and what we call it.
  private static final Map<String, String> TOLD =
      Map.of(
          "rewards_chosen",
          "chosenReward",
          "rewards_rejected",
          "rejectedReward",
          "kl",
          "batchDistance",
          "clip_ratio_low_mean",
          "clipRatioLow",
          "clip_ratio_high_mean",
          "clipRatioHigh");

  private static GroupPolicy groups(
      GroupPolicy.Kind kind, double beta, double high, double delta, boolean corrected) {
    return new GroupPolicy(kind, 2, beta, 0.2, high, delta, corrected, 9);
  }

  @TempDir Path folder;

  private static JsonNode file() throws Exception {
    try (InputStream in = PreferenceLossesTest.class.getResourceAsStream("preferences.json")) {
      return JsonMapper.shared().readTree(Objects.requireNonNull(in).readAllBytes());
    }
  }

  static Stream<String> names() throws Exception {
    var names = new ArrayList<String>();
    file().path("runs").forEach(run -> names.add(run.path("name").asString()));
    assertEquals(List.copyOf(OBJECTIVES.keySet()), names);
    return names.stream();
  }

  private static int given(int sequence) {
    return 3 + sequence / 2;
  }

  private static int answered(int sequence) {
    return 2 + sequence * 5 % 7;
  }

  /// Two answers to each of four prompts.
  private static Batch answers() {
    int n = 2 * PAIRS;
    long[] tokens = FormulaNumbers.whole("answers", n * (LENGTH + 1));
    int[] ids = new int[n * LENGTH];
    int[] targets = new int[ids.length];
    Arrays.fill(targets, Batch.IGNORED);
    for (int s = 0; s < n; s++) {
      for (int i = 0; i <= LENGTH; i++) {
        int from = i < given(s) ? s - s % 2 : s;
        int id = (int) (tokens[from * (LENGTH + 1) + i] % VOCABULARY);
        if (i < LENGTH) {
          ids[s * LENGTH + i] = id;
        }
        if (i >= given(s) && i < given(s) + answered(s)) {
          targets[s * LENGTH + i - 1] = id;
        }
      }
    }
    return Batch.of(n, LENGTH, ids, targets);
  }

  private TrainableModel model(String name, String prefix, Output output) throws Exception {
    ModelShape shape = Architectures.read(file().path("config").toString()).withOutput(output);
    var tensors = new LinkedHashMap<String, HostTensor>();
    shape
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (own, lengths) ->
                tensors.put(
                    own, HostTensor.of(FormulaNumbers.tensor(prefix + own, lengths), lengths)));
    Path from = Files.createDirectories(folder.resolve(name));
    Safetensors.write(from.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(from.resolve("config.json"), shape.configJson(new Specials(0, List.of(0))));
    return TrainableModel.read(from, 2, Precision.F32);
  }

  /// What is known of the answers: likelihoods of another model, and votes where there are some.
  private Batch compared(Batch answers, boolean judged) throws Exception {
    double[] before = new double[answers.sequences()];
    try (var reference = model("reference", "reference.", new Output.NextToken())) {
      float[] losses = reference.losses(answers);
      for (int s = 0; s < before.length; s++) {
        before[s] = Preference.likelihood(losses, answers, s);
      }
    }
    long chosen = 0;
    for (int s = 0; s < before.length; s += 2) {
      chosen += answered(s);
    }
    int[] votes = judged ? new int[] {1, 0, -1, 0, -1, 0, 1, 0} : new int[0];
    return answers.comparing(new ComparedAnswers(before, votes, PAIRS / (double) chosen));
  }

  /// What is known of answers that another model drew, two to a prompt.
  private Batch drawn(Batch answers, String name) throws Exception {
    float[][] likelihoods = new float[2][];
    for (int i = 0; i < 2; i++) {
      String prefix = i == 0 ? "drawn." : "reference.";
      try (var model = model(prefix, prefix, new Output.NextToken())) {
        likelihoods[i] = model.losses(answers);
      }
    }
    String scale = name.equals("bnpo") ? "batch" : name.equals("dr_grpo") ? "none" : "group";
    JsonNode recorded = file().path("groups");
    double[] rewards = numbers(recorded.path("rewards"));
    return answers.comparing(
        new ComparedAnswers(
            new SampledAnswers(
                rewards,
                numbers(recorded.path("advantages").path(scale)),
                new int[rewards.length],
                new boolean[rewards.length],
                name.equals("grpo-fresh") ? new float[0] : likelihoods[0],
                likelihoods[1])));
  }

  private static double[] numbers(JsonNode list) {
    return list.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }

  @ParameterizedTest
  @MethodSource("names")
  void lossesRewardsAndStepsAreThoseOfTrl(String name) throws Exception {
    Objective objective = Objects.requireNonNull(OBJECTIVES.get(name));
    JsonNode run = null;
    for (JsonNode one : file().path("runs")) {
      run = one.path("name").asString().equals(name) ? one : run;
    }
    boolean rewards = objective instanceof RewardLoss;
    Batch batch =
        rewards
            ? Batch.ofNumbers(2 * PAIRS, LENGTH, answers().ids(), new float[2 * PAIRS])
            : objective instanceof GroupPolicy
                ? drawn(answers(), name)
                : compared(answers(), objective instanceof UnpairedPreference);
    double count = objective.count(batch);
    if (!(objective instanceof GroupPolicy)) {
      assertEquals(PAIRS, count);
    }
    var output =
        rewards
            ? new Output.Classes(List.of("reward"), Output.Problem.NUMBER)
            : new Output.NextToken();
    try (var model = model("start", "", output)) {
      int step = 0;
      for (JsonNode recorded : Objects.requireNonNull(run).path("steps")) {
        step++;
        model.replicas().clear();
        double loss = model.accumulate(objective, batch, 1 / count) / count;
        Map<String, Double> told = model.told(objective);
        assertEquals(recorded.path("loss").asDouble(), loss, 1e-4, "loss of step " + step);
        for (Map.Entry<String, String> one : TOLD.entrySet()) {
          if (recorded.has(one.getKey())) {
            String own = objective instanceof GroupPolicy && one.getKey().equals("kl") ? "kl" : "";
            double theirs = recorded.path(one.getKey()).asDouble();
            assertEquals(
                theirs,
                Objects.requireNonNull(told.get(own.isEmpty() ? one.getValue() : own)),
                1e-4 * Math.max(1, theirs),
                one.getKey() + " of step " + step);
          }
        }
        double norm = model.replicas().update(step, 2e-3, ADAMW);
        double theirs = recorded.path("norm").asDouble();
        assertEquals(theirs, norm, 1e-3 * theirs + 1e-6, "norm of step " + step);
      }
      assertEquals(5, step);
    }
  }

  /// The gradient is that of the value, whatever is compared and how.
  @ParameterizedTest
  @MethodSource("names")
  void eachRowWeighsByHowMuchTheValueGrowsWithItsLoss(String name) {
    Objective objective = Objects.requireNonNull(OBJECTIVES.get(name));
    if (objective instanceof RewardLoss || objective instanceof GroupPolicy) {
      return; // of no rows' losses, or clipped: its norms above are those of its gradient
    }
    Batch answers = answers();
    int[] votes =
        objective instanceof UnpairedPreference ? new int[] {1, 0, -1, 0, -1, 0, 1, 0} : new int[0];
    double[] before = {-9, -8, -30, -31, -12, -14, -20, -19};
    Batch batch = answers.comparing(new ComparedAnswers(before, votes, 0.1));
    float[] losses = new float[8 * LENGTH];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = batch.targets()[i] == Batch.IGNORED ? 0 : 2 + i % 5 * 0.3f;
    }
    float[] weights = new float[losses.length];
    objective.value(losses, batch, weights);
    float by = 0.01f;
    for (int i = 0; i < losses.length; i++) {
      if (batch.targets()[i] == Batch.IGNORED || !votedOn(votes, i / LENGTH)) {
        continue; // KL has no gradient.
      }
      float was = losses[i];
      losses[i] = was + by;
      double more = objective.value(losses, batch, new float[losses.length]);
      losses[i] = was - by;
      double less = objective.value(losses, batch, new float[losses.length]);
      losses[i] = was;
      assertEquals((more - less) / (2 * by), weights[i], 2e-3, name + ", row " + i);
    }
  }

  private static boolean votedOn(int[] votes, int sequence) {
    return votes.length == 0 || votes[sequence] != 0;
  }

  @Test
  void whatABatchDoesNotKnowIsSaidByName() {
    Batch answers = answers();
    float[] losses = new float[8 * LENGTH];
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Preference(0.1).value(losses, answers, losses.clone()));
    assertTrue(error.getMessage().contains("how likely it was before"), error.getMessage());
    error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Preference(Kind.SIMPO, 1, 0, 0, 1).value(losses, answers, losses.clone()));
    assertTrue(error.getMessage().contains("a token of an answer weighs"), error.getMessage());
  }
}
