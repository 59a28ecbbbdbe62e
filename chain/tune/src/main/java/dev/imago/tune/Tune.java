// Past 400 lines: a third of it settings, each with its meaning and bound.
package dev.imago.tune;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Estimate;
import dev.imago.core.Estimate.Figure;
import dev.imago.core.Hashing;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.core.Unwrapped;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Task;
import dev.imago.tasks.Tasks;
import dev.imago.torch.Batch;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.torch.ProcessGroup;
import dev.imago.training.AdapterSettings;
import dev.imago.training.Additions;
import dev.imago.training.Batches;
import dev.imago.training.Device;
import dev.imago.training.Distillation;
import dev.imago.training.Optimization;
import dev.imago.training.ParameterGroups;
import dev.imago.training.Processes;
import dev.imago.training.Replay;
import dev.imago.training.Room;
import dev.imago.training.Stopping;
import dev.imago.training.TeacherModel;
import dev.imago.training.TrainableModel;
import dev.imago.training.Trainer;
import dev.imago.training.TrainingCost;
import dev.imago.training.TrainingPrecision;
import dev.imago.training.Windows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Fine-tuning: the weights, or low-rank additions to them, learn the task of the labels ([Tasks]):
/// to answer their prompts, with the loss on the answer only, to prefer one answer to another, or
/// with a new last layer to tell classes or tags. Ouyang et al. 2022, arXiv:2203.02155, section
/// 3.5; Rafailov et al. 2023, arXiv:2305.18290; Hu et al. 2021, arXiv:2106.09685.
public final class Tune extends Stage<Tune.Inputs, Tune.Config, Tune.Outputs> {
  private static final double USUAL_SCALE = 20;
  private static final double USUAL_BETA = 0.1;
  private static final long MOST_POSITIONS = 1 << 24;

  private static final double USUAL_FLOOR = 0.05;
  private static final double USUAL_CALIBRATION = 0.05;

  /// @param vocabulary the tokenizer; the base's own where none is bound
  /// @param tokens what the base was pre-trained on, which [Config#replay] takes text from
  /// @param teacher a model of the same task, which this one learns from beside the labels
  ///   ([Config#distillation])
  /// @param start an adapter of the base that training goes on with: its kind, rank and places are
  ///   its own
  /// @param reward a reward model, as labels of the task `reward` tune it, which tells how good the
  ///   model's own answers are ([Config#grpo])
  /// @param others labels of further tasks on the same body ([Config#joint])
  public record Inputs(
      Weights base,
      Optional<Vocabulary> vocabulary,
      Labels labels,
      Optional<Tokens> tokens,
      Optional<Weights> teacher,
      Optional<Weights> start,
      Optional<Weights> reward,
      List<Labels> others) {
    public Inputs {
      others = List.copyOf(others);
    }

    /// Of one task, without a reward model.
    public Inputs(
        Weights base,
        Optional<Vocabulary> vocabulary,
        Labels labels,
        Optional<Tokens> tokens,
        Optional<Weights> teacher,
        Optional<Weights> start) {
      this(base, vocabulary, labels, tokens, teacher, start, Optional.empty(), List.of());
    }

    /// Of one task.
    public Inputs(
        Weights base,
        Optional<Vocabulary> vocabulary,
        Labels labels,
        Optional<Tokens> tokens,
        Optional<Weights> teacher,
        Optional<Weights> start,
        Optional<Weights> reward) {
      this(base, vocabulary, labels, tokens, teacher, start, reward, List.of());
    }

    /// With other words.
    Inputs with(Vocabulary words) {
      return new Inputs(base, Optional.of(words), labels, tokens, teacher, start, reward, others);
    }

    /// Of one of its labels alone.
    Inputs labelled(Path folder) {
      Labels own =
          others.stream().filter(l -> l.folder().equals(folder)).findFirst().orElse(labels);
      return new Inputs(base, vocabulary, own, tokens, teacher, start);
    }
  }

  /// @param tuned a Hugging Face folder, with the tokenizer's files and a card; or an adapter in
  ///   PEFT's form with these
  public record Outputs(Weights tuned) {}

