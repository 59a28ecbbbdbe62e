package dev.imago.tune;

import dev.imago.core.Artifact.Labels;
import dev.imago.core.Artifact.Vocabulary;
import dev.imago.core.Artifact.Weights;
import dev.imago.core.AtomicFile;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Split;
import dev.imago.model.ConfigJson;
import dev.imago.model.Specials;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import dev.imago.training.Schedule;
import dev.imago.training.TrainableModel;
import dev.imago.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Supervised fine-tuning: the weights learn to answer the labels' prompts, with the loss on the
/// answer only. All weights are trained. Ouyang et al. 2022, arXiv:2203.02155, section 3.5.
public final class Tune implements Stage<Tune.Inputs, Tune.Config, Tune.Outputs> {
  /// The token that ends a turn in the chat template.
  private static final String END_OF_TURN = "<|im_end|>";

  public record Inputs(Weights base, Vocabulary vocabulary, Labels labels) {}

  /// @param tuned a Hugging Face folder, with the tokenizer's files
  public record Outputs(Weights tuned) {}

  /// @param examples to train on in all; pairs are repeated in a new order when there are fewer
  /// @param maxEpochs bound on how often a pair is seen, which wins over `examples`
  /// @param batch examples in a step
  /// @param longest tokens in a pair; longer ones are left out, and counted
  /// @param learningRate at its peak
  /// @param warmup share of the steps in which it rises
  /// @param floor share of the peak at the end
  /// @param weightDecay of matrices
  /// @param clip largest norm of the gradient; 0 for no bound
  /// @param precision of matrix products
  /// @param checkpointEvery steps
  /// @param evaluateEvery steps
  /// @param heldoutPairs on which the held-out loss is measured
  public record Config(
      int examples,
      int maxEpochs,
      int batch,
      int longest,
      double learningRate,
      double warmup,
      double floor,
      double weightDecay,
      double clip,
      Precision precision,
      int checkpointEvery,
      int evaluateEvery,
      int heldoutPairs) {
    public Config {
      within("examples", examples, 1);
      within("maxEpochs", maxEpochs, 1);
      within("batch", batch, 1);
      within("longest", longest, 8);
      within("checkpointEvery", checkpointEvery, 1);
      within("evaluateEvery", evaluateEvery, 1);
      within("heldoutPairs", heldoutPairs, 1);
      if (!(warmup >= 0 && warmup <= 1)) {
        throw new IllegalArgumentException("warmup = " + warmup + " is outside 0 … 1");
      }
      AdamW _ = new AdamW(0.9, 0.95, 1e-8, weightDecay, clip);
      Schedule _ = new Schedule(learningRate, floor, 0, 1);
    }

    private static void within(String name, int value, int least) {
      if (value < least) {
        throw new IllegalArgumentException(
            "%s = %d must be at least %d".formatted(name, value, least));
      }
    }

    long steps(int pairs) {
      long seen = Math.min(examples, (long) maxEpochs * pairs);
      return Math.max(1, (seen + batch - 1) / batch);
    }
  }

  @Override
  public String name() {
    return "tune";
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
    return new Config(16_000, 4, 32, 192, 1e-3, 0.05, 0.05, 0.05, 1, Precision.F32, 50, 50, 256);
  }

