package dev.imago.tune;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.Compute;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Estimate;
import dev.imago.core.Estimate.Figure;
import dev.imago.core.Formerly;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelCardText;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tasks.Encoded;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.Task;
import dev.imago.tasks.Tasks;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Batch;
import dev.imago.torch.Bf16;
import dev.imago.torch.Muon;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.torch.Preference;
import dev.imago.torch.ProcessGroup;
import dev.imago.training.Batches;
import dev.imago.training.MachineMemory;
import dev.imago.training.Optimization;
import dev.imago.training.OptimizerKind;
import dev.imago.training.ParameterGroups;
import dev.imago.training.Processes;
import dev.imago.training.Replay;
import dev.imago.training.Schedule;
import dev.imago.training.Stopping;
import dev.imago.training.TrainableModel;
import dev.imago.training.Trainer;
import dev.imago.training.TrainingCost;
import dev.imago.training.Tuning;
import dev.imago.training.Windows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Supervised fine-tuning: the weights learn the task of the labels ([Tasks]): to answer their
/// prompts, with the loss on the answer only, or with a new last layer to tell classes or tags. All
/// weights are trained. Ouyang et al. 2022, arXiv:2203.02155, section 3.5.
public final class Tune extends Stage<Tune.Inputs, Tune.Config, Tune.Outputs> {
  private static final double USUAL_ALPHA = 16;
  private static final long MOST_POSITIONS = 1 << 24;

  private static final double USUAL_FLOOR = 0.05;

  /// Where transformers keeps a template since version 4.43, beside the configs that have none.
  private static final String TEMPLATE = "chat_template.jinja";

  /// @param tokens what the base was pre-trained on, which [Config#replay] takes text from
  public record Inputs(
      Weights base, Vocabulary vocabulary, Labels labels, Optional<Tokens> tokens) {}

  /// @param tuned a Hugging Face folder, with the tokenizer's files and a card
  public record Outputs(Weights tuned) {}

