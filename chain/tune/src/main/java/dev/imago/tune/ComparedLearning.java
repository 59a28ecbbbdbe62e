package dev.imago.tune;

import dev.imago.core.Run;
import dev.imago.model.Output;
import dev.imago.tasks.Encoder;
import dev.imago.torch.Batch;
import dev.imago.torch.Objective;
import dev.imago.training.AnswerSampler;
import dev.imago.training.TrainableModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// What becomes of a model that learns from compared answers: rewards of what is set apart, how far
/// it goes from where it began, how long its answers grow; told as it learns and at its end, with a
/// warning where it goes wrong.
///
/// The distance is KL(where it began ‖ model), estimated on answers that the model wrote before the
/// first step, one to each probe: their mean loss of likelihood, in nats an answer.
final class ComparedLearning {
  /// Nothing is compared.
  static final ComparedLearning NONE = new ComparedLearning(null);

  /// Of the length of an answer, and of the nats of a chosen one, that are warned of.
  private static final double DRIFT = 0.5;

  private static final double FALL = 0.05;

  /// Of the longest answer that is measured; and ids at most.
  private static final int ROOM = 2;

  private static final int MOST = 256;

  private final @Nullable Learning learning;

  private ComparedLearning(@Nullable Learning learning) {
    this.learning = learning;
  }

  /// @param before what was told of the answers set apart before the first step
  private record Learning(
      TrainableModel model,
      Objective objective,
      Map<String, Double> before,
      List<int[]> prompts,
      AnswerSampler sampler,
      Batch own,
      double ownLikelihood,
      double tokens,
      Run run) {}

  /// To be called right after what is set apart was measured, before the first step.
  static ComparedLearning begin(
      TrainableModel model,
      Objective objective,
      LabelledBatches of,
      Encoder encoder,
      Tune.Config config,
      Run run) {
    Map<String, Double> before = model.told(objective);
    // A reward model writes nothing, and an encoder–decoder is not asked.
    boolean writes =
        model.config().output() instanceof Output.NextToken
            && model.config().decoderStart().isEmpty();
    int probes = writes ? config.preference().probes() : 0;
    int most = Math.min(MOST, ROOM * of.longestAnswer());
    List<int[]> prompts = of.prompts(probes);
    var sampler = new AnswerSampler(encoder.stops(), most, 1, 0);
    List<int[]> answers = sampler.answers(model, prompts, run.seed());
    Batch own = batch(prompts, answers);
    double likelihood = prompts.isEmpty() ? 0 : -sum(model.losses(own)) / prompts.size();
    return new ComparedLearning(
        new Learning(
            model, objective, before, prompts, sampler, own, likelihood, mean(answers), run));
  }

  /// Prompts with their answers, learned on these.
  static Batch batch(List<int[]> prompts, List<int[]> answers) {
    int length = 1;
    for (int i = 0; i < prompts.size(); i++) {
      length = Math.max(length, prompts.get(i).length + answers.get(i).length - 1);
    }
    int[] ids = new int[prompts.size() * length];
    int[] targets = new int[ids.length];
    Arrays.fill(targets, Batch.IGNORED);
    for (int i = 0; i < prompts.size(); i++) {
      int given = prompts.get(i).length;
      int[] answer = answers.get(i);
      System.arraycopy(prompts.get(i), 0, ids, i * length, given);
      for (int k = 0; k < answer.length; k++) {
        targets[i * length + given - 1 + k] = answer[k];
        if (k < answer.length - 1) {
          ids[i * length + given + k] = answer[k];
        }
      }
    }
    return Batch.of(prompts.size(), length, ids, targets);
  }

  /// Of all rows.
  static double sum(float[] losses) {
    double sum = 0;
    for (float loss : losses) {
      sum += loss;
    }
    return sum;
  }

  /// Ids of an answer.
  static double mean(List<int[]> answers) {
    return answers.stream().mapToInt(answer -> answer.length).average().orElse(0);
  }

