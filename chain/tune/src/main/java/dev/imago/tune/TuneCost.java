package dev.imago.tune;

import dev.imago.core.Estimate;
import dev.imago.model.ModelShape;
import dev.imago.torch.Parallelism;
import dev.imago.training.AdapterSettings;
import dev.imago.training.Replay;
import dev.imago.training.Room;
import dev.imago.training.TrainingCost;
import java.util.List;

/// What tuning costs, before it begins; and what would fit, where it does not.
///
/// @param added numbers that train in the place of the model's own, with an adapter
/// @param sequences that one example is made of: two of a pair of answers
/// @param beside models that are computed and not trained: a teacher, a reference, a reward model
record TuneCost(
    TrainingCost.Model model,
    long added,
    Tune.Config config,
    int sequences,
    List<TrainingCost.Model> beside) {
  /// Rows and columns of a block's linear layers together, in widths: what a rank adds.
  private static final long ADDED_WIDTHS = 19;

  /// Of a model that is there.
  TuneCost(ModelShape shape, Tune.Config config, int sequences, List<TrainingCost.Model> beside) {
    this(TrainingCost.Model.of(shape), config.adapter().trains(shape), config, sequences, beside);
  }

  /// Of one that an earlier step is to make, of which no module is known.
  TuneCost(
      TrainingCost.Model model,
      Tune.Config config,
      int sequences,
      List<TrainingCost.Model> beside) {
    this(
        model,
        ADDED_WIDTHS * model.layers() * model.width() * config.adapter().largestRank(),
        config,
        sequences,
        beside);
  }

  /// @param examples in all
  /// @param room that there is
  Estimate of(long examples, Room room) {
    Estimate loop = of(config.batch(), examples, room);
    long best = config.stopping().bestBytes(model.parameters());
    return new Estimate(
        loop.figures(), loop.memoryBytes(), loop.diskBytes() + best, loop.operations());
  }

  private Estimate of(int batch, long examples, Room room) {
    long positions =
        (batch + config.accumulate() - 1L) / config.accumulate() * sequences * longest();
    // Examples are of all lengths up to the longest; half of it is their mean, about.
    long tokens = Math.round(examples * sequences * longest() / 2.0 / (1 - config.replay()));
    Parallelism parallelism = room.shared(model.parameters(), batch);
    Estimate alone =
        TrainingCost.of(
            model.reading(longest()),
            // Frozen weights have no state, and no checkpoint holds them.
            config.adapter().used() ? 0 : config.optimization().copies(),
            positions,
            Replay.steps((examples + batch - 1) / batch, config.replay()),
            tokens,
            parallelism,
            config.activationCheckpointing() || held());
    Estimate cost = config.adapter().used() ? adapted(alone, parallelism) : alone;
    for (TrainingCost.Model each : beside) {
      cost = TrainingCost.withTeacher(cost, each, positions, tokens, parallelism);
    }
    return config.grpo().used()
        ? TrainingCost.computing(cost, model, drawn(examples / config.grpo().numIterations()))
        : cost;
  }

  /// Tokens that are computed to draw answers: each new one computes its prompt and what the answer
  /// has. Prompts and answers are taken as half as long as they may be.
  private long drawn(long answers) {
    long most = Math.min(config.grpo().maxCompletionLength(), model.context() / 2);
    long prompt = (model.context() - most) / 2;
    long answer = Math.max(1, most / 2);
    return answers * (answer * prompt + answer * answer / 2);
  }

  /// Whether frozen matrices lie in blocks.
  private boolean held() {
    return config.adapter().base() != AdapterSettings.BasePrecision.F32;
  }

  /// With frozen weights, which have no gradient in any replica, and what trains in their place.
  private Estimate adapted(Estimate alone, Parallelism parallelism) {
    long all = model.parameters();
    long layers = all - Math.min(all, 2 * model.vocabulary() * model.width());
    double frozen =
        (all - layers) * (double) Float.BYTES + layers * config.adapter().base().bytes();
    long expanded = held() ? layers / Math.max(1, model.layers()) : 0;
    long copies =
        TrainingCost.held(parallelism.place(), config.optimization().copies())
            + parallelism.replicas();
    long floats = parallelism.replicas() * (expanded - all) + added * copies;
    return new Estimate(
        alone.figures(),
        alone.memoryBytes() == 0
            ? 0
            : Math.round(alone.memoryBytes() + frozen + (double) Float.BYTES * floats),
        alone.diskBytes(),
        alone.operations());
  }

  /// Tokens of a sequence, at most.
  private long longest() {
    return config.longest() == 0 ? model.context() : Math.min(config.longest(), model.context());
  }

  /// Refuses what has no room, before a model is read, with the batch that would.
  ///
  /// @param processes that share a batch
  /// @param room that there is for this one
  /// @throws dev.imago.core.ConfigException where more is needed
  void check(int processes, Room room) {
    int own = Math.max(1, config.batch() / processes);
    boolean adapts = config.adapter().used();
    long beside = this.beside.stream().mapToLong(TrainingCost.Model::parameters).sum();
    room.check(
        "tune",
        of(own, own, room).memoryBytes(),
        config.optimization().copies() * (adapts ? added : model.parameters()),
        beside + (adapts ? model.parameters() : 0),
        () -> {
          for (int batch = own / 2; batch >= 1; batch /= 2) {
            if (of(batch, batch, room).memoryBytes() <= room.bytes()) {
              return "batch = %d would fit".formatted(batch * processes);
            }
          }
          return "no batch fits; give a smaller longest (now %,d), or a smaller model"
              .formatted(longest());
        });
  }
}
