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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// The labelled examples of a task to train on, encoded, in parts: what trains, and what is set
/// apart to choose the weights by or to be measured. What is held out is never read.
final class LabelledBatches {
  /// Sequences that are one example: two of a pair of answers that are compared.
  private final int together;

  /// Whether answers are compared.
  private final boolean compared;

  /// How likely they were before, where they are compared with that.
  private final Optional<ReferenceLikelihoods> reference;

  private final DevelopmentSplit split;
  private final Output output;
  private final int batch;
  private final long seed;
  private final int padding;
  private final OptionalInt start;
  private final EpochBatches.Step form;
  private final int longest;

  private LabelledBatches(
      int together,
      boolean compared,
      Optional<ReferenceLikelihoods> reference,
      DevelopmentSplit split,
      Output output,
      int batch,
      long seed,
      int padding,
      OptionalInt start,
      EpochBatches.Step form,
      int longest) {
    this.longest = longest;
    this.together = together;
    this.compared = compared;
    this.reference = reference;
    this.split = split;
    this.output = output;
    this.batch = batch;
    this.seed = seed;
    this.padding = padding;
    this.start = start;
    this.form = form;
  }

  /// Whether answers are compared; else, of such labels, the good ones are learned.
  static boolean compares(Task task, Tune.Config config) {
    return ofAnswers(task) && config.beta() > 0;
  }

  /// Whether labels are of answers that people compared or judged.
  static boolean ofAnswers(Task task) {
    return task.loss() == Task.Loss.PREFERENCE || task.loss() == Task.Loss.UNPAIRED;
  }

  /// Whether answers are compared with how likely they were before.
  private static boolean referenced(Task task, Tune.Config config) {
    return compares(task, config)
        && (task.loss() == Task.Loss.UNPAIRED || config.preference().loss().referenced());
  }

  /// Sequences that an example is made of, as far as its task tells.
  static int sequences(Task task, Tune.Config config) {
    return compares(task, config)
            || task.loss() == Task.Loss.CONTRAST
            || task.loss() == Task.Loss.REWARD
        ? 2
        : 1;
  }

  /// @param tokenizer of the encoder's, for what is shown
  /// @param model that is to learn: its context bounds the examples
  /// @param padding the id that fills shorter rows
  /// @param reference names the model that tuning begins with
  /// @throws InputException where none fits
  static LabelledBatches of(
      Path labels,
      Task task,
      Encoder encoder,
      Tokenizer tokenizer,
      TrainableModel model,
      int padding,
      String reference,
      Tune.Config config,
      Run run) {
    int context = model.config().context() - config.adapter().virtualTokens();
    int longest = config.longest() == 0 ? context : Math.min(config.longest(), context);
    if (config.longest() > context) {
      run.note(
          "tune.longest = %d is beyond the %d tokens that the model reads at once: %d is taken"
              .formatted(config.longest(), context, context));
    }
    boolean pairs = compares(task, config);
    boolean chosen = ofAnswers(task) && !pairs;
    String examples = task.words().examples();
    Encoded train = encoder.encode(labels, Split.TRAIN, longest);
    train.notes().forEach(run::note);
    int together = pairs ? 2 : train.together();
    run.table(
        "What " + task.words().examples() + " are learned",
        ExamplesTable.HEADER,
        new ExamplesTable(train, task.output()).rows());
    List<Sequence> all = taken(train.sequences(), chosen);
    if (all.isEmpty()) {
      throw new InputException(
          "none of the labelled %s has at most %d tokens (tune.longest = %d, the model's context is %d); raise pretrain.context or tune.longest, or lower annotate.maxWords"
              .formatted(examples, longest, config.longest(), context));
    }
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
      together += config.hardNegatives();
    }
    List<Integer> owners = all.size() == train.owners().size() ? train.owners() : List.of();
    if (run.shown() > 0) {
      ShownExamples.of(all, run.shown(), together, task.output(), tokenizer).forEach(run::note);
    }
    DevelopmentSplit split =
        config.stopping().development() == 0 && FittedCalibration.fits(task)
            ? DevelopmentSplit.ofCalibration(all, owners, config, run.seed())
            : DevelopmentSplit.of(all, together, owners, config, run.seed(), examples);
    if (split.development().isEmpty()) {
      split = DevelopmentSplit.ofMeasured(all, together, owners, config, run.seed());
      if (!split.measured().isEmpty()) {
        run.note(
            "%,d %s are set apart to measure the loss on"
                .formatted(split.measured().size() / together, examples));
      }
    }
    return new LabelledBatches(
        together,
        pairs,
        referenced(task, config)
            ? Optional.of(ReferenceLikelihoods.of(run, reference))
            : Optional.empty(),
        split,
        task.output(),
        config.batch(),
        run.seed(),
        padding,
        model.config().decoderStart(),
        new EpochBatches.Step(config.accumulate(), config.packing() ? longest : 0),
        longest);
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

