package dev.imago.pretrain;

import dev.imago.core.Artifact.Tokens;
import dev.imago.core.Artifact.Vocabulary;
import dev.imago.core.Artifact.Weights;
import dev.imago.core.AtomicFile;
import dev.imago.core.Draft;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import dev.imago.training.Schedule;
import dev.imago.training.TrainableModel;
import dev.imago.training.Trainer;
import dev.imago.training.Windows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Trains a decoder from random weights to predict the next token of the training split.
public final class Pretrain implements Stage<Pretrain.Inputs, Pretrain.Config, Pretrain.Outputs> {
  public record Inputs(Tokens tokens, Vocabulary vocabulary) {}

  /// @param base a Hugging Face folder, with the tokenizer's files
  public record Outputs(Weights base) {}

  /// @param depth the one dial: layers, from which the width and all else follow
  /// @param context tokens in a sequence, T
  /// @param batch sequences in a micro-batch, B
  /// @param accumulate micro-batches in a step
  /// @param tokens to train on in all; rounded up to whole steps
  /// @param learningRate at its peak
  /// @param warmup share of the steps in which it rises
  /// @param floor share of the peak at the end
  /// @param weightDecay of matrices
  /// @param beta1 of AdamW
  /// @param beta2 of AdamW
  /// @param clip largest norm of the gradient; 0 for no bound
  /// @param precision of matrix products
  /// @param checkpointEvery steps
  /// @param evaluateEvery steps
  /// @param heldoutTokens on which the held-out loss is measured
  public record Config(
      int depth,
      int context,
      int batch,
      int accumulate,
      long tokens,
      double learningRate,
      double warmup,
      double floor,
      double weightDecay,
      double beta1,
      double beta2,
      double clip,
      Precision precision,
      int checkpointEvery,
      int evaluateEvery,
      long heldoutTokens) {
    public Config {
      within("depth", depth, 1, 64);
      within("context", context, 8, 1 << 17);
      within("batch", batch, 1, 1 << 16);
      within("accumulate", accumulate, 1, 1 << 16);
      within("tokens", tokens, 1, Long.MAX_VALUE);
      within("checkpointEvery", checkpointEvery, 1, Integer.MAX_VALUE);
      within("evaluateEvery", evaluateEvery, 1, Integer.MAX_VALUE);
      within("heldoutTokens", heldoutTokens, 1, Long.MAX_VALUE);
      if (!(warmup >= 0 && warmup <= 1)) {
        throw new IllegalArgumentException("warmup = " + warmup + " is outside 0 … 1");
      }
      // The rest is checked by what it is for.
      AdamW _ = new AdamW(beta1, beta2, 1e-8, weightDecay, clip);
      Schedule _ = new Schedule(learningRate, floor, 0, 1);
    }

    private static void within(String name, long value, long least, long most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "%s = %d is outside %d … %d".formatted(name, value, least, most));
      }
    }

    long steps() {
      long perStep = (long) context * batch * accumulate;
      return (tokens + perStep - 1) / perStep;
    }
  }

  @Override
  public String name() {
    return "pretrain";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Class<Inputs> inputs() {
    return Inputs.class;
  }

  @Override
  public Config defaults() {
    return new Config(
        4,
        256,
        8,
        1,
        3_200_000,
        3e-3,
        0.05,
        0.1,
        0.1,
        0.9,
        0.95,
        1,
        Precision.F32,
        100,
        100,
        65_536);
  }

  @Override
  public Class<Outputs> outputs() {
    return Outputs.class;
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    TokenShards.Header header = TokenShards.header(inputs.tokens().folder());
    try (TokenShards train = TokenShards.open(inputs.tokens().folder(), Split.TRAIN);
        TokenShards heldout = TokenShards.open(inputs.tokens().folder(), Split.HELDOUT);
        TrainableModel model =
            TrainableModel.random(
                Architectures.ofDepth(config.depth(), header.vocabularySize(), config.context()),
                run.seed(),
                run.threads(),
                config.precision())) {
      Windows windows = windows(train, config, run.seed());
      List<Batch> measured =
          heldout.size() > config.context()
              ? windows(heldout, config, run.seed()).first(config.heldoutTokens())
              : List.of();
      run.note(
          "%,d parameters, width %d, %,d of %,d tokens in %,d steps"
              .formatted(
                  model.config().parameterCount(),
                  model.config().width(),
                  config.tokens(),
                  train.size(),
                  config.steps()));
      Trainer.Outcome outcome =
          new Trainer(model, windows, measured, settings(config), run).train();
      Draft draft = run.draft(Weights.class, "base");
      int endOfText = header.endOfText();
      model.write(draft.folder(), new Specials(endOfText, List.of(endOfText)));
      copyTokenizer(inputs.vocabulary().folder(), draft.folder());
      report(run, model.config(), config, outcome);
      return new Outputs(draft.commit(Weights.class));
    }
  }

  private static Windows windows(TokenShards tokens, Config config, long seed) {
    return new Windows(tokens, config.context(), config.batch(), config.accumulate(), seed);
  }

  private static Trainer.Settings settings(Config config) {
    long steps = config.steps();
    return new Trainer.Settings(
        new Schedule(
            config.learningRate(), config.floor(), Math.round(config.warmup() * steps), steps),
        new AdamW(config.beta1(), config.beta2(), 1e-8, config.weightDecay(), config.clip()),
        config.checkpointEvery(),
        config.evaluateEvery(),
        "pre-training");
  }

  /// A model's folder carries its tokenizer, as every reader of such folders expects.
  private static void copyTokenizer(Path from, Path to) {
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      try {
        Files.copy(from.resolve(name), to.resolve(name));
      } catch (IOException e) {
        throw AtomicFile.failure("copy", from.resolve(name), e);
      }
    }
  }

  private static void report(Run run, ModelShape shape, Config config, Trainer.Outcome outcome) {
    run.table(
        "Pre-training",
        List.of("", ""),
        List.of(
            List.of("parameters", "%,d".formatted(shape.parameterCount())),
            List.of("shape", shape.description()),
            List.of("tokens", "%,d".formatted(outcome.tokens())),
            List.of("tokens a second", "%,.0f".formatted(outcome.tokensPerSecond())),
            List.of("training loss", nats(outcome.loss())),
            List.of("held-out loss", nats(outcome.heldoutLoss())),
            List.of("precision", config.precision().name().toLowerCase(Locale.ROOT))));
  }

  private static String nats(double loss) {
    return Double.isNaN(loss)
        ? "nothing held out"
        : String.format(Locale.ROOT, "%.4f nats a token", loss);
  }
}