  @Override
  public Class<Outputs> outputs() {
    return Outputs.class;
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    Path words = inputs.vocabulary().folder();
    Tokenizer tokenizer = Tokenizer.load(words.resolve("tokenizer.json"));
    ChatTemplate template = ChatTemplate.load(words.resolve("tokenizer_config.json"));
    int stop =
        tokenizer
            .id(END_OF_TURN)
            .orElseThrow(
                () ->
                    new InputException("the vocabulary lacks " + END_OF_TURN + "; train it again"));
    if (Examples.read(inputs.labels().folder(), Split.TRAIN).isEmpty()) {
      throw new InputException(
          "labelled pairs to train on = 0, and tuning needs 1 at least: give more documents"
              + " (documented Java, or prose with several sentences in a paragraph), or widen"
              + " annotate.minWords … annotate.maxWords");
    }
    try (TrainableModel model =
        TrainableModel.read(inputs.base().folder(), run.threads(), config.precision())) {
      int longest = Math.min(config.longest(), model.config().context());
      var pairs = new Pairs(inputs.labels().folder(), template, tokenizer, stop, longest);
      List<Conversations.Sequence> train = pairs.read(Split.TRAIN, run);
      if (train.isEmpty()) {
        throw new InputException(
            "none of the labelled pairs has at most tune.longest = %d tokens (the model's context is %d); raise it, or lower annotate.maxWords"
                .formatted(longest, model.config().context()));
      }
      List<Conversations.Sequence> heldout = pairs.read(Split.HELDOUT, run);
      heldout = heldout.subList(0, Math.min(heldout.size(), config.heldoutPairs()));
      int endOfText =
          new ConfigJson(read(inputs.base().folder().resolve("config.json"))).endOfText();
      int padding = Math.max(0, endOfText);
      List<Batch> measured =
          heldout.isEmpty()
              ? List.of()
              : new Conversations(heldout, config.batch(), run.seed(), padding).all();
      long steps = config.steps(train.size());
      run.note("%,d pairs, %,d steps of %d".formatted(train.size(), steps, config.batch()));
      var settings =
          new Trainer.Settings(
              new Schedule(
                  config.learningRate(),
                  config.floor(),
                  Math.round(config.warmup() * steps),
                  steps),
              new AdamW(0.9, 0.95, 1e-8, config.weightDecay(), config.clip()),
              config.checkpointEvery(),
              config.evaluateEvery(),
              "fine-tuning");
      var batches = new Conversations(train, config.batch(), run.seed(), padding);
      double before = meanLoss(model, measured);
      Trainer.Outcome outcome = new Trainer(model, batches, measured, settings, run).train();
      Draft draft = run.draft(Weights.class, "tuned");
      model.write(draft.folder(), new Specials(endOfText, List.of(stop, endOfText)));
      for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
        copy(words.resolve(name), draft.folder().resolve(name));
      }
      run.table(
          "Fine-tuning, loss on the answers",
          List.of("", ""),
          List.of(
              List.of("pairs", "%,d".formatted(train.size())),
              List.of("examples seen", "%,d".formatted(steps * config.batch())),
              List.of("tokens a second", "%,.0f".formatted(outcome.tokensPerSecond())),
              List.of("held-out loss before", nats(before)),
              List.of("held-out loss after", nats(outcome.heldoutLoss()))));
      return new Outputs(draft.commit(Weights.class));
    }
  }

  /// The labels' pairs as sequences.
  private record Pairs(
      Path labels, ChatTemplate template, Tokenizer tokenizer, int stop, int longest) {
    List<Conversations.Sequence> read(Split split, Run run) {
      List<Example> examples = Examples.read(labels, split);
      var sequences = new ArrayList<Conversations.Sequence>();
      for (Example example : examples) {
        sequences.addAll(Conversations.encode(example, template, tokenizer, stop, longest));
      }
      if (sequences.size() < examples.size()) {
        run.note(
            "%s: %,d of %,d pairs are longer than %d tokens and left out"
                .formatted(
                    split.fileName(),
                    examples.size() - sequences.size(),
                    examples.size(),
                    longest));
      }
      return sequences;
    }
  }

  private static double meanLoss(TrainableModel model, List<Batch> batches)
      throws InterruptedException {
    double sum = 0;
    long counted = 0;
    for (Batch batch : batches) {
      sum += model.loss(batch);
      counted += batch.counted();
    }
    return counted == 0 ? Double.NaN : sum / counted;
  }

  private static String nats(double loss) {
    return Double.isNaN(loss)
        ? "nothing held out"
        : String.format(Locale.ROOT, "%.4f nats a token", loss);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to);
    } catch (IOException e) {
      throw AtomicFile.failure("copy", from, e);
    }
  }
}
