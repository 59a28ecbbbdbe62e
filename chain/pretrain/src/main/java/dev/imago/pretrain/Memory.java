package dev.imago.pretrain;

import dev.imago.core.Compute;
import dev.imago.core.Estimate;
import dev.imago.model.ModelShape;
import dev.imago.training.MachineMemory;
import dev.imago.training.TrainingCost;
import java.util.Optional;

/// Whether a training fits into the machine, before it begins; and what would, where it does not.
final class Memory {
  private Memory() {}

  /// @param bytes that there are, by which the replicas are chosen
  static Estimate cost(
      Pretrain.Config config,
      int depth,
      int batch,
      int vocabulary,
      Sizes sizes,
      Compute compute,
      long bytes) {
    return cost(
        config,
        TrainingCost.Model.of(config.shape(depth, vocabulary, sizes.context())),
        batch,
        sizes,
        compute,
        bytes);
  }

  private static Estimate cost(
      Pretrain.Config config,
      TrainingCost.Model model,
      int batch,
      Sizes sizes,
      Compute compute,
      long bytes) {
    Estimate loop =
        TrainingCost.of(
            model,
            config.optimization().copies(),
            (long) sizes.context() * batch,
            sizes.steps(config),
            sizes.tokens(),
            MachineMemory.shared(compute, model.parameters(), batch, bytes),
            config.activationCheckpointing());
    long best = config.stopping().bestBytes(model.parameters());
    return new Estimate(
        loop.figures(), loop.memoryBytes(), loop.diskBytes() + best, loop.operations());
  }

  /// @param batch this process's part of a micro-batch
  /// @param shape that is trained: the config's own, or an earlier model's
  /// @param bytes that there are for it
  /// @throws dev.imago.core.ConfigException where more are needed, with what would fit
  static void check(
      Pretrain.Config config,
      int batch,
      ModelShape shape,
      Sizes sizes,
      Compute compute,
      long bytes) {
    var model = TrainingCost.Model.of(shape);
    long needed = cost(config, model, batch, sizes, compute, bytes).memoryBytes();
    MachineMemory.check(
        "pretrain",
        needed,
        bytes,
        () ->
            fitting(config, model, sizes, compute, bytes)
                .orElse("no depth fits; give a smaller context or vocabulary"));
  }

  /// The same step in smaller parts, else fewer layers.
  private static Optional<String> fitting(
      Pretrain.Config config, TrainingCost.Model model, Sizes sizes, Compute compute, long bytes) {
    for (int batch = config.batch() / 2; batch >= 1; batch /= 2) {
      long less = cost(config, model, batch, sizes, compute, bytes).memoryBytes();
      if (less <= bytes) {
        long accumulate = ((long) config.batch() * config.accumulate() + batch - 1) / batch;
        return Optional.of(
            "batch = %d with accumulate = %d would fit".formatted(batch, accumulate));
      }
    }
    int vocabulary = Math.toIntExact(model.vocabulary());
    boolean begins = TrainingCost.Model.of(config.shape(vocabulary, sizes.context())).equals(model);
    for (int depth = config.depth() - 1; begins && depth >= 1; depth--) {
      if (cost(config, depth, 1, vocabulary, sizes, compute, bytes).memoryBytes() <= bytes) {
        return Optional.of("depth = %d with batch = 1 would fit".formatted(depth));
      }
    }
    return Optional.empty();
  }
}
