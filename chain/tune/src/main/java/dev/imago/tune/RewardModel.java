package dev.imago.tune;

import dev.imago.core.InputException;
import dev.imago.data.Weights;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.preference.Rewarding;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Batch;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.training.ParameterGroups;
import dev.imago.training.TrainableModel;
import dev.imago.training.Tuning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/// A reward model of ours, as labels of the task `reward` tune it: one number of a prompt and an
/// answer, read by its own tokenizer. Owns its memory.
record RewardModel(TrainableModel model, Tokenizer tokenizer)
    implements AnswerReward, AutoCloseable {
  private static final int TOGETHER = 16;

  /// Refuses what cannot say what an answer is worth, before a model is read.
  ///
  /// @throws InputException for a model that tells no one number, or has no tokenizer
  static void check(Weights reward) {
    ModelShape shape = BaseModel.shape(reward);
    if (!(shape.output() instanceof Output.Classes classes)
        || classes.problem() != Output.Problem.NUMBER
        || classes.names().size() != 1) {
      throw new InputException(
          "%s tells %s, and the input reward tells one number of a prompt and an answer; bind one that was tuned on labels of the task reward"
              .formatted(reward.ref(), shape.output().words()));
    }
    if (!Files.exists(words(reward))) {
      throw new InputException(
          "%s has no %s of its own; bind the model as tuning left it, with its tokenizer"
              .formatted(reward.ref(), TunedModel.TOKENIZER));
    }
  }

  private static Path words(Weights reward) {
    return reward.folder().resolve(TunedModel.TOKENIZER);
  }

  /// @param reward that [#check] lets pass
  static RewardModel open(Weights reward, Parallelism parallelism) throws InterruptedException {
    // First the tokenizer: where it is broken, no model's memory is left behind.
    Tokenizer tokenizer = Tokenizer.load(words(reward));
    return new RewardModel(
        TrainableModel.read(
            reward.folder(),
            UnaryOperator.identity(),
            new Tuning.Nothing(),
            ParameterGroups.NONE,
            0,
            parallelism,
            Precision.F32),
        tokenizer);
  }

  @Override
  public double[] of(List<Answered> answers) {
    double[] rewards = new double[answers.size()];
    int longest = model.config().context();
    for (int from = 0; from < rewards.length; from += TOGETHER) {
      int to = Math.min(rewards.length, from + TOGETHER);
      List<Sequence> rows =
          answers.subList(from, to).stream()
              .map(a -> Rewarding.read(a.asExample(), tokenizer, longest))
              .toList();
      Batch batch = EpochBatches.batch(rows, model.config().output(), 0);
      float[] scores = model.logits(batch);
      for (int i = from; i < to; i++) {
        rewards[i] = scores[i - from];
      }
    }
    return rewards;
  }

  @Override
  public void close() {
    model.close();
  }
}
