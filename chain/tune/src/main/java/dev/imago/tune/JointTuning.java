package dev.imago.tune;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.TaskModels;
import dev.imago.data.Weights;
import dev.imago.model.Output;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Task;
import dev.imago.tasks.Tasks;
import dev.imago.torch.Batch;
import dev.imago.torch.Objective;
import dev.imago.torch.SeveralTasks;
import dev.imago.training.AdapterSettings;
import dev.imago.training.Additions;
import dev.imago.training.NewTokens;
import dev.imago.training.Room;
import dev.imago.training.TrainableModel;
import dev.imago.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Several tasks that are learned on one body, each from labels and with a last layer of its own.
/// What comes out is the first task's model, and each of the others in a folder of its own
/// ([TaskModels]), with the same body.
final class JointTuning {
  private final Tune.Inputs inputs;
  private final Tune.Config config;
  private final Run run;

  /// @param name that it is asked by
  /// @param model the body with its last layer
  private record Joined(
      String name,
      Path labels,
      Task task,
      Encoder encoder,
      LabelledBatches of,
      TrainableModel model,
      Objective objective) {
    List<Batch> measured() {
      return of.measured(model);
    }
  }

  JointTuning(Tune.Inputs inputs, Tune.Config config, Run run) {
    this.inputs = inputs;
    this.config = config;
    this.run = run;
  }

  /// Refuses what several tasks have no place for, before a model is read.
  static void refuse(Tune.Inputs inputs, Tune.Config config, boolean processes) {
    config.joint().check(1 + inputs.others().size());
    if (inputs.others().isEmpty()) {
      return;
    }
    AdapterSettings adapter = config.adapter();
    Tune.Config usual = Tune.Config.defaults();
    String other =
        inputs.teacher().isPresent()
            ? "the input teacher is of one task"
            : inputs.start().isPresent()
                ? "the input start is an adapter of one task"
                : inputs.reward().isPresent() || !config.grpo().equals(usual.grpo())
                    ? "tune.grpo and the input reward are of a model's own answers"
                    : config.hardNegatives() > 0
                            || config.similarityScale() != usual.similarityScale()
                        ? "tune.hardNegatives and tune.similarityScale are of texts that belong"
                            + " together"
                        : config.beta() != usual.beta()
                                || !config.preference().equals(usual.preference())
                            ? "tune.beta and tune.preference are of answers that are compared"
                            : !config.distillation().equals(usual.distillation())
                                ? "tune.distillation is of a student with a teacher"
                                : config.replay() > 0
                                    ? "tune.replay = %s is of a model that writes"
                                        .formatted(config.replay())
                                    : config.packing()
                                        ? "tune.packing = true is of answers"
                                        : processes
                                            ? "several processes share a batch of one"
                                            : adapter.used() && !adapter.merge()
                                                ? "tune.adapter.merge = false leaves an adapter of"
                                                    + " one"
                                                : "";
    if (!other.isEmpty()) {
      throw new ConfigException(
          "tune.tasks = %s learns several tasks on one body, and %s; leave that out"
              .formatted(config.joint().tasks(), other));
    }
  }

  private Task task(Labels labels) {
    Task task = Tasks.read(labels.folder());
    // A CRF is of tags alone: the other tasks stay as they are.
    Task own =
        config.crf() && task.output() instanceof Output.Tags ? Objectives.task(task, config) : task;
    switch (own.loss()) {
      case LIKELIHOOD, BINARY, CHAIN, ARCS, SPAN, SQUARED -> {}
      case CONTRAST, PREFERENCE, UNPAIRED, REWARD ->
          throw new ConfigException(
              "labels for %s are learned alone: their loss is of a whole batch, or of pairs; leave them out of tune.inputs.others"
                  .formatted(own.name()));
    }
    return own;
  }

  /// Refuses what has no room, before a model is read. The further tasks' last layers are small
  /// beside the body.
  ///
  /// @param room that there is
  void checkMemory(Room room) {
    new TuneCost(BaseModel.shape(inputs.base(), config), config, 1, List.of()).check(1, room);
  }

  /// @param tokens that are added to the model
  Tune.Outputs train(NewTokens tokens) throws InterruptedException {
    List<Labels> all = new ArrayList<>(List.of(inputs.labels()));
    all.addAll(inputs.others());
    List<Task> tasks = all.stream().map(this::task).toList();
    List<String> names = config.joint().tasks();
    if (config.crf() && tasks.stream().noneMatch(t -> t.output() instanceof Output.Tags)) {
      throw new ConfigException(
          "tune.crf = true is of tags that are told together, and none of tune.tasks = %s has tags; leave it out"
              .formatted(names));
    }
    checkMemory(config.device().room("tune.device", null, run.compute()));
    var heads = new LinkedHashMap<String, Output>();
    for (int t = 0; t < tasks.size(); t++) {
      if (Examples.count(all.get(t).folder(), Split.TRAIN) == 0) {
        throw new InputException(
            "task %s: labelled %s to train on = 0, and tuning needs 1 at least: %s"
                .formatted(
                    names.get(t), tasks.get(t).words().examples(), tasks.get(t).words().none()));
      }
      if (t > 0) {
        heads.put(names.get(t), tasks.get(t).output());
      }
    }
    try (TrainableModel model =
        BaseModel.open(inputs, tasks.getFirst(), config, new Additions(tokens, heads), null, run)) {
      int endOfText = BaseModel.endOfText(inputs.base());
      var joined = new ArrayList<Joined>();
      for (int t = 0; t < tasks.size(); t++) {
        joined.add(
            joined(
                names.get(t),
                all.get(t).folder(),
                tasks.get(t),
                t == 0 ? model : model.task(names.get(t)),
                Math.max(0, endOfText)));
      }
      return train(model, joined, endOfText);
    }
  }

