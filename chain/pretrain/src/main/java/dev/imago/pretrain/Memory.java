package dev.imago.pretrain;

import dev.imago.core.Estimate;
import dev.imago.model.ModelShape;
import dev.imago.torch.Parallelism;
import dev.imago.training.Room;
import dev.imago.training.TrainingCost;
import java.util.Optional;

/// Whether a training fits into the machine, before it begins; and what would, where it does not.
final class Memory {
  private Memory() {}

  /// @param teacher that is beside it, where there is one
  /// @param room that there is, by which the replicas are chosen
  static Estimate cost(
      Pretrain.Config config,
      int depth,
      int batch,
      int vocabulary,
      Sizes sizes,
      Optional<TrainingCost.Model> teacher,
      Room room) {
    return cost(
        config,
        TrainingCost.Model.of(config.shape(depth, vocabulary, sizes.context())),
        batch,
        sizes,
        teacher,
        room);
  }

  private static Estimate cost(
      Pretrain.Config config,
      TrainingCost.Model model,
      int batch,
      Sizes sizes,
      Optional<TrainingCost.Model> teacher,
      Room room) {
    long positions = (long) sizes.context() * batch;
    Parallelism parallelism = room.shared(model.parameters(), batch);
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
  /// @param room that there is for it
  /// @throws dev.imago.core.ConfigException where more are needed, with what would fit
  static void check(
      Pretrain.Config config,
      int batch,
      ModelShape shape,
      Sizes sizes,
      Optional<TrainingCost.Model> teacher,
      Room room) {
    var model = TrainingCost.Model.of(shape);
    long needed = cost(config, model, batch, sizes, teacher, room).memoryBytes();
    room.check(
        "pretrain",
        needed,
        config.optimization().copies() * model.parameters(),
        teacher.map(TrainingCost.Model::parameters).orElse(0L),
        () ->
            fitting(config, model, sizes, teacher, room)
                .orElse("no depth fits; give a smaller context or vocabulary"));
  }

  /// The same step in smaller parts, else fewer layers.
  private static Optional<String> fitting(
      Pretrain.Config config,
      TrainingCost.Model model,
      Sizes sizes,
      Optional<TrainingCost.Model> teacher,
      Room room) {
    for (int batch = config.batch() / 2; batch >= 1; batch /= 2) {
      long less = cost(config, model, batch, sizes, teacher, room).memoryBytes();
      if (less <= room.bytes()) {
        long accumulate = ((long) config.batch() * config.accumulate() + batch - 1) / batch;
        return Optional.of(
            "batch = %d with accumulate = %d would fit".formatted(batch, accumulate));
      }
    }
    int vocabulary = Math.toIntExact(model.vocabulary());
    boolean begins = TrainingCost.Model.of(config.shape(vocabulary, sizes.context())).equals(model);
    for (int depth = config.depth() - 1; begins && depth >= 1; depth--) {
      if (cost(config, depth, 1, vocabulary, sizes, teacher, room).memoryBytes() <= room.bytes()) {
        return Optional.of("depth = %d with batch = 1 would fit".formatted(depth));
      }
    }
    return Optional.empty();
  }
}
