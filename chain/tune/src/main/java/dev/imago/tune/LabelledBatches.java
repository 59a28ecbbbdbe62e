package dev.imago.tune;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.data.Split;
import dev.imago.model.Output;
import dev.imago.tasks.Encoded;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.Task;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Batch;
import dev.imago.training.TrainableModel;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// The labelled examples of a task, encoded, in parts: to train on, to choose the weights by, and
/// held out.
final class LabelledBatches {
  /// Sequences that are one example: two of a pair of answers that are compared.
  private final int together;

  /// Whether they are compared with how likely they were before.
  private final boolean compared;

  private final DevelopmentSplit split;
  private final List<Sequence> heldout;
  private final Output output;
  private final int batch;
  private final long seed;
  private final int padding;
  private final OptionalInt start;
  private final EpochBatches.Step form;

  private LabelledBatches(
      int together,
      boolean compared,
      DevelopmentSplit split,
      List<Sequence> heldout,
      Output output,
      int batch,
      long seed,
      int padding,
      OptionalInt start,
      EpochBatches.Step form) {
    this.together = together;
    this.compared = compared;
    this.split = split;
    this.heldout = heldout;
    this.output = output;
    this.batch = batch;
    this.seed = seed;
    this.padding = padding;
    this.start = start;
    this.form = form;
  }

  /// Whether pairs of answers are compared; else, of such labels, the chosen ones are learned.
  static boolean compares(Task task, Tune.Config config) {
    return task.loss() == Task.Loss.PREFERENCE && config.beta() > 0;
  }

  /// Sequences that an example is made of, as far as its task tells.
  static int sequences(Task task, Tune.Config config) {
    return compares(task, config) || task.loss() == Task.Loss.CONTRAST ? 2 : 1;
  }

  /// @param tokenizer of the encoder's, for what is shown
  /// @param model that is to learn: its context bounds the examples
  /// @param padding the id that fills shorter rows
  /// @throws InputException where none fits
  static LabelledBatches of(
      Path labels,
      Task task,
      Encoder encoder,
      Tokenizer tokenizer,
      TrainableModel model,
      int padding,
      Tune.Config config,
      Run run) {
    int context = model.config().context();
    int longest = config.longest() == 0 ? context : Math.min(config.longest(), context);
    if (config.longest() > context) {
      run.note(
          "tune.longest = %d is beyond the %d tokens that the model reads at once: %d is taken"
              .formatted(config.longest(), context, context));
    }
    boolean pairs = compares(task, config);
    boolean chosen = task.loss() == Task.Loss.PREFERENCE && !pairs;
    String examples = task.words().examples();
    Encoded train = encoded(encoder, labels, Split.TRAIN, longest, run);
    Encoded held = encoded(encoder, labels, Split.HELDOUT, longest, run);
    int together = pairs ? 2 : train.together();
    if (held.together() != train.together() && !held.sequences().isEmpty()) {
      throw new InputException(
          "pairs to train on have %d texts each and held-out ones %d: give all a negative, or none"
              .formatted(train.together(), held.together()));
    }
    run.table(
        "What " + task.words().examples() + " are learned",
        ExamplesTable.HEADER,
        new ExamplesTable(train, held, task.output()).rows());
    List<Sequence> all = taken(train.sequences(), chosen);
    if (all.isEmpty()) {
      throw new InputException(
          "none of the labelled %s has at most %d tokens (tune.longest = %d, the model's context is %d); raise pretrain.context or tune.longest, or lower annotate.maxWords"
              .formatted(examples, longest, config.longest(), context));
    }
    List<Sequence> heldout = taken(held.sequences(), chosen);
    if (config.hardNegatives() > 0) {
      if (together > 2 || config.hardNegatives() >= all.size() / 2) {
        throw new ConfigException(
            "tune.hardNegatives = %d looks for negatives among the texts of %d pairs, and %s; set it to 0"
                .formatted(
                    config.hardNegatives(),
                    all.size() / together,
                    together > 2 ? "the rows have their own" : "that is too few"));
      }
      all = mined(all, model, task, padding, config, run);
      heldout = mined(heldout, model, task, padding, config, run);
      together += config.hardNegatives();
    }
    if (run.shown() > 0) {
      ShownExamples.of(all, run.shown(), together, task.output(), tokenizer).forEach(run::note);
    }
    return new LabelledBatches(
        together,
        pairs,
        config.stopping().development() == 0 && FittedCalibration.fits(task)
            ? DevelopmentSplit.ofCalibration(all, config, run.seed())
            : DevelopmentSplit.of(all, together, config, run.seed(), examples),
        heldout.subList(0, Math.min(heldout.size(), together * config.heldoutPairs())),
        task.output(),
        config.batch(),
        run.seed(),
        padding,
        model.config().decoderStart(),
        new EpochBatches.Step(config.accumulate(), config.packing() ? longest : 0));
  }

  private static List<Sequence> mined(
      List<Sequence> pairs,
      TrainableModel model,
      Task task,
      int padding,
      Tune.Config config,
      Run run) {
    return pairs.isEmpty()
        ? pairs
        : HardNegatives.mined(pairs, config.hardNegatives(), model, task.output(), padding, run);
  }

  private static Encoded encoded(Encoder encoder, Path labels, Split split, int longest, Run run) {
    Encoded encoded = encoder.encode(labels, split, longest);
    encoded.notes().forEach(run::note);
    return encoded;
  }

  /// The chosen answers alone, where pairs are learned as answers.
  private static List<Sequence> taken(List<Sequence> all, boolean chosen) {
    return chosen
        ? IntStream.range(0, all.size()).filter(i -> i % 2 == 0).mapToObj(all::get).toList()
        : all;
  }

  /// To train on.
  EpochBatches train(TrainableModel model) {
    return batches(split.train(), model);
  }

  /// Sequences that are one example.
  int together() {
    return together;
  }

  /// Examples to train on.
  int size() {
    return split.train().size() / together;
  }

  /// Tokens of a sequence to train on, in the mean.
  double meanLength() {
    return split.train().stream().mapToInt(Sequence::length).average().orElse(1);
  }

  /// What is set apart to choose the weights by; empty where nothing is.
  List<Batch> development(TrainableModel model) {
    return all(split.development(), model);
  }

  /// Examples that are set apart.
  int developmentSize() {
    return split.development().size() / together;
  }

  /// What is held out to be measured; may be empty.
  List<Batch> heldout(TrainableModel model) {
    return all(heldout, model);
  }

  private List<Batch> all(List<Sequence> sequences, TrainableModel model) {
    return sequences.isEmpty() ? List.of() : batches(sequences, model).all();
  }

  private EpochBatches batches(List<Sequence> sequences, TrainableModel model) {
    return new EpochBatches(sequences, together, output, batch, seed, padding, start, form)
        .comparedWith(model, compared);
  }
}