  /// @param examples to train on in all; pairs are repeated in a new order when there are fewer
  /// @param maxEpochs bound on how often a pair is seen, which wins over `examples`
  /// @param batch examples in a step, at most
  /// @param replay share of the steps, beside those of the examples, that read plain text of the
  ///   corpus, so that the model goes on to know it; 0 for none, at most 0.95
  /// @param longest tokens in a pair or conversation; longer pairs are left out, conversations cut
  ///   after the last answer that fits, both counted; 0 for the model's context
  /// @param optimizer what a gradient does
  /// @param learningRate at its peak
  /// @param schedule the learning rate's course after its warm-up
  /// @param warmupRatio share of the steps in which it rises
  /// @param minLrRatio share of the peak at the end
  /// @param decayRatio share of the steps of the fall at the end, of the schedule `wsd`
  /// @param weightDecay of matrices
  /// @param beta1 of AdamW
  /// @param beta2 of AdamW
  /// @param epsilon of AdamW
  /// @param momentum of Muon and SGD
  /// @param nesterov whether SGD looks ahead along its momentum
  /// @param muonScale by what Muon scales its steps
  /// @param scaleParameter whether Adafactor's steps are as large as the weights they change
  /// @param maxGradNorm largest norm of the gradient; 0 for no bound
  /// @param groups what trains otherwise than the rest, by name
  /// @param labelSmoothing share of each target that all choices have alike
  /// @param zLoss times the square of the normaliser's logarithm, added to the loss
  /// @param averageDecay of the average of the weights, which then comes out; 0 for none
  /// @param dropout what share of the numbers is 0 by chance in training, in the places that the
  ///   model has for it; −1 for what its `config.json` says
  /// @param beta of pairs of answers: how dear it is to leave the base; 0 learns the chosen answers
  ///   as answers
  /// @param loraRank of low-rank additions, which train in the place of the blocks' matrices; 0 to
  ///   train all weights
  /// @param loraAlpha by which they count, divided by the rank
  /// @param precision of matrix products
  /// @param activationCheckpointing whether blocks are computed again on the way back, in place of
  ///   keeping what they computed: less memory for a third more work, and the same bits
  /// @param checkpointEvery steps
  /// @param checkpointMinutes after which a checkpoint is written in any case
  /// @param evaluateEvery steps
  /// @param stopping what chooses the weights that come out, and ends tuning early, by a part of
  ///   the labelled examples
  /// @param heldoutPairs on which the held-out loss is measured
  public record Config(
      int examples,
      int maxEpochs,
      int batch,
      double replay,
      int longest,
      OptimizerKind optimizer,
      double learningRate,
      Schedule.Kind schedule,
      @Formerly("warmup") double warmupRatio,
      @Formerly("floor") double minLrRatio,
      double decayRatio,
      double weightDecay,
      double beta1,
      double beta2,
      double epsilon,
      double momentum,
      boolean nesterov,
      Muon.Scale muonScale,
      boolean scaleParameter,
      @Formerly("clip") double maxGradNorm,
      ParameterGroups groups,
      double labelSmoothing,
      double zLoss,
      double averageDecay,
      double dropout,
      double beta,
      int loraRank,
      double loraAlpha,
      Precision precision,
      boolean activationCheckpointing,
      int checkpointEvery,
      double checkpointMinutes,
      int evaluateEvery,
      Stopping stopping,
      int heldoutPairs) {
    public Config {
      Bounds.whole("examples", examples, 1, Integer.MAX_VALUE);
      Bounds.whole("maxEpochs", maxEpochs, 1, 1_000_000);
      Bounds.whole("batch", batch, 1, 1 << 16);
      Bounds.number("replay", replay, 0, 0.95);
      if (longest != 0) {
        Bounds.whole("longest", longest, 8, 1 << 17);
      }
      if ((long) batch * longest > MOST_POSITIONS) {
        throw new ConfigException(
            "batch = %d pairs of longest = %d tokens are more than the %d positions of a step; lower batch"
                .formatted(batch, longest, MOST_POSITIONS));
      }
      Bounds.number("beta", beta, 0, 100, "0.1 is usual");
      Bounds.whole("loraRank", loraRank, 0, 1024);
      Bounds.number("loraAlpha", loraAlpha, 1e-3, 1024, "16 is usual");
      if (loraRank == 0 && loraAlpha != USUAL_ALPHA) {
        throw new ConfigException(
            "loraAlpha = %s has no meaning where loraRank = 0; give loraRank = 8, say"
                .formatted(loraAlpha));
      }
      if (loraRank > 0 && !groups.equals(ParameterGroups.NONE)) {
        throw new ConfigException(
            "groups is of the model's own weights, and loraRank = %d freezes them all; leave one out"
                .formatted(loraRank));
      }
      new Optimization(
              optimizer,
              new OptimizerKind.Settings(
                  beta1, beta2, epsilon, momentum, nesterov, muonScale, scaleParameter),
              learningRate,
              schedule,
              warmupRatio,
              minLrRatio,
              decayRatio,
              weightDecay,
              maxGradNorm,
              labelSmoothing,
              zLoss,
              averageDecay,
              checkpointEvery,
              checkpointMinutes,
              evaluateEvery)
          .checkFloor(USUAL_FLOOR);
      if (dropout != -1) {
        Bounds.number(
            "dropout", dropout, 0, 0.9, "0.1 is usual, −1 for what the model's config.json says");
      }
      Bounds.whole("heldoutPairs", heldoutPairs, 1, Integer.MAX_VALUE);
    }

    public static Config defaults() {
      var usual = OptimizerKind.Settings.USUAL;
      return new Config(
          16_000,
          4,
          32,
          0,
          0,
          OptimizerKind.ADAMW,
          1e-3,
          Schedule.Kind.COSINE,
          0.05,
          USUAL_FLOOR,
          Optimization.USUAL_DECAY,
          0.05,
          usual.beta1(),
          usual.beta2(),
          usual.epsilon(),
          usual.momentum(),
          usual.nesterov(),
          usual.muonScale(),
          usual.scaleParameter(),
          1,
          ParameterGroups.NONE,
          0,
          0,
          0,
          -1,
          0.1,
          0,
          USUAL_ALPHA,
          Precision.F32,
          false,
          50,
          2,
          50,
          Stopping.NONE,
          256);
    }

    Optimization optimization() {
      return new Optimization(
          optimizer,
          new OptimizerKind.Settings(
              beta1, beta2, epsilon, momentum, nesterov, muonScale, scaleParameter),
          learningRate,
          schedule,
          warmupRatio,
          minLrRatio,
          decayRatio,
          weightDecay,
          maxGradNorm,
          labelSmoothing,
          zLoss,
          averageDecay,
          checkpointEvery,
          checkpointMinutes,
          evaluateEvery);
    }
  }