  /// `distance` and `answerTokens` of a point of the curve; empty without probes.
  Map<String, Double> measured() {
    Learning l = learning;
    if (l == null || l.prompts.isEmpty()) {
      return Map.of();
    }
    double now = -sum(l.model.losses(l.own)) / l.prompts.size();
    var point = new TreeMap<String, Double>();
    point.put("distance", l.ownLikelihood - now);
    point.put("answerTokens", mean(l.sampler.answers(l.model, l.prompts, l.run.seed() + 1)));
    return point;
  }

  /// A table of what is set apart, before and after, and warnings.
  ///
  /// @param apart to be measured
  void tell(List<Batch> apart) throws InterruptedException {
    Learning l = learning;
    if (l == null) {
      return;
    }
    var _ = l.model.told(l.objective);
    for (Batch batch : apart) {
      double _ = l.model.value(l.objective, batch);
    }
    Map<String, Double> after = l.model.told(l.objective);
    Map<String, Double> probes = measured();
    var rows = new ArrayList<List<String>>();
    row(rows, "pairs told aright", "rewardAccuracy", l.before, after, x -> 100 * x, " %");
    row(rows, "margin of rewards", "rewardMargin", l.before, after, x -> x, "");
    row(rows, "reward of good answers", "chosenReward", l.before, after, x -> x, "");
    row(rows, "reward of bad answers", "rejectedReward", l.before, after, x -> x, "");
    row(rows, "ln p of good answers", "chosenLogp", l.before, after, x -> x, "");
    row(rows, "ln p of bad answers", "rejectedLogp", l.before, after, x -> x, "");
    if (!probes.isEmpty()) {
      Map<String, Double> first = Map.of("distance", 0.0, "answerTokens", l.tokens);
      row(rows, "distance, nats an answer", "distance", first, probes, x -> x, "");
      row(rows, "tokens of an answer", "answerTokens", first, probes, x -> x, "");
    }
    if (!rows.isEmpty()) {
      l.run.table("Answers set apart", List.of("", "before", "after"), rows);
    }
    warn(l, after, probes);
  }

  private static void warn(Learning l, Map<String, Double> after, Map<String, Double> probes) {
    Double was = l.before.get("chosenLogp");
    Double is = after.get("chosenLogp");
    if (was != null && is != null && was - is > FALL * Math.abs(was)) {
      l.run.note(
          String.format(
              Locale.ROOT,
              "the good answers that are set apart became less likely, %.2f → %.2f nats: the model"
                  + " learns what not to say; tune.preference.rpoAlpha = 1 holds them, or a larger"
                  + " tune.beta or a lower learningRate",
              was,
              is));
    }
    Double tokens = probes.get("answerTokens");
    if (tokens != null && Math.abs(tokens - l.tokens) > DRIFT * Math.max(1, l.tokens)) {
      l.run.note(
          String.format(
                  Locale.ROOT,
                  "answers grew from %.1f to %.1f tokens, in the mean of %d: where length is not"
                      + " what was preferred, tune.preference.loss = sigmoid_norm compares by"
                      + " tokens",
                  l.tokens,
                  tokens,
                  l.prompts.size())
              .replace("grew from", tokens > l.tokens ? "grew from" : "shrank from"));
    }
  }

  /// A row of a table of what was and what is, where it is known.
  static void row(
      List<List<String>> rows,
      String name,
      String key,
      Map<String, Double> before,
      Map<String, Double> after,
      ToDoubleFunction<Double> shown,
      String unit) {
    Double is = after.get(key);
    Double was = before.get(key);
    if (is != null) {
      rows.add(List.of(name, cell(was, shown, unit), cell(is, shown, unit)));
    }
  }

  private static String cell(@Nullable Double value, ToDoubleFunction<Double> shown, String unit) {
    return value == null
        ? ""
        : String.format(Locale.ROOT, "%.4g%s", shown.applyAsDouble(value), unit);
  }
}