  /// The chosen or good answers alone, where such are learned as answers.
  private static List<Sequence> taken(List<Sequence> all, boolean chosen) {
    return chosen
        ? IntStream.range(0, all.size())
            .filter(i -> i % 2 == 0 && all.get(i).vote() >= 0)
            .mapToObj(all::get)
            .toList()
        : all;
  }

  /// To train on.
  EpochBatches train(TrainableModel model) {
    return batches("train", split.train(), model);
  }

  /// The first prompts of what is measured, each once, as ids.
  List<int[]> prompts(int most) {
    return split.measured().stream()
        .map(LabelledBatches::prompt)
        .distinct()
        .limit(most)
        .map(ids -> ids.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  /// What stands before the first target: the sequence's own, without what is learned.
  private static List<Integer> prompt(Sequence sequence) {
    int first = 0;
    while (first < sequence.length() - 1 && sequence.targets()[first] == Sequence.IGNORED) {
      first++;
    }
    return Arrays.stream(sequence.ids(), 0, first + 1).boxed().toList();
  }

  /// Tokens of the longest answer that is measured, with its end.
  int longestAnswer() {
    return split.measured().stream()
        .mapToInt(
            one -> (int) Arrays.stream(one.targets()).filter(t -> t != Sequence.IGNORED).count())
        .max()
        .orElse(1);
  }

  /// Sequences that are one example.
  int together() {
    return together;
  }

  /// Lets a fresh last layer of labels begin at how common each is to train on: the first steps
  /// would else learn that most labels are rare, with gradients so large that a good base forgets.
  ///
  /// @param model whose scores the values of the sequences belong to, each by itself
  void begin(TrainableModel model) {
    List<Sequence> train = split.train();
    var bias = new float[train.getFirst().values().length];
    for (int label = 0; label < bias.length; label++) {
      double sum = 0.5; // half an example on either side, so that none is certain
      for (Sequence one : train) {
        sum += one.values()[label];
      }
      bias[label] = (float) Math.log(sum / (train.size() + 1 - sum));
    }
    model.beginAt(bias);
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
    return all("development", split.development(), model);
  }

  /// Examples that are set apart.
  int developmentSize() {
    return split.development().size() / together;
  }

  /// Which examples these are, from 0, in the order of the labels; empty where the task does not
  /// say whose parts its sequences are.
  List<Integer> apart() {
    return split.apart();
  }

  /// Ids of a sequence, at most.
  int longest() {
    return longest;
  }

  /// What the loss is measured on, of what does not train; may be empty.
  List<Batch> measured(TrainableModel model) {
    return all("measured", split.measured(), model);
  }

  private List<Batch> all(String name, List<Sequence> sequences, TrainableModel model) {
    return sequences.isEmpty() ? List.of() : batches(name, sequences, model).all();
  }

  private EpochBatches batches(String name, List<Sequence> sequences, TrainableModel model) {
    var batches = new EpochBatches(sequences, together, output, batch, seed, padding, start, form);
    if (compared) {
      batches.compared();
    }
    return reference.isPresent() ? batches.comparedWith(model, reference.get(), name) : batches;
  }
}