  private final @Nullable ProcessGroup group;

  /// One process alone.
  public Tune() {
    this(null);
  }

  /// @param group of the processes that train together; null for one alone
  public Tune(@Nullable ProcessGroup group) {
    super("tune", 3, Inputs.class, Config.defaults(), Outputs.class);
    this.group = group;
  }

  @Override
  public Optional<String> resumesAt(Path scratch) {
    return Trainer.resumesAt(scratch);
  }

  @Override
  public Estimate estimate(Config config, Estimate.Known known) {
    TrainingCost.Model model =
        known.inputs().get("base") instanceof Weights base
            ? TrainingCost.Model.of(shape(base))
            : TrainingCost.Model.expected(known);
    if (model.parameters() == 0) {
      return Estimate.UNKNOWN;
    }
    long pairs =
        known.inputs().get("labels") instanceof Labels labels
            ? Examples.count(labels.folder(), Split.TRAIN)
            : known.figure(Figure.PAIRS, config.examples());
    long examples = Math.min(config.examples(), config.maxEpochs() * pairs);
    long longest =
        config.longest() == 0 ? model.context() : Math.min(config.longest(), model.context());
    // Pairs are of all lengths up to the longest; half of it is their mean, about.
    Estimate loop =
        cost(
            model,
            config,
            config.batch(),
            longest,
            examples,
            known.compute(),
            MachineMemory.bytes());
    long best = config.stopping().bestBytes(model.parameters());
    return new Estimate(
        loop.figures(), loop.memoryBytes(), loop.diskBytes() + best, loop.operations());
  }

  /// @param longest tokens in an example
  /// @param examples in all
  private static Estimate cost(
      TrainingCost.Model model,
      Config config,
      int batch,
      long longest,
      long examples,
      Compute compute,
      long bytes) {
    return TrainingCost.of(
        model,
        // Frozen weights have no state, and no checkpoint holds them.
        config.loraRank() > 0 ? 0 : config.optimization().copies(),
        batch * longest,
        Replay.steps((examples + batch - 1) / batch, config.replay()),
        Math.round(examples * longest / 2.0 / (1 - config.replay())),
        MachineMemory.shared(compute, model.parameters(), batch, bytes),
        config.activationCheckpointing());
  }

  /// Refuses what has no room, before a model is read, with the batch that would.
  ///
  /// @param processes that share a batch
  /// @param bytes that there are for this one
  static void checkMemory(
      ModelShape shape, Config config, int processes, Compute compute, long bytes) {
    TrainingCost.Model model = TrainingCost.Model.of(shape);
    long longest =
        config.longest() == 0 ? model.context() : Math.min(config.longest(), model.context());
    int own = Math.max(1, config.batch() / processes);
    long needed = needed(model, config, own, longest, compute, bytes);
    MachineMemory.check(
        "tune",
        needed,
        bytes,
        () -> {
          for (int batch = own / 2; batch >= 1; batch /= 2) {
            if (needed(model, config, batch, longest, compute, bytes) <= bytes) {
              return "batch = %d would fit".formatted(batch * processes);
            }
          }
          return "no batch fits; give a smaller longest (now %,d), or a smaller model"
              .formatted(longest);
        });
  }

  private static long needed(
      TrainingCost.Model model,
      Config config,
      int batch,
      long longest,
      Compute compute,
      long bytes) {
    return cost(model, config, batch, longest, batch, compute, bytes).memoryBytes();
  }

  @Override
  public void check(Config config) {
    int _ = Processes.share(group, "tune.batch", config.batch(), _ -> {});
  }

  @Override
  public boolean spreads() {
    return true;
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    return train(inputs, config, run).orElseThrow();
  }

  @Override
  public void follow(Inputs inputs, Config config, Run run) throws InterruptedException {
    Optional<Outputs> _ = train(inputs, config, run);
  }

