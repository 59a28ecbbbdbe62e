package dev.imago.tune;

import dev.imago.core.Compute;
import dev.imago.core.Estimate;
import dev.imago.torch.Parallelism;
import dev.imago.training.MachineMemory;
import dev.imago.training.Replay;
import dev.imago.training.TrainingCost;
import java.util.Optional;

/// What tuning costs, before it begins; and what would fit, where it does not.
///
/// @param sequences that one example is made of: two of a pair of answers
/// @param teacher that is beside it, where there is one
record TuneCost(
    TrainingCost.Model model,
    Tune.Config config,
    int sequences,
    Optional<TrainingCost.Model> teacher) {
  /// @param examples in all
  /// @param bytes of memory that there are
  Estimate of(long examples, Compute compute, long bytes) {
    Estimate loop = of(config.batch(), examples, compute, bytes);
    long best = config.stopping().bestBytes(model.parameters());
    return new Estimate(
        loop.figures(), loop.memoryBytes(), loop.diskBytes() + best, loop.operations());
  }

  private Estimate of(int batch, long examples, Compute compute, long bytes) {
    long positions =
        (batch + config.accumulate() - 1L) / config.accumulate() * sequences * longest();
    // Examples are of all lengths up to the longest; half of it is their mean, about.
    long tokens = Math.round(examples * sequences * longest() / 2.0 / (1 - config.replay()));
    Parallelism parallelism = MachineMemory.shared(compute, model.parameters(), batch, bytes);
    Estimate alone =
        TrainingCost.of(
            model,
            // Frozen weights have no state, and no checkpoint holds them.
            config.adapter().used() ? 0 : config.optimization().copies(),
            positions,
            Replay.steps((examples + batch - 1) / batch, config.replay()),
            tokens,
            parallelism,
            config.activationCheckpointing());
    return teacher
        .map(t -> TrainingCost.withTeacher(alone, t, positions, tokens, parallelism))
        .orElse(alone);
  }

  /// Tokens of a sequence, at most.
  private long longest() {
    return config.longest() == 0 ? model.context() : Math.min(config.longest(), model.context());
  }

  /// Refuses what has no room, before a model is read, with the batch that would.
  ///
  /// @param processes that share a batch
  /// @param bytes that there are for this one
  /// @throws dev.imago.core.ConfigException where more are needed
  void check(int processes, Compute compute, long bytes) {
    int own = Math.max(1, config.batch() / processes);
    MachineMemory.check(
        "tune",
        of(own, own, compute, bytes).memoryBytes(),
        bytes,
        () -> {
          for (int batch = own / 2; batch >= 1; batch /= 2) {
            if (of(batch, batch, compute, bytes).memoryBytes() <= bytes) {
              return "batch = %d would fit".formatted(batch * processes);
            }
          }
          return "no batch fits; give a smaller longest (now %,d), or a smaller model"
              .formatted(longest());
        });
  }
}
