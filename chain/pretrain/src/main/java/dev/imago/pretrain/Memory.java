package dev.imago.pretrain;

import dev.imago.core.Compute;
import dev.imago.core.Estimate;
import dev.imago.model.ModelShape;
import dev.imago.torch.Parallelism;
import dev.imago.training.MachineMemory;
import dev.imago.training.TrainingCost;
import java.util.Optional;

/// Whether a training fits into the machine, before it begins; and what would, where it does not.
final class Memory {
  private Memory() {}

  /// @param teacher that is beside it, where there is one
  /// @param bytes that there are, by which the replicas are chosen
  static Estimate cost(
      Pretrain.Config config,
      int depth,
      int batch,
      int vocabulary,
      Sizes sizes,
      Optional<TrainingCost.Model> teacher,
      Compute compute,
      long bytes) {
    return cost(
        config,
        TrainingCost.Model.of(config.shape(depth, vocabulary, sizes.context())),
        batch,
        sizes,
        teacher,
        compute,
        bytes);
  }

  private static Estimate cost(
      Pretrain.Config config,
      TrainingCost.Model model,
      int batch,
      Sizes sizes,
      Optional<TrainingCost.Model> teacher,
      Compute compute,
      long bytes) {
    long positions = (long) sizes.context() * batch;
    Parallelism parallelism = MachineMemory.shared(compute, model.parameters(), batch, bytes);
    Estimate alone =
        TrainingCost.of(
            model,
            config.optimization().copies(),
            positions,
            sizes.steps(config),
            sizes.tokens(),
            parallelism,
            config.activationCheckpointing());
    Estimate loop =
        teacher
            .map(t -> TrainingCost.withTeacher(alone, t, positions, sizes.tokens(), parallelism))
            .orElse(alone);
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
      Optional<TrainingCost.Model> teacher,
      Compute compute,
      long bytes) {
    var model = TrainingCost.Model.of(shape);
    long needed = cost(config, model, batch, sizes, teacher, compute, bytes).memoryBytes();
    MachineMemory.check(
        "pretrain",
        needed,
        bytes,
        () ->
            fitting(config, model, sizes, teacher, compute, bytes)
                .orElse("no depth fits; give a smaller context or vocabulary"));
  }

  /// The same step in smaller parts, else fewer layers.
  private static Optional<String> fitting(
      Pretrain.Config config,
      TrainingCost.Model model,
      Sizes sizes,
      Optional<TrainingCost.Model> teacher,
      Compute compute,
      long bytes) {
    for (int batch = config.batch() / 2; batch >= 1; batch /= 2) {
      long less = cost(config, model, batch, sizes, teacher, compute, bytes).memoryBytes();
      if (less <= bytes) {
        long accumulate = ((long) config.batch() * config.accumulate() + batch - 1) / batch;
        return Optional.of(
            "batch = %d with accumulate = %d would fit".formatted(batch, accumulate));
      }
    }
    int vocabulary = Math.toIntExact(model.vocabulary());
    boolean begins = TrainingCost.Model.of(config.shape(vocabulary, sizes.context())).equals(model);
    for (int depth = config.depth() - 1; begins && depth >= 1; depth--) {
      if (cost(config, depth, 1, vocabulary, sizes, teacher, compute, bytes).memoryBytes()
          <= bytes) {
        return Optional.of("depth = %d with batch = 1 would fit".formatted(depth));
      }
    }
    return Optional.empty();
  }
}