  /// @return nothing where another process writes
  private Optional<Outputs> train(Inputs inputs, Config config, Run run)
      throws InterruptedException {
    checkTokenizer(inputs);
    checkMemory(
        shape(inputs.base()),
        config,
        group == null ? 1 : group.size(),
        run.compute(),
        MachineMemory.bytes(group));
    Task task = Tasks.read(inputs.labels().folder());
    if (config.replay() == 0) {
      return tune(inputs, task, config, Optional.empty(), run);
    }
    if (!(task.output() instanceof Output.NextToken)) {
      throw new ConfigException(
          "tune.replay = %s is for models that write, and these labels are for %s; set it to 0"
              .formatted(config.replay(), task.pipelineTag()));
    }
    Tokens tokens =
        inputs
            .tokens()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "tune.replay = %s needs the corpus as tokens, and the input tokens is not bound: run encode before, or set replay to 0"
                            .formatted(config.replay())));
    int known = shape(inputs.base()).vocabularySize();
    int used = TokenShards.header(tokens.folder()).vocabularySize();
    if (used > known) {
      throw new InputException(
          "the tokens to replay are of a vocabulary of %d, and the base knows %d: bind the tokens that the base was trained on, or set tune.replay to 0"
              .formatted(used, known));
    }
    try (TokenShards text = TokenShards.open(tokens.folder(), Split.TRAIN)) {
      return tune(inputs, task, config, Optional.of(text), run);
    }
  }

  private static ModelShape shape(Weights base) {
    try {
      return Architectures.read(read(base.folder().resolve("config.json")));
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s holds no model to train: %s".formatted(base.folder(), e.getMessage()), e);
    }
  }

  private static void checkTokenizer(Inputs inputs) {
    Path file = inputs.vocabulary().folder().resolve("tokenizer.json");
    Tokenizer tokenizer = Tokenizer.load(file);
    try {
      shape(inputs.base()).checkTokenizer(tokenizer.textSize(), tokenizer.vocabularySize());
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s cannot be tuned with %s: %s; a recipe binds it: inputs: {vocabulary: …}"
              .formatted(inputs.base().folder(), file, e.getMessage()),
          e);
    }
  }

  private Optional<Outputs> tune(
      Inputs inputs, Task task, Config config, Optional<TokenShards> text, Run run)
      throws InterruptedException {
    Path words = inputs.vocabulary().folder();
    Path labels = inputs.labels().folder();
    Encoder encoder = task.encoder(words);
    String examples = task.words().examples();
    if (Examples.count(labels, Split.TRAIN) == 0) {
      throw new InputException(
          "labelled %s to train on = 0, and tuning needs 1 at least: %s"
              .formatted(examples, task.words().none()));
    }
    try (TrainableModel model = model(inputs.base(), task, config, run)) {
      int context = model.config().context();
      int longest = config.longest() == 0 ? context : Math.min(config.longest(), context);
      if (config.longest() > context) {
        run.note(
            "tune.longest = %d is beyond the %d tokens that the model reads at once: %d is taken"
                .formatted(config.longest(), context, context));
      }
      boolean pairs = task.loss() == Task.Loss.PREFERENCE && config.beta() > 0;
      boolean chosen = task.loss() == Task.Loss.PREFERENCE && !pairs;
      int together = pairs ? 2 : 1;
      List<Sequence> all = taken(encoded(encoder, labels, Split.TRAIN, longest, run), chosen);
      if (all.isEmpty()) {
        throw new InputException(
            "none of the labelled %s has at most %d tokens (tune.longest = %d, the model's context is %d); raise pretrain.context or tune.longest, or lower annotate.maxWords"
                .formatted(examples, longest, config.longest(), context));
      }
      DevelopmentSplit parts = DevelopmentSplit.of(all, together, config, run.seed(), examples);
      List<Sequence> heldout = taken(encoded(encoder, labels, Split.HELDOUT, longest, run), chosen);
      heldout = heldout.subList(0, Math.min(heldout.size(), together * config.heldoutPairs()));
      int endOfText =
          new ConfigJson(read(inputs.base().folder().resolve("config.json"))).endOfText();
      int padding = Math.max(0, endOfText);
      OptionalInt start = model.config().decoderStart();
      if (start.isPresent() && text.isPresent()) {
        throw new ConfigException(
            "tune.replay = %s reads plain text on, and %s has an encoder for it; set it to 0"
                .formatted(config.replay(), inputs.base().ref()));
      }
      if (pairs && text.isPresent()) {
        throw new ConfigException(
            "tune.replay = %s reads plain text, which has no pairs of answers; set it to 0"
                .formatted(config.replay()));
      }
      List<Batch> measured =
          heldout.isEmpty()
              ? List.of()
              : new EpochBatches(
                      heldout, together, task.output(), config.batch(), run.seed(), padding, start)
                  .comparedWith(model, pairs)
                  .all();
      var batches =
          new EpochBatches(
                  parts.train(),
                  together,
                  task.output(),
                  config.batch(),
                  run.seed(),
                  padding,
                  start)
              .comparedWith(model, pairs);
      long ofTask = batches.steps(config.examples(), config.maxEpochs());
      long steps = text.isPresent() ? Replay.steps(ofTask, config.replay()) : ofTask;
      Batches mixed =
          text.isPresent()
              ? new Replay(
                  batches,
                  windows(text.get(), parts.train(), context, config, run),
                  config.replay())
              : batches;
      run.note(
          "%,d %s, %,d steps of %d%s"
              .formatted(
                  parts.train().size() / together,
                  examples,
                  ofTask,
                  config.batch(),
                  steps > ofTask ? ", and %,d of plain text".formatted(steps - ofTask) : ""));
      Optimization optimization = config.optimization();
      if (pairs && !optimization.likelihood().equals(Objective.LIKELIHOOD)) {
        throw new ConfigException(
            "tune.labelSmoothing = %s and tune.zLoss = %s are of answers learned one by one, and tune.beta = %s compares two; leave them out"
                .formatted(config.labelSmoothing(), config.zLoss(), config.beta()));
      }
      Objective objective = pairs ? new Preference(config.beta()) : optimization.likelihood();
      Trainer.Settings settings = optimization.of(steps, objective, "fine-tuning");
      double before = meanLoss(model, measured, objective.measured());
      var trainer = new Trainer(model, mixed, measured, settings, run);
      if (!parts.development().isEmpty()) {
        run.note(
            "%,d %s are set apart as the development part"
                .formatted(parts.development().size() / together, examples));
        var part =
            new EpochBatches(
                    parts.development(),
                    together,
                    task.output(),
                    config.batch(),
                    run.seed(),
                    padding,
                    start)
                .comparedWith(model, pairs);
        trainer.development(config.stopping().by(part.all()));
      }
      Trainer.Outcome outcome = trainer.train();
      if (group != null && group.rank() > 0) {
        return Optional.empty();
      }
      Draft draft = run.draft(Weights.class, "tuned");
      var stops = new ArrayList<Integer>(encoder.stops());
      stops.add(endOfText);
      model.write(draft.folder(), new Specials(endOfText, stops));
      for (String name : List.of("tokenizer.json", "tokenizer_config.json", TEMPLATE)) {
        if (!name.equals(TEMPLATE) || Files.exists(words.resolve(name))) {
          copy(words.resolve(name), draft.folder().resolve(name));
        }
      }
      var tuning =
          new ModelCard.Tuning(
              parts.train().size() / together, ofTask * config.batch(), called(task));
      AtomicFile.write(
          draft.folder().resolve(ModelCardText.FILE),
          ModelCardText.write(card(inputs, tuning, task, model), "transformers"));
      run.table(
          "Fine-tuning, loss on the " + task.words().targets(),
          List.of("", ""),
          List.of(
              List.of(examples, "%,d".formatted(parts.train().size() / together)),
              List.of("examples seen", "%,d".formatted(batches.seen(ofTask))),
              List.of("tokens a second", "%,.0f".formatted(outcome.tokensPerSecond())),
              List.of("held-out loss before", nats(before, task)),
              List.of("held-out loss after", nats(outcome.heldoutLoss(), task))));
      if (objective instanceof Preference preference && !measured.isEmpty()) {
        run.table(
            "Held-out pairs of answers", List.of("", ""), preferred(model, measured, preference));
      }
      return Optional.of(new Outputs(draft.commit(Weights.class)));
    }
  }

  /// The chosen answers alone, where pairs are learned as answers.
  private static List<Sequence> taken(List<Sequence> all, boolean chosen) {
    return chosen
        ? IntStream.range(0, all.size()).filter(i -> i % 2 == 0).mapToObj(all::get).toList()
        : all;
  }

  /// How many pairs the model prefers as people do, beyond what the base did; TRL's accuracy and
  /// margin of rewards.
  private static List<List<String>> preferred(
      TrainableModel model, List<Batch> measured, Preference preference) {
    int pairs = 0;
    int won = 0;
    double sum = 0;
    for (Batch batch : measured) {
      float[] losses = model.losses(batch);
      for (int s = 0; s < batch.sequences(); s += 2) {
        double margin = preference.margin(losses, batch, s);
        pairs++;
        won += margin > 0 ? 1 : 0;
        sum += margin;
      }
    }
    return List.of(
        List.of("pairs", "%,d".formatted(pairs)),
        List.of(
            "the chosen answer gained", String.format(Locale.ROOT, "%.1f %%", 100.0 * won / pairs)),
        List.of("mean margin of rewards", String.format(Locale.ROOT, "%.4f", sum / pairs)));
  }

  /// Plain text in steps of about as many tokens as those of the task.
  private static Windows windows(
      TokenShards text, List<Sequence> train, int context, Config config, Run run) {
    double mean = train.stream().mapToInt(Sequence::length).average().orElse(1);
    int length = (int) Math.min(context, text.size() - 1);
    int rows = (int) Math.max(1, Math.round(config.batch() * mean / length));
    return new Windows(text, length, rows, 1, run.seed());
  }

  /// The base with the last layer that the task needs: its own where that fits, else a new one.
  private TrainableModel model(Weights base, Task task, Config config, Run run)
      throws InterruptedException {
    ModelShape stored = Architectures.read(read(base.folder().resolve("config.json")));
    Parallelism parallelism =
        MachineMemory.shared(
            run.compute(),
            stored.parameterCount(),
            Processes.share(group, "tune.batch", config.batch(), run::note),
            MachineMemory.bytes(group));
    run.note(parallelism.words());
    Bf16.note(config.precision()).ifPresent(run::note);
    TrainableModel model =
        TrainableModel.read(
            base.folder(),
            shape -> {
              ModelShape fit =
                  shape.output().equals(task.output()) ? shape : shape.withOutput(task.output());
              return config.dropout() < 0
                  ? fit
                  : fit.withDropout(Dropout.of((float) config.dropout()));
            },
            config.loraRank() == 0
                ? new Tuning.All()
                : new Tuning.LowRank(config.loraRank(), config.loraAlpha()),
            config.groups(),
            run.seed(),
            parallelism,
            config.precision());
    if (group != null) {
      model.join(group);
    }
    return config.activationCheckpointing() ? model.recomputing() : model;
  }

  private static List<Sequence> encoded(
      Encoder encoder, Path labels, Split split, int longest, Run run) {
    Encoded encoded = encoder.encode(labels, split, longest);
    encoded.notes().forEach(run::note);
    return encoded.sequences();
  }

  /// What a card calls the task; text generation is what it means where it names none.
  private static String called(Task task) {
    return task.output() instanceof Output.NextToken ? "" : task.pipelineTag();
  }

  /// What the base model says of itself, and what was done here.
  private static ModelCard card(
      Inputs inputs, ModelCard.Tuning tuning, Task task, TrainableModel model) {
    Path file = inputs.base().folder().resolve(ModelCardText.FILE);
    ModelCard base = Files.exists(file) ? ModelCardText.read(read(file)) : ModelCard.named("");
    return base.ofParameters(model.config().parameterCount())
        .tuned(tuning, task.hint(inputs.labels().folder()));
  }

  private static double meanLoss(TrainableModel model, List<Batch> batches, Objective objective)
      throws InterruptedException {
    double sum = 0;
    long counted = 0;
    for (Batch batch : batches) {
      sum += model.value(objective, batch);
      counted += objective.count(batch);
    }
    return counted == 0 ? Double.NaN : sum / counted;
  }

  private static String nats(double loss, Task task) {
    return Double.isNaN(loss)
        ? "nothing held out"
        : String.format(Locale.ROOT, "%.4f nats a %s", loss, task.words().target());
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