  /// @param examples to train on in all; pairs are repeated in a new order when there are fewer
  /// @param maxEpochs bound on how often a pair is seen, which wins over `examples`
  /// @param batch examples in a step, at most
  /// @param accumulate micro-batches that a step's examples are shared out to, one after the other:
  ///   less memory, and the same step
  /// @param packing whether a row holds several answers, none of which sees another; else each has
  ///   a row, with padding
  /// @param crf whether tags are told together, by a CRF over each sentence
  /// @param replay share of the steps, beside those of the examples, that read plain text of the
  ///   corpus, so that the model goes on to know it; 0 for none, at most 0.95
  /// @param longest tokens in a pair or conversation; longer pairs are left out, conversations cut
  ///   after the last answer that fits, both counted; 0 for the model's context
  /// @param truncationSide which side of a text that is longer is cut, where texts are read as a
  ///   whole
  /// @param optimization how it learns, and when it is measured and saved
  /// @param distillation how it learns from the teacher, where one is bound
  /// @param groups what trains otherwise than the rest, by name
  /// @param dropout what share of the numbers is 0 by chance in training, in the places that the
  ///   model has for it; −1 for what its `config.json` says
  /// @param attentionDropout the same of the weights that values are summed by, whatever `dropout`
  ///   says; without it these are never in memory whole, which is faster and smaller. −1 for what
  ///   `dropout` says
  /// @param beta of pairs of answers: how dear it is to leave the base; 0 learns the chosen answers
  ///   as answers
  /// @param preference how such answers are compared
  /// @param grpo how the model learns from rewards of answers that it writes itself to the labels'
  ///   prompts; `batch` then counts answers, `examples` prompts
  /// @param adapter what trains in the place of the model's own weights
  /// @param vocabulary tokens that are added to it
  /// @param joint how several tasks are learned on one body, where `others` binds more labels
  /// @param similarityScale of texts that belong together: what cosines are multiplied by before
  ///   the softmax; 20 is usual, 1 over a temperature of 0.05
  /// @param hardNegatives of texts that belong together: texts that are added to each pair, which
  ///   the base holds for its own and which are not; 0 for none
  /// @param device where it trains; what is not there is refused by name
  /// @param precision of matrix products
  /// @param activationCheckpointing whether blocks are computed again on the way back, in place of
  ///   keeping what they computed: less memory for a third more work, and the same bits
  /// @param keepZeros whether what is 0 in the base's blocks stays 0, as of one that was pruned by
  ///   magnitude or 2:4
  /// @param stopping what chooses the weights that come out, and ends tuning early, by a part of
  ///   the labelled examples
  /// @param calibration the share of the texts of a class or of tags that is set apart to fit the
  ///   temperature of the probabilities by, where `stopping` sets none apart; 0 for none
  /// @param heldoutPairs at most, of those to train on, that are set apart for the loss to be
  ///   measured on; what is held out is `evaluate`'s alone
  public record Config(
      int examples,
      int maxEpochs,
      int batch,
      int accumulate,
      boolean packing,
      boolean crf,
      double replay,
      int longest,
      TruncationSide truncationSide,
      @Unwrapped Optimization optimization,
      Distillation distillation,
      ParameterGroups groups,
      double dropout,
      double attentionDropout,
      double beta,
      PreferenceSettings preference,
      GrpoSettings grpo,
      AdapterSettings adapter,
      @Unwrapped VocabularyGrowth vocabulary,
      @Unwrapped JointSettings joint,
      double similarityScale,
      int hardNegatives,
      Device device,
      TrainingPrecision precision,
      boolean activationCheckpointing,
      boolean keepZeros,
      Stopping stopping,
      double calibration,
      int heldoutPairs) {
    public Config {
      Bounds.whole("examples", examples, 1, Integer.MAX_VALUE);
      Bounds.whole("maxEpochs", maxEpochs, 1, 1_000_000);
      Bounds.whole("batch", batch, 1, 1 << 16);
      Bounds.whole("accumulate", accumulate, 1, batch, "a micro-batch has an example at least");
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
      if (adapter.used() && !groups.equals(ParameterGroups.NONE)) {
        throw new ConfigException(
            "groups is of the model's own weights, and an adapter (adapter.kind = %s) freezes them all; leave one out"
                .formatted(adapter.kind().name().toLowerCase(Locale.ROOT)));
      }
      if (adapter.used() && keepZeros) {
        throw new ConfigException(
            "keepZeros = true is of the model's own weights, and what an adapter (adapter.kind = %s) adds fills them; leave one out"
                .formatted(adapter.kind().name().toLowerCase(Locale.ROOT)));
      }
      Bounds.number("similarityScale", similarityScale, 0.1, 1000, "20 is usual");
      Bounds.whole("hardNegatives", hardNegatives, 0, 16, "1 is usual, 0 for none");
      optimization.checkFloor(USUAL_FLOOR);
      checkRate("dropout", dropout, "0.1 is usual, −1 for what the model's config.json says");
      checkRate("attentionDropout", attentionDropout, "0.1 is usual, −1 for what dropout says");
      Bounds.number("calibration", calibration, 0, 0.5, "0.05 is usual, 0 for none");
      Bounds.whole("heldoutPairs", heldoutPairs, 1, Integer.MAX_VALUE);
    }

    private static void checkRate(String name, double value, String usual) {
      if (value != -1) {
        Bounds.number(name, value, 0, 0.9, usual);
      }
    }

    /// With another adapter.
    Config with(AdapterSettings other) {
      return new Config(
          examples,
          maxEpochs,
          batch,
          accumulate,
          packing,
          crf,
          replay,
          longest,
          truncationSide,
          optimization,
          distillation,
          groups,
          dropout,
          attentionDropout,
          beta,
          preference,
          grpo,
          other,
          vocabulary,
          joint,
          similarityScale,
          hardNegatives,
          device,
          precision,
          activationCheckpointing,
          keepZeros,
          stopping,
          calibration,
          heldoutPairs);
    }

    public static Config defaults() {
      return new Config(
          16_000,
          4,
          32,
          1,
          false,
          false,
          0,
          0,
          TruncationSide.AUTO,
          Optimization.usual(1e-3, USUAL_FLOOR, 0.05, 50),
          Distillation.USUAL,
          ParameterGroups.NONE,
          -1,
          -1,
          USUAL_BETA,
          PreferenceSettings.USUAL,
          GrpoSettings.NONE,
          AdapterSettings.NONE,
          VocabularyGrowth.NONE,
          JointSettings.NONE,
          USUAL_SCALE,
          0,
          Device.AUTO,
          TrainingPrecision.F32,
          false,
          false,
          Stopping.NONE,
          USUAL_CALIBRATION,
          256);
    }
  }

