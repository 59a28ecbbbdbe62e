package dev.imago.tune;

import dev.imago.core.ConfigException;
import dev.imago.data.Weights;
import dev.imago.model.Output;
import dev.imago.tasks.Task;
import dev.imago.torch.Objective;
import dev.imago.training.AdapterSettings;
import dev.imago.training.Optimization;
import java.util.Locale;

/// Settings that have no meaning for what is learned, refused before a model is read.
final class RefusedSettings {
  private RefusedSettings() {}

  /// @param pairs whether answers are compared
  /// @throws ConfigException naming the setting
  static void check(Tune.Inputs inputs, Task task, boolean pairs, Tune.Config config) {
    ofLosses(inputs.base(), pairs, config);
    ofVirtualTokens(inputs, task, config);
  }

  private static void ofLosses(Weights base, boolean pairs, Tune.Config config) {
    Optimization optimization = config.optimization();
    if (config.replay() > 0 && BaseModel.shape(base).decoderStart().isPresent()) {
      throw new ConfigException(
          "tune.replay = %s reads plain text on, and %s has an encoder for it; set it to 0"
              .formatted(config.replay(), base.ref()));
    }
    if (config.replay() > 0 && pairs) {
      throw new ConfigException(
          "tune.replay = %s reads plain text, which has no pairs of answers; set it to 0"
              .formatted(config.replay()));
    }
    if (pairs && !optimization.likelihood().equals(Objective.LIKELIHOOD)) {
      throw new ConfigException(
          "tune.labelSmoothing = %s and tune.zLoss = %s are of answers learned one by one, and tune.beta = %s compares two; leave them out"
              .formatted(optimization.labelSmoothing(), optimization.zLoss(), config.beta()));
    }
  }

  /// What rows behind virtual tokens are not made for.
  private static void ofVirtualTokens(Tune.Inputs inputs, Task task, Tune.Config config) {
    AdapterSettings adapter = config.adapter();
    if (!adapter.kind().virtual()) {
      return;
    }
    String kind = adapter.kind().name().toLowerCase(Locale.ROOT);
    int context = BaseModel.shape(inputs.base()).context();
    String other =
        config.packing()
            ? "tune.packing = true puts several texts into a row, and they stand before the first"
            : config.replay() > 0
                ? "tune.replay = %s reads text that fills the model's context"
                    .formatted(config.replay())
                : inputs.teacher().isPresent()
                    ? "a teacher reads the texts without them"
                    : LabelledBatches.ofAnswers(task) || task.output() instanceof Output.Embedding
                        ? "these labels are for " + task.name()
                        : adapter.virtualTokens() > context - 8
                            ? "the model reads %d tokens, and they are %d of these"
                                .formatted(context, adapter.virtualTokens())
                            : "";
    if (!other.isEmpty()) {
      throw new ConfigException(
          "tune.adapter.kind = %s learns vectors before each text, and %s; take kind = lora, or leave that out"
              .formatted(kind, other));
    }
  }
}
