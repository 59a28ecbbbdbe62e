package dev.imago.tune;

import dev.imago.core.ConfigException;
import dev.imago.tasks.Task;
import dev.imago.tasks.tagging.Tagging;
import dev.imago.torch.BiaffineLoss;
import dev.imago.torch.ChainLoss;
import dev.imago.torch.Contrast;
import dev.imago.torch.NumberLoss;
import dev.imago.torch.Objective;
import dev.imago.torch.RewardLoss;
import dev.imago.torch.SpanLoss;

/// What is minimised for a task.
final class Objectives {
  private Objectives() {}

  /// Refuses settings that have no meaning for what is learned, before a model is read.
  ///
  /// @param together whether several processes train together
  static void refuse(Task task, Tune.Config config, boolean together) {
    boolean contrast = task.loss() == Task.Loss.CONTRAST;
    if (!FittedCalibration.fits(task)
        && config.calibration() != 0
        && config.calibration() != Tune.Config.defaults().calibration()) {
      throw new ConfigException(
          "tune.calibration = %s sets texts apart to fit probabilities by, and these labels are for %s, which has none to fit; leave it out"
              .formatted(config.calibration(), task.name()));
    }
    if (!contrast && config.similarityScale() != Tune.Config.defaults().similarityScale()) {
      throw new ConfigException(
          "tune.similarityScale = %s is of texts that belong together, and these labels are for %s; leave it out"
              .formatted(config.similarityScale(), task.name()));
    }
    if (!contrast && config.hardNegatives() > 0) {
      throw new ConfigException(
          "tune.hardNegatives = %d is of texts that belong together, and these labels are for %s; leave it out"
              .formatted(config.hardNegatives(), task.name()));
    }
    if (task.loss() == Task.Loss.UNPAIRED
        && config.beta() > 0
        && (config.accumulate() > 1 || together)) {
      throw new ConfigException(
          "tune.accumulate = %d and several processes part a batch, whose answers are learned by one distance; set it to 1, and train in one process"
              .formatted(config.accumulate()));
    }
    if (!LabelledBatches.compares(task, config)
        && !config.preference().equals(PreferenceSettings.USUAL)) {
      throw new ConfigException(
          "tune.preference is of answers that are compared, and %s; leave it out"
              .formatted(
                  LabelledBatches.ofAnswers(task)
                      ? "tune.beta = 0 learns the good ones as answers"
                      : "these labels are for " + task.name()));
    }
    if (LabelledBatches.ofAnswers(task)) {
      config
          .preference()
          .check(task.loss() == Task.Loss.PREFERENCE, "these labels are for " + task.name());
    }
    if (contrast && (config.accumulate() > 1 || together)) {
      throw new ConfigException(
          "tune.accumulate = %d and several processes part a batch, and each of its texts is beside all others; set it to 1, and train in one process"
              .formatted(config.accumulate()));
    }
  }

  /// @param pairs whether pairs of answers are compared
  /// @param together sequences that are one example
  static Objective of(Task task, boolean pairs, int together, Tune.Config config, Guided guided) {
    Objective.Likelihood likelihood = config.optimization().likelihood();
    return switch (task.loss()) {
      case LIKELIHOOD -> guided.objective(likelihood);
      case PREFERENCE ->
          pairs ? config.preference().pairs(config.beta()) : guided.objective(likelihood);
      case UNPAIRED ->
          pairs ? config.preference().unpaired(config.beta()) : guided.objective(likelihood);
      case CONTRAST -> {
        if (together == 2 && config.batch() == 1) {
          throw new ConfigException(
              "tune.batch = 1 leaves a pair alone, with no other text to be nearer than; set it to"
                  + " 2 or more (64 is usual), or give each row a negative");
        }
        yield alone(new Contrast(config.similarityScale(), together), task, config, guided);
      }
      case REWARD -> alone(new RewardLoss(), task, config, guided);
      case BINARY -> alone(NumberLoss.BINARY, task, config, guided);
      case CHAIN -> alone(new ChainLoss(), task, config, guided);
      case ARCS -> alone(new BiaffineLoss(task.output().names().size()), task, config, guided);
      case SPAN -> alone(new SpanLoss(), task, config, guided);
      case SQUARED -> alone(NumberLoss.SQUARED, task, config, guided);
    };
  }

  /// The task of some labels, with a CRF where that is asked for.
  static Task task(Task labelled, Tune.Config config) {
    if (!config.crf()) {
      return labelled;
    }
    if (labelled instanceof Tagging tagging) {
      return tagging.withChain();
    }
    throw new ConfigException(
        "tune.crf = true is of tags that are told together, and these labels are for %s; leave it out"
            .formatted(labelled.name()));
  }

  /// Refuses what is of classes alone.
  private static Objective alone(Objective loss, Task task, Tune.Config config, Guided guided) {
    if (guided.teacher().isPresent()) {
      throw new ConfigException(
          "a teacher is of models that tell one class, tag or token, and these labels are for %s; unbind the input teacher"
              .formatted(task.name()));
    }
    if (!config.optimization().likelihood().equals(Objective.LIKELIHOOD)) {
      throw new ConfigException(
          "tune.labelSmoothing = %s and tune.zLoss = %s are of one class, tag or token, and these labels are for %s; leave them out"
              .formatted(
                  config.optimization().labelSmoothing(),
                  config.optimization().zLoss(),
                  task.name()));
    }
    return loss;
  }
}