  private final @Nullable ProcessGroup group;

  /// One process alone.
  public Tune() {
    this(null);
  }

  /// @param group of the processes that train together; null for one alone
  public Tune(@Nullable ProcessGroup group) {
    super("tune", 9, Inputs.class, Config.defaults(), Outputs.class);
    this.group = group;
  }

  @Override
  public Optional<String> resumesAt(Path scratch) {
    return Trainer.resumesAt(scratch);
  }

  @Override
  public Estimate estimate(Config config, Estimate.Known known) {
    TrainingCost.Model model = TrainingCost.Model.expected(known);
    ModelShape base =
        known.inputs().get("base") instanceof Weights weights
            ? BaseModel.shape(weights, config)
            : null;
    if (base == null && model.parameters() == 0) {
      return Estimate.UNKNOWN;
    }
    long pairs =
        known.inputs().get("labels") instanceof Labels labels
            ? Examples.count(labels.folder(), Split.TRAIN)
            : known.figure(Figure.PAIRS, config.examples());
    long examples = Math.min(config.examples(), config.maxEpochs() * pairs) * config.grpo().each();
    int sequences =
        known.inputs().get("labels") instanceof Labels labels
            ? LabelledBatches.sequences(Tasks.read(labels.folder()), config)
            : 1;
    var beside =
        new ArrayList<>(
            GroupTuning.beside(
                base == null ? model : TrainingCost.Model.of(base),
                Guided.cost(known, "reward"),
                config));
    Guided.cost(known, "teacher").ifPresent(beside::add);
    TuneCost cost =
        base == null
            ? new TuneCost(model, config, sequences, beside)
            : new TuneCost(base, config, sequences, beside);
    Room room = config.device().expected("tune.device", known.compute());
    return cost.of(examples, room);
  }

