package dev.imago.tune;

import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.data.Split;
import dev.imago.data.Weights;
import dev.imago.model.ModelShape;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.Task;
import dev.imago.tasks.answering.Answering;
import dev.imago.torch.GroupPolicy;
import dev.imago.torch.Parallelism;
import dev.imago.training.AdapterSettings;
import dev.imago.training.Additions;
import dev.imago.training.AnswerSampler;
import dev.imago.training.NewTokens;
import dev.imago.training.ParameterGroups;
import dev.imago.training.Stopping;
import dev.imago.training.TrainableModel;
import dev.imago.training.Trainer;
import dev.imago.training.TrainingCost;
import dev.imago.training.Tuning;
import dev.imago.tune.GrpoSettings.RewardKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Tuning by rewards: the labels' prompts are answered by the model itself, and what a program or a
/// reward model finds better becomes likelier ([GrpoSettings]).
final class GroupTuning {
  private final GrownVocabulary grown;
  private final Tune.Inputs inputs;
  private final Task task;
  private final Tune.Config config;
  private final GrpoSettings settings;
  private final Run run;

  GroupTuning(GrownVocabulary grown, Task task, Run run) {
    this.grown = grown;
    this.inputs = grown.inputs();
    this.task = task;
    this.config = grown.config();
    this.settings = config.grpo();
    this.run = run;
  }

  /// The models that are beside the one that learns: the reference and the reward model, where
  /// there are such.
  ///
  /// @param base as the reference is
  static List<TrainingCost.Model> beside(
      TrainingCost.Model base, Optional<TrainingCost.Model> reward, Tune.Config config) {
    var models = new ArrayList<TrainingCost.Model>();
    if (config.grpo().used()) {
      if (config.grpo().beta() > 0) {
        models.add(base);
      }
      reward.ifPresent(models::add);
    }
    return models;
  }

  /// Refuses what has no meaning, before a model is read.
  ///
  /// @param together whether several processes train together
  static void refuse(Tune.Inputs inputs, Task task, Tune.Config config, boolean together) {
    GrpoSettings settings = config.grpo();
    boolean model = settings.rewards().contains(RewardKind.MODEL);
    if (model != inputs.reward().isPresent()) {
      throw new ConfigException(
          model
              ? "tune.grpo.rewards = model is what the input reward says, and it is not bound; bind"
                  + " a reward model: inputs: {reward: …}"
              : "the input reward is bound, and tune.grpo.rewards does not name model; name it, or"
                  + " unbind the reward model");
    }
    inputs.reward().ifPresent(RewardModel::check);
    if (!settings.used()) {
      if (!settings.equals(GrpoSettings.NONE)) {
        throw new ConfigException(
            "tune.grpo is of rewards, and tune.grpo.rewards names none; give exact, regex, schema,"
                + " length or model, or leave grpo out");
      }
      return;
    }
    ModelShape base = BaseModel.shape(inputs.base());
    String other =
        !task.name().equals(Answering.NAME)
            ? "these labels are for %s, and what is asked are prompts of the task %s"
                .formatted(task.name(), Answering.NAME)
            : base.decoderStart().isPresent()
                ? inputs.base().ref() + " has an encoder, and answers are drawn from a decoder"
                : together
                    ? "several processes would draw the same answers; train in one"
                    : inputs.teacher().isPresent()
                        ? "the input teacher is of answers that are given; unbind it"
                        : setting(config);
    if (!other.isEmpty()) {
      throw new ConfigException("tune.grpo.rewards: " + other);
    }
    if (config.batch() % settings.numGenerations() != 0) {
      throw new ConfigException(
          "tune.batch = %d is no multiple of tune.grpo.numGenerations = %d; a step holds whole groups: set it to %d"
              .formatted(
                  config.batch(),
                  settings.numGenerations(),
                  Math.max(1, config.batch() / settings.numGenerations())
                      * settings.numGenerations()));
    }
  }

  /// A setting that answers of the model's own do not know; empty where none is set.
  private static String setting(Tune.Config config) {
    Tune.Config usual = Tune.Config.defaults();
    return config.grpo().lossType() == GroupPolicy.Kind.BNPO && config.accumulate() > 1
        ? "tune.grpo.lossType = bnpo divides by the tokens of a micro-batch, and tune.accumulate = %d parts a step; set it to 1, or take dapo"
            .formatted(config.accumulate())
        : config.packing()
            ? "tune.packing puts several answers into a row; leave it out"
            : config.replay() > 0
                ? "tune.replay reads plain text, which has no reward; leave it out"
                : config.longest() > 0
                    ? "tune.longest = %d is of answers that are given; set it to 0, since tune.grpo.maxCompletionLength bounds those that are drawn"
                        .formatted(config.longest())
                    : !config.stopping().equals(Stopping.NONE)
                        ? "tune.stopping goes by the loss of given answers; leave it out"
                        : config.adapter().kind().virtual()
                            ? "tune.adapter.kind puts vectors before each text; take kind = lora"
                            : config
                                    .optimization()
                                    .likelihood()
                                    .equals(usual.optimization().likelihood())
                                ? ""
                                : "tune.labelSmoothing and tune.zLoss are of answers that are"
                                    + " given; leave them out";
  }

