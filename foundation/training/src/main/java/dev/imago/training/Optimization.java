package dev.imago.training;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Formerly;
import dev.imago.core.Unwrapped;
import dev.imago.torch.Objective;
import dev.imago.torch.Optimizer;

/// The settings of a training that every stage has alike, under the names that their configs have
/// for them: what a gradient does, the course of the rate, what is added to the loss, and when it
/// is measured and saved.
///
/// @param optimizer what a gradient does
/// @param settings of that optimizer alone
/// @param learningRate at its peak
/// @param schedule the learning rate's course after its warm-up
/// @param warmupRatio share of the steps in which it rises
/// @param minLrRatio share of the peak at the end
/// @param decayRatio share of the steps of the fall at the end, of the schedule `wsd`
/// @param weightDecay of matrices
/// @param maxGradNorm largest norm of the gradient; 0 for no bound
/// @param labelSmoothing share of each target that all choices have alike
/// @param zLoss times the square of the normaliser's logarithm, added to the loss
/// @param averageDecay of the average of the weights, which then comes out; 0 for none
/// @param checkpointEvery steps
/// @param checkpointMinutes after which a checkpoint is written in any case
/// @param evaluateEvery steps
public record Optimization(
    OptimizerKind optimizer,
    @Unwrapped OptimizerKind.Settings settings,
    double learningRate,
    Schedule.Kind schedule,
    @Formerly("warmup") double warmupRatio,
    @Formerly("floor") double minLrRatio,
    double decayRatio,
    double weightDecay,
    @Formerly("clip") double maxGradNorm,
    double labelSmoothing,
    double zLoss,
    double averageDecay,
    int checkpointEvery,
    double checkpointMinutes,
    int evaluateEvery) {
  /// Of `decayRatio`, where nobody sets it.
  private static final double USUAL_DECAY = 0.2;

  public Optimization {
    TrainingBounds.check(learningRate, warmupRatio, minLrRatio, weightDecay, maxGradNorm);
    Bounds.number("decayRatio", decayRatio, 0, 1, "it is a share of the steps, 0.2 is usual");
    Bounds.number("labelSmoothing", labelSmoothing, 0, 0.9, "0.1 is usual, 0 for none");
    Bounds.number("zLoss", zLoss, 0, 1, "0.0001 is usual, 0 for none");
    Bounds.number("averageDecay", averageDecay, 0, 0.999999, "0.999 is usual, 0 for none");
    if (schedule != Schedule.Kind.WSD && decayRatio != USUAL_DECAY) {
      throw new ConfigException(
          "decayRatio = %s is of schedule = wsd alone; leave it out".formatted(decayRatio));
    }
    if (schedule == Schedule.Kind.WSD && warmupRatio + decayRatio > 1) {
      throw new ConfigException(
          "decayRatio = %s and warmupRatio = %s are more than all steps together"
              .formatted(decayRatio, warmupRatio));
    }
    Optimizer _ = optimizer.with(settings, weightDecay, maxGradNorm);
    TrainingBounds.check(checkpointEvery, checkpointMinutes, evaluateEvery);
  }

  /// AdamW with a cosine, clipped at 1, nothing added to the loss: what a stage begins with.
  ///
  /// @param every steps, a checkpoint is written and the loss measured
  public static Optimization usual(
      double learningRate, double minLrRatio, double weightDecay, int every) {
    return new Optimization(
        OptimizerKind.ADAMW,
        OptimizerKind.Settings.USUAL,
        learningRate,
        Schedule.Kind.COSINE,
        0.05,
        minLrRatio,
        USUAL_DECAY,
        weightDecay,
        1,
        0,
        0,
        0,
        every,
        2,
        every);
  }

  /// Refuses an end of the rate that its schedule does not have.
  ///
  /// @param usual `minLrRatio` where nobody sets it
  public void checkFloor(double usual) {
    if (schedule == Schedule.Kind.CONSTANT && minLrRatio != usual) {
      throw new ConfigException(
          "minLrRatio = %s has no meaning where schedule = constant; leave it out"
              .formatted(minLrRatio));
    }
  }

  /// Floats that are kept of a weight: itself, the optimizer's state, an average.
  public long copies() {
    return 1 + optimizer.stateFloats() + (averageDecay > 0 ? 1 : 0);
  }

  /// The sum of the losses, with what is added to them.
  public Objective.Likelihood likelihood() {
    return new Objective.Likelihood(labelSmoothing, zLoss);
  }

  /// Of a training of so many steps.
  ///
  /// @param title of the curve
  public Trainer.Settings of(long steps, Objective objective, String title) {
    long warmup = Math.round(warmupRatio * steps);
    long decay = schedule == Schedule.Kind.WSD ? Math.round(decayRatio * steps) : 0;
    return new Trainer.Settings(
        new Schedule(
            schedule, learningRate, minLrRatio, warmup, Math.min(decay, steps - warmup), steps),
        optimizer.with(settings, weightDecay, maxGradNorm),
        objective,
        averageDecay,
        checkpointEvery,
        checkpointMinutes,
        evaluateEvery,
        title);
  }
}
