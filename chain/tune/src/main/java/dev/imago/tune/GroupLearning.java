package dev.imago.tune;

import dev.imago.core.Run;
import dev.imago.tasks.answering.Answering;
import dev.imago.torch.Batch;
import dev.imago.training.AnswerSampler;
import dev.imago.training.TrainableModel;
import dev.imago.training.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What becomes of a model that learns from rewards: what its answers to prompts set apart are
/// worth, how long and how varied they are, how far it goes from where it began; told as it learns
/// and at its end, with a warning where it goes wrong.
///
/// The distance is KL(where it began ‖ model) as [ComparedLearning] has it, on answers to those
/// prompts that the model wrote before the first step.
final class GroupLearning {
  /// Of what the entropy of a token was, that it collapses to.
  private static final double COLLAPSE = 0.1;

  private static final double FAR = 50;
  private static final double DRIFT = 0.5;

  private final TrainableModel model;
  private final GroupBatches batches;
  private final List<Answering.Prompt> prompts;
  private final List<int[]> given;
  private final AnswerSampler sampler;
  private final Run run;
  private final Batch own;
  private final double ownLikelihood;
  private final Map<String, Double> before;

  /// To be made before the first step.
  ///
  /// @param prompts set apart; may be none
  GroupLearning(
      TrainableModel model,
      GroupBatches batches,
      List<Answering.Prompt> prompts,
      AnswerSampler sampler,
      Run run) {
    this.model = model;
    this.batches = batches;
    this.prompts = prompts;
    this.given = prompts.stream().map(Answering.Prompt::ids).toList();
    this.sampler = sampler;
    this.run = run;
    List<int[]> answers = sampler.answers(model, given, run.seed());
    this.own = ComparedLearning.batch(given, answers);
    this.ownLikelihood = prompts.isEmpty() ? 0 : likelihood();
    this.before = prompts.isEmpty() ? Map.of() : measured(answers);
  }

  /// Of an answer to a prompt, by the model before, in the mean.
  private double likelihood() {
    return -ComparedLearning.sum(model.losses(own)) / given.size();
  }

  /// `heldoutReward`, `heldoutEntropy`, `answerTokens` and `distance` of a point of the curve;
  /// empty where no prompt is set apart.
  Map<String, Double> measured() {
    return prompts.isEmpty() ? Map.of() : measured(sampler.answers(model, given, run.seed() + 1));
  }

  private Map<String, Double> measured(List<int[]> answers) {
    double reward = 0;
    for (double one : batches.rewards(prompts, answers)) {
      reward += one;
    }
    int tokens = answers.stream().mapToInt(a -> a.length).sum();
    float[] losses = model.losses(ComparedLearning.batch(given, answers));
    var point = new TreeMap<String, Double>();
    point.put("heldoutReward", reward / prompts.size());
    point.put("heldoutEntropy", ComparedLearning.sum(losses) / Math.max(1, tokens));
    point.put("answerTokens", ComparedLearning.mean(answers));
    point.put("distance", ownLikelihood - likelihood());
    return point;
  }

  /// A table of what is set apart, before and after, and warnings.
  void tell(Trainer.Outcome outcome) {
    run.note(
        String.format(
            Locale.ROOT, "%,.0f tokens a second were learned", outcome.tokensPerSecond()));
    if (prompts.isEmpty()) {
      run.note("no prompt is set apart: nothing tells what the answers to others are worth");
      return;
    }
    Map<String, Double> after = measured();
    var rows = new ArrayList<List<String>>();
    ComparedLearning.row(rows, "reward", "heldoutReward", before, after, x -> x, "");
    ComparedLearning.row(
        rows, "entropy, nats a token", "heldoutEntropy", before, after, x -> x, "");
    ComparedLearning.row(rows, "tokens of an answer", "answerTokens", before, after, x -> x, "");
    ComparedLearning.row(rows, "distance, nats an answer", "distance", before, after, x -> x, "");
    run.table(
        "Answers to %,d prompts set apart".formatted(prompts.size()),
        List.of("", "before", "after"),
        rows);
    warn("heldoutReward", after, 0);
    warn("heldoutEntropy", after, COLLAPSE);
    warn("answerTokens", after, DRIFT);
    warn("distance", after, FAR);
  }

  private void warn(String name, Map<String, Double> after, double bound) {
    double was = before.getOrDefault(name, 0.0);
    double is = after.getOrDefault(name, 0.0);
    String told =
        switch (name) {
          case "heldoutReward" ->
              is < was
                  ? "answers to prompts set apart are worth less than before: a lower learningRate,"
                      + " or a grpo.beta above 0, holds the model nearer to where it began"
                  : "";
          case "heldoutEntropy" ->
              is < bound * was
                  ? "the answers collapse into few, their entropy fell by more than nine tenths:"
                      + " stop earlier, or take a lower learningRate or a grpo.beta above 0"
                  : "";
          case "answerTokens" ->
              Math.abs(is - was) > bound * Math.max(1, was)
                  ? "answers grew or shrank by more than half: where that is not what the reward is"
                      + " for, add the reward length, or take lossType = dr_grpo"
                  : "";
          default ->
              is > bound
                  ? "the model is far from where it began: a grpo.beta above 0 holds it"
                  : "";
        };
    if (!told.isEmpty()) {
      run.note(String.format(Locale.ROOT, "%s %.4g → %.4g: %s", name, was, is, told));
    }
  }
}