  Tune.Outputs train() throws InterruptedException {
    Path labels = inputs.labels().folder();
    Path words = BaseModel.words(inputs);
    Parallelism parallelism =
        BaseModel.parallelism(BaseModel.shape(inputs.base()), config, null, run);
    try (TrainableModel model = open();
        RewardModel reward = reward(parallelism)) {
      try (TrainableModel reference = reference(parallelism)) {
        int context = model.config().context();
        int longest = context - Math.min(settings.maxCompletionLength(), context / 2);
        List<Answering.Prompt> prompts =
            Answering.prompts(words, labels, Split.TRAIN, longest, run::note);
        if (prompts.isEmpty()) {
          throw new InputException(
              "no prompt to train on has at most %d tokens, which leaves room for an answer; lower tune.grpo.maxCompletionLength, or give shorter ones"
                  .formatted(longest));
        }
        var mixed = new ArrayList<>(prompts);
        Collections.shuffle(mixed, new Random(run.seed()));
        int apart = DevelopmentSplit.measured(prompts.size(), settings.heldoutPrompts());
        List<Answering.Prompt> held = mixed.subList(0, apart);
        List<Answering.Prompt> learned = mixed.subList(apart, mixed.size());
        Encoder encoder = task.encoder(words);
        int endOfText = BaseModel.endOfText(inputs.base());
        var sampler =
            new AnswerSampler(
                encoder.stops(), settings.maxCompletionLength(), 1, Math.max(0, endOfText));
        var batches =
            new GroupBatches(
                model,
                reference,
                learned,
                sampler,
                BaseModel.tokenizer(inputs),
                AnswerReward.sum(rewards(reward), settings),
                config,
                run);
        long steps = batches.steps();
        run.note(
            "%,d prompts, %,d steps of %d answers, %d to a prompt"
                .formatted(learned.size(), steps, config.batch(), settings.numGenerations()));
        var learning = new GroupLearning(model, batches, held, sampler, run);
        var trainer =
            new Trainer(
                model,
                batches,
                List.of(),
                config.optimization().of(steps, settings.objective(), "learning from rewards"),
                run);
        trainer.measuring(learning::measured);
        Trainer.Outcome outcome = trainer.train();
        Draft draft = run.draft(Weights.class, "tuned");
        TunedModel.write(
            draft.folder(),
            model,
            inputs,
            config.adapter(),
            task,
            encoder,
            learned.size(),
            steps * config.batch(),
            endOfText);
        learning.tell(outcome);
        return new Tune.Outputs(draft.commit(Weights.class));
      }
    }
  }

  private TrainableModel open() throws InterruptedException {
    return BaseModel.open(inputs, task, config, Additions.of(grown.tokens()), null, run);
  }

  private @Nullable RewardModel reward(Parallelism parallelism) throws InterruptedException {
    return inputs.reward().isPresent()
        ? RewardModel.open(inputs.reward().get(), parallelism)
        : null;
  }

  /// The model that tuning begins with, beside the one that learns; null where nothing asks it.
  private @Nullable TrainableModel reference(Parallelism parallelism) throws InterruptedException {
    if (settings.beta() == 0) {
      return null;
    }
    // Blocks round the base: what tuning begins with is the rounded one.
    return inputs.start().isPresent()
            || !grown.tokens().equals(NewTokens.NONE)
            || config.adapter().base() != AdapterSettings.BasePrecision.F32
        ? open()
        : TrainableModel.read(
            inputs.base().folder(),
            UnaryOperator.identity(),
            new Tuning.Nothing(),
            ParameterGroups.NONE,
            0,
            parallelism,
            config.precision().on(parallelism.place()));
  }

  private List<AnswerReward> rewards(@Nullable RewardModel model) {
    var rewards = new ArrayList<AnswerReward>();
    for (RewardKind kind : settings.rewards()) {
      rewards.add(
          kind == RewardKind.MODEL && model != null ? model : AnswerReward.of(kind, settings));
    }
    return rewards;
  }
}
