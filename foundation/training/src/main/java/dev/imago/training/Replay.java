package dev.imago.training;

import dev.imago.torch.Batch;
import java.util.List;

/// Steps of tuning with steps of plain text between them, evenly, so that a model that learns a
/// task goes on to know what it was pre-trained on. Ouyang et al. 2022, arXiv:2203.02155, section
/// 3.5 (pretraining mix).
///
/// @param tuning the steps of the task
/// @param text the steps of plain text
/// @param share of all steps that are of plain text, at least 0 and less than 1
public record Replay(Batches tuning, Batches text, double share) implements Batches {
  /// All steps, when those of the task are `tuning`.
  public static long steps(long tuning, double share) {
    long steps = tuning;
    // The first number of steps that has room for those of the task.
    while (steps - text(steps, share) < tuning) {
      steps += tuning - (steps - text(steps, share));
    }
    return steps;
  }

  /// How many of the first steps are of plain text.
  public static long text(long steps, double share) {
    return (long) Math.floor(steps * share);
  }

  @Override
  public List<Batch> step(long step) {
    return isText(step) ? text.step(text(step, share)) : tuning.step(step - text(step, share));
  }

  private boolean isText(long step) {
    return text(step, share) > text(step - 1, share);
  }

  @Override
  public String describe(long step) {
    return isText(step)
        ? text.describe(text(step, share))
        : tuning.describe(step - text(step, share));
  }
}
