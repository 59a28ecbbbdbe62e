package dev.imago.pretrain;

import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Weights;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Batch;
import dev.imago.torch.Bf16;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.torch.ProcessGroup;
import dev.imago.training.Batches;
import dev.imago.training.Optimization;
import dev.imago.training.ParameterGroups;
import dev.imago.training.Processes;
import dev.imago.training.Replay;
import dev.imago.training.Room;
import dev.imago.training.SampleWriter;
import dev.imago.training.TeacherModel;
import dev.imago.training.TrainableModel;
import dev.imago.training.Trainer;
import dev.imago.training.Tuning;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One run of pre-training: the model it begins with, the text it reads, the trainer, and what is
/// written.
///
/// @param group of the processes that train together; null for one alone
record Pretraining(
    @Nullable ProcessGroup group, Pretrain.Inputs inputs, Pretrain.Config config, Run run) {
  /// @return nothing where another process writes
  Optional<Pretrain.Outputs> train() throws InterruptedException {
    int own = Processes.share(group, "pretrain.batch", config.batch(), run::note);
    TokenShards.Header header = TokenShards.header(inputs.tokens().folder());
    try (TokenShards train = TokenShards.open(inputs.tokens().folder(), Split.TRAIN);
        TokenShards heldout = TokenShards.open(inputs.tokens().folder(), Split.HELDOUT)) {
      Optional<ModelShape> start = inputs.start().map(from -> Continued.shape(from, config));
      if (start.isEmpty() && config.replay() > 0) {
        throw new ConfigException(
            "pretrain.replay = %s is of a model that training goes on with, and the input start is not bound; bind it, or set replay to 0"
                .formatted(config.replay()));
      }
      if (start.isEmpty() && config.keepZeros()) {
        throw new ConfigException(
            "pretrain.keepZeros = true is of a pruned model that training goes on with, and the"
                + " input start is not bound; bind it, or set keepZeros to false");
      }
      Sizes sizes = Continued.sizes(Sizes.of(config, train), start, config);
      Path words = inputs.vocabulary().folder();
      ModelVocabulary vocabulary = ModelVocabulary.of(config, words, header);
      int rows = vocabulary.size();
      inputs.start().ifPresent(from -> Continued.sameTokens(from, "start", words));
      ModelShape shape =
          start.isPresent()
              ? Continued.fitting(start.get(), rows)
              : config.shape(rows, sizes.context()).withDecoderStart(header.endOfText());
      Room room = config.device().room("pretrain.device", group, run.compute());
      Memory.check(config, own, shape, sizes, Taught.cost(inputs), room);
      Parallelism parallelism = room.shared(shape.parameterCount(), own);
      room.place().gpu(run::computesOn);
      Precision precision = config.precision().on(room.place());
      try (Taught taught = Taught.open(inputs, config, shape, sizes.context(), parallelism);
          TrainableModel model = begin(shape, parallelism, precision);
          Continued.Earlier earlier = Continued.earlier(inputs, config, shape)) {
        readable(model);
        Material material =
            Material.of(
                train,
                heldout,
                config,
                sizes.context(),
                header.endOfText(),
                vocabulary,
                run.seed());
        long reading = sizes.steps(config);
        long steps = Replay.steps(reading, config.replay());
        Batches batches =
            earlier
                .tokens()
                .<Batches>map(
                    text ->
                        new Replay(
                            material.batches(),
                            Material.batches(
                                text,
                                config,
                                sizes.context(),
                                header.endOfText(),
                                vocabulary,
                                run.seed()),
                            config.replay()))
                .orElse(material.batches());
        run.note(
            "%,d parameters, width %d, context %d; %,d tokens, the corpus %.3g times, in %,d steps"
                .formatted(
                    shape.parameterCount(),
                    shape.width(),
                    sizes.context(),
                    sizes.tokens(),
                    (double) sizes.tokens() / train.size(),
                    reading));
        if (steps > reading) {
          run.note("and %,d steps of what it was trained on before".formatted(steps - reading));
        }
        Bf16.note(precision, parallelism.place()).ifPresent(run::note);
        material.notes().forEach(run::note);
        taught.teacher().map(TeacherModel::words).ifPresent(run::note);
        Optimization optimization = config.optimization();
        Objective objective = taught.objective(optimization.likelihood());
        var trainer =
            new Trainer(
                model,
                batches,
                material.heldout(),
                optimization.of(steps, objective, "pre-training"),
                run);
        material.development().ifPresent(trainer::development);
        if (!config.samples().prompts().isEmpty()) {
          Tokenizer tokenizer = Tokenizer.load(words.resolve("tokenizer.json"));
          trainer.samples(
              new SampleWriter(
                  model,
                  config.samples(),
                  tokenizer::encodeOrdinary,
                  tokenizer::decode,
                  header.endOfText(),
                  run.seed()));
        }
        Trainer.Outcome outcome = trainer.train();
        if (group != null && group.rank() > 0) {
          return Optional.empty();
        }
        Draft draft = run.draft(Weights.class, "base");
        int endOfText = header.endOfText();
        model.write(draft.folder(), new Specials(endOfText, List.of(endOfText)));
        vocabulary.write(draft.folder());
        PretrainedModel.writeCard(
            draft.folder(), inputs.corpus(), train.size(), outcome, shape, run.seed());
        double unigram =
            vocabulary instanceof MaskedVocabulary
                ? new Unigram(train, header.vocabularySize()).loss(material.heldout())
                : Double.NaN;
        PretrainedModel.report(run, shape, precision, outcome, unigram);
        return Optional.of(new Pretrain.Outputs(draft.commit(Weights.class)));
      }
    }
  }

  /// Refuses what the architecture cannot read, before any work: two tokens show it.
  private void readable(TrainableModel model) {
    int[] two = {0, 0};
    int[] begins = config.acrossDocuments() ? new int[0] : new int[] {0, 1};
    try {
      Batch.Source source =
          model.config().decoderStart().isPresent() ? new Batch.Source(2, two, new int[0]) : null;
      float[] _ = model.losses(Batch.of(1, 2, two, two).withSource(source).withBegins(begins));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "pretrain.architecture = %s%s: %s"
              .formatted(
                  config.architecture(),
                  config.acrossDocuments() ? "" : " with acrossDocuments = false",
                  e.getMessage()),
          e);
    }
  }

  private TrainableModel begin(ModelShape shape, Parallelism parallelism, Precision precision)
      throws InterruptedException {
    Optional<Weights> start = inputs.start();
    run.note(parallelism.words());
    try {
      TrainableModel model =
          start.isEmpty()
              ? TrainableModel.random(shape, config.groups(), run.seed(), parallelism, precision)
              : TrainableModel.read(
                  start.get().folder(),
                  _ -> shape,
                  new Tuning.All(),
                  config.groups(),
                  run.seed(),
                  parallelism,
                  precision);
      if (config.keepZeros()) {
        run.note("%,d numbers of the blocks are 0 and stay so".formatted(model.holdZeros()));
      }
      if (group != null) {
        model.join(group);
      }
      if (config.packing() == Packing.CONTIGUOUS) {
        model.carrying(config.batch() * config.accumulate());
      }
      return config.activationCheckpointing() ? model.recomputing() : model;
    } catch (IllegalArgumentException e) {
      throw config.groups().equals(ParameterGroups.NONE) && start.isPresent()
          ? new InputException(start.get().ref() + " cannot be trained: " + e.getMessage(), e)
          : new ConfigException("pretrain.groups: " + e.getMessage(), e);
    }
  }
}