  private Joined joined(String name, Path labels, Task task, TrainableModel model, int padding) {
    Encoder encoder = task.encoder(BaseModel.words(inputs));
    LabelledBatches of =
        LabelledBatches.of(
            labels,
            task,
            encoder,
            BaseModel.tokenizer(inputs),
            model,
            padding,
            inputs.base().ref().toString(),
            config,
            run);
    if (task.loss() == Task.Loss.BINARY) {
      of.begin(model);
    }
    Objective objective = Objectives.of(task, false, 1, config, Guided.NONE);
    return new Joined(name, labels, task, encoder, of, model, objective);
  }

  private Tune.Outputs train(TrainableModel model, List<Joined> joined, int endOfText)
      throws InterruptedException {
    int[] sizes = joined.stream().mapToInt(j -> j.of().size()).toArray();
    long examples = IntStream.of(sizes).asLongStream().sum();
    long wanted = Math.min(config.examples(), config.maxEpochs() * examples);
    long[] counts =
        JointBatches.counts(
            sizes,
            (wanted + config.batch() - 1) / config.batch(),
            config.joint().taskTemperature());
    var batches =
        new JointBatches(
            joined.stream().map(j -> j.of().train(j.model())).toList(), counts, run.seed());
    var several =
        new SeveralTasks(
            joined.stream()
                .map(j -> j.model().learning(j.objective(), config.joint().weight(j.name())))
                .toList());
    for (int t = 0; t < joined.size(); t++) {
      run.note(
          "task %s: %,d %s, %,d steps of %,d"
              .formatted(
                  joined.get(t).name(),
                  sizes[t],
                  joined.get(t).task().words().examples(),
                  counts[t],
                  batches.steps()));
    }
    List<Batch> measured = batches(joined, Joined::measured);
    double[] before = losses(joined);
    var trainer =
        new Trainer(
            model,
            batches,
            measured,
            config.optimization().of(batches.steps(), several, "fine-tuning"),
            run);
    if (config.stopping().development() > 0) {
      trainer.development(config.stopping().by(measured));
    }
    Trainer.Outcome outcome = trainer.train();
    double[] after = losses(joined);
    Draft draft = run.draft(Weights.class, "tuned");
    for (int t = 0; t < joined.size(); t++) {
      write(draft.folder(), joined.get(t), t == 0, counts[t], endOfText);
    }
    TaskModels.write(draft.folder(), config.joint().tasks());
    var rows = new ArrayList<List<String>>();
    for (int t = 0; t < joined.size(); t++) {
      Joined one = joined.get(t);
      rows.add(
          List.of(
              one.name(),
              one.task().name(),
              "%,d".formatted(sizes[t]),
              "%,d".formatted(counts[t]),
              String.format(Locale.ROOT, "%.3g", config.joint().weight(one.name())),
              told(before[t], one),
              told(after[t], one)));
    }
    run.note("%,.0f tokens a second".formatted(outcome.tokensPerSecond()));
    run.table(
        "Several tasks on one body",
        List.of(
            "task",
            "labels for",
            "examples",
            "steps",
            "weight",
            "loss of what is set apart: before",
            "after"),
        rows);
    return new Tune.Outputs(draft.commit(Weights.class));
  }

  private interface Part {
    List<Batch> of(Joined one);
  }

  private static List<Batch> batches(List<Joined> joined, Part part) {
    var all = new ArrayList<Batch>();
    for (int t = 0; t < joined.size(); t++) {
      int task = t;
      part.of(joined.get(t)).forEach(batch -> all.add(batch.ofTask(task)));
    }
    return all;
  }

  private static double[] losses(List<Joined> joined) throws InterruptedException {
    var to = new double[joined.size()];
    for (int t = 0; t < to.length; t++) {
      Joined one = joined.get(t);
      to[t] = Tune.meanLoss(one.model(), one.measured(), one.objective().measured());
    }
    return to;
  }

  private static String told(double loss, Joined one) {
    return Tune.nats(loss, one.task());
  }

  private void write(Path folder, Joined one, boolean first, long steps, int endOfText) {
    Path to = first ? folder : TaskModels.folder(folder, one.name());
    try {
      Files.createDirectories(to);
    } catch (IOException e) {
      throw AtomicFile.failure("create", to, e);
    }
    TunedModel.write(
        to,
        one.model(),
        inputs.labelled(one.labels()),
        first ? config.adapter() : AdapterSettings.NONE,
        one.task(),
        one.encoder(),
        one.of().size(),
        steps * config.batch(),
        endOfText);
    if (one.task() instanceof LabelTask<?> labelled) {
      FittedCalibration.write(
          to, one.model(), labelled, one.of(), one.labels(), BaseModel.tokenizer(inputs), run);
    }
  }
}