  @Override
  public void check(Config config) {
    config.device().check("tune.device");
    int _ = Processes.share(group, "tune.batch", config.batch(), _ -> {});
  }

  @Override
  public String external(Config config) {
    return config.grpo().schema().isEmpty() ? "" : Hashing.of(AnswerReward.schema(config.grpo()));
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
    BaseModel.checkTokenizer(inputs, inputs.base());
    if (inputs.start().isEmpty()) {
      config.adapter().checkUsed();
    }
    JointTuning.refuse(inputs, config, group != null);
    Inputs ended = LabelledSource.in(inputs, run);
    GrownVocabulary grown =
        GrownVocabulary.of(config.truncationSide().in(ended, config, run), config, run);
    Config own =
        inputs.start().isPresent()
            ? StartedAdapter.settings(grown.inputs(), inputs.start().get(), config)
            : grown.config();
    if (!inputs.others().isEmpty()) {
      return Optional.of(new JointTuning(grown.inputs(), own, run).train(grown.tokens()));
    }
    Task task = Objectives.task(Tasks.read(inputs.labels().folder()), own);
    return train(new GrownVocabulary(grown.inputs(), own, grown.tokens()), task, run);
  }

  private Optional<Outputs> train(GrownVocabulary grown, Task task, Run run)
      throws InterruptedException {
    Inputs inputs = grown.inputs();
    Config config = grown.config();
    if (!LabelledBatches.ofAnswers(task) && config.beta() != USUAL_BETA) {
      throw new ConfigException(
          "tune.beta = %s is of pairs of answers that are compared, and these labels are for %s; leave it out"
              .formatted(config.beta(), task.pipelineTag()));
    }
    GroupTuning.refuse(inputs, task, config, group != null);
    ModelShape base = BaseModel.shape(inputs.base(), config);
    var beside =
        new ArrayList<>(
            GroupTuning.beside(
                TrainingCost.Model.of(base),
                inputs.reward().map(r -> TrainingCost.Model.of(BaseModel.shape(r))),
                config));
    Guided.cost(inputs).ifPresent(beside::add);
    Room room = config.device().room("tune.device", group, run.compute());
    new TuneCost(base, config, LabelledBatches.sequences(task, config), beside)
        .check(group == null ? 1 : group.size(), room);
    if (config.replay() == 0) {
      return tune(grown, task, Optional.empty(), run);
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
    int known = base.vocabularySize();
    int used = TokenShards.header(tokens.folder()).vocabularySize();
    if (used > known) {
      throw new InputException(
          "the tokens to replay are of a vocabulary of %d, and the base knows %d: bind the tokens that the base was trained on, or set tune.replay to 0"
              .formatted(used, known));
    }
    try (TokenShards text = TokenShards.open(tokens.folder(), Split.TRAIN)) {
      return tune(grown, task, Optional.of(text), run);
    }
  }

  private Optional<Outputs> tune(
      GrownVocabulary grown, Task task, Optional<TokenShards> text, Run run)
      throws InterruptedException {
    Inputs inputs = grown.inputs();
    Config config = grown.config();
    Path labels = inputs.labels().folder();
    Encoder encoder = task.encoder(BaseModel.words(inputs));
    String examples = task.words().examples();
    if (Examples.count(labels, Split.TRAIN) == 0) {
      throw new InputException(
          "labelled %s to train on = 0, and tuning needs 1 at least: %s"
              .formatted(examples, task.words().none()));
    }
    boolean pairs = LabelledBatches.compares(task, config);
    Optimization optimization = config.optimization();
    RefusedSettings.check(inputs, task, pairs, config);
    Objectives.refuse(task, config, group != null);
    PackedExamples.refuse(config, task, pairs, BaseModel.shape(inputs.base()));
    Guided.refuse(inputs, pairs, config);
    if (config.grpo().used()) {
      return Optional.of(new GroupTuning(grown, task, run).train());
    }
    try (TrainableModel model =
            BaseModel.open(inputs, task, config, Additions.of(grown.tokens()), group, run);
        Guided guided =
            Guided.open(inputs, config, model.config(), parallelism(inputs, config, run))) {
      int endOfText = BaseModel.endOfText(inputs.base());
      LabelledBatches of =
          LabelledBatches.of(
              labels,
              task,
              encoder,
              BaseModel.tokenizer(inputs),
              model,
              Math.max(0, endOfText),
              inputs.base().ref() + inputs.start().map(start -> " " + start.ref()).orElse(""),
              config,
              run);
      if (task.loss() == Task.Loss.BINARY) {
        of.begin(model);
      }
      List<Batch> measured = of.measured(model);
      EpochBatches batches = of.train(model);
      long ofTask = batches.steps(config.examples(), config.maxEpochs());
      long steps = text.isPresent() ? Replay.steps(ofTask, config.replay()) : ofTask;
      Batches mixed =
          text.isPresent()
              ? new Replay(batches, windows(text.get(), of, model, config, run), config.replay())
              : batches;
      run.note(
          "%,d %s, %,d steps of %d%s"
              .formatted(
                  of.size(),
                  examples,
                  ofTask,
                  config.batch(),
                  steps > ofTask ? ", and %,d of plain text".formatted(steps - ofTask) : ""));
      guided.teacher().map(TeacherModel::words).ifPresent(run::note);
      Objective objective = Objectives.of(task, pairs, of.together(), config, guided);
      double before = meanLoss(model, measured, objective.measured());
      ComparedLearning compared =
          pairs || objective.sums() > 0
              ? ComparedLearning.begin(model, objective, of, encoder, config, run)
              : ComparedLearning.NONE;
      var trainer =
          new Trainer(
              model, mixed, measured, optimization.of(steps, objective, "fine-tuning"), run);
      if (of.developmentSize() > 0) {
        run.note(
            "%,d %s are set apart as the development part"
                .formatted(of.developmentSize(), examples));
      }
      if (of.developmentSize() > 0 && config.stopping().development() > 0) {
        trainer.development(config.stopping().by(measured));
      }
      trainer.measuring(compared::measured);
      Trainer.Outcome outcome = trainer.train();
      if (group != null && group.rank() > 0) {
        return Optional.empty();
      }
      Draft draft = run.draft(Weights.class, "tuned");
      TunedModel.write(
          draft.folder(),
          model,
          inputs,
          config.adapter(),
          task,
          encoder,
          of.size(),
          ofTask * config.batch(),
          endOfText);
      if (task instanceof LabelTask<?> labelled) {
        FittedCalibration.write(
            draft.folder(), model, labelled, of, labels, BaseModel.tokenizer(inputs), run);
      }
      run.table(
          "Fine-tuning, loss on the " + task.words().targets(),
          List.of("", ""),
          List.of(
              List.of(examples, "%,d".formatted(of.size())),
              List.of("examples seen", "%,d".formatted(batches.seen(ofTask))),
              List.of("tokens a second", "%,.0f".formatted(outcome.tokensPerSecond())),
              List.of("loss before, of what is set apart", nats(before, task)),
              List.of("loss after, of what is set apart", nats(outcome.heldoutLoss(), task))));
      compared.tell(measured);
      return Optional.of(new Outputs(draft.commit(Weights.class)));
    }
  }

  private Parallelism parallelism(Inputs inputs, Config config, Run run) {
    return BaseModel.parallelism(BaseModel.shape(inputs.base()), config, group, run);
  }

  /// Plain text in steps of about as many tokens as those of the task.
  private static Windows windows(
      TokenShards text, LabelledBatches labelled, TrainableModel model, Config config, Run run) {
    int length = (int) Math.min(model.config().context(), text.size() - 1);
    int rows = (int) Math.max(1, Math.round(config.batch() * labelled.meanLength() / length));
    return new Windows(text, length, rows, 1, run.seed());
  }

  static double meanLoss(TrainableModel model, List<Batch> batches, Objective objective)
      throws InterruptedException {
    double sum = 0;
    long counted = 0;
    for (Batch batch : batches) {
      sum += model.value(objective, batch);
      counted += objective.count(batch);
    }
    return counted == 0 ? Double.NaN : sum / counted;
  }

  static String nats(double loss, Task task) {
    return Double.isNaN(loss)
        ? "nothing is set apart"
        : String.format(Locale.ROOT, "%.4f nats a %s", loss, task.words().target());
  }
}
