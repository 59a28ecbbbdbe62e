package dev.imago.tune;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tasks.Task;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Bf16;
import dev.imago.torch.Parallelism;
import dev.imago.torch.ProcessGroup;
import dev.imago.training.AdapterSettings;
import dev.imago.training.Additions;
import dev.imago.training.NewTokens;
import dev.imago.training.Processes;
import dev.imago.training.TrainableModel;
import dev.imago.training.Tuning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The model that is tuned.
final class BaseModel {
  private BaseModel() {}

  /// @throws InputException for a folder that is none to train
  static ModelShape shape(Weights base) {
    try {
      return Architectures.read(config(base));
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s holds no model to train: %s".formatted(base.folder(), e.getMessage()), e);
    }
  }

  /// What is trained of it: with the dropout that is asked for.
  static ModelShape shape(Weights base, Tune.Config config) {
    return dropping(shape(base), config);
  }

  /// The folder of the tokenizer's files.
  ///
  /// @throws InputException where none is bound, and the base has none of its own
  static Path words(Tune.Inputs inputs) {
    if (inputs.vocabulary().isPresent()) {
      return inputs.vocabulary().get().folder();
    }
    Path own = inputs.base().folder();
    if (!Files.exists(own.resolve(TunedModel.TOKENIZER))) {
      throw new InputException(
          "%s has no tokenizer of its own, and none is bound: a recipe binds one: inputs: {vocabulary: …}"
              .formatted(inputs.base().ref()));
    }
    return own;
  }

  /// What the examples are encoded by.
  static Tokenizer tokenizer(Tune.Inputs inputs) {
    return Tokenizer.load(words(inputs).resolve(TunedModel.TOKENIZER));
  }

  /// Refuses a tokenizer whose ids mean others than those that a model learned.
  static void checkTokenizer(Tune.Inputs inputs, Weights model) {
    Path folder = model.folder();
    Path file = words(inputs).resolve(TunedModel.TOKENIZER);
    Tokenizer tokenizer = Tokenizer.load(file);
    try {
      shape(model).checkTokenizer(tokenizer.textSize(), tokenizer.vocabularySize());
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s cannot be tuned with %s: %s; a recipe binds it: inputs: {vocabulary: …}"
              .formatted(folder, file, e.getMessage()),
          e);
    }
    Path own = folder.resolve(TunedModel.TOKENIZER);
    if (Files.exists(own)) {
      Tokenizer learned = Tokenizer.load(own);
      tokenizer
          .firstUnlike(learned)
          .ifPresent(
              id -> {
                throw new InputException(
                    "%s cannot be tuned with %s: token %d is «%s» there, and the model learned another; a recipe binds its own: inputs: {vocabulary: …}"
                        .formatted(folder, file, id, tokenizer.token(id)));
              });
    }
  }

  /// The id that ends a text; −1 where the base has none.
  static int endOfText(Weights base) {
    return new ConfigJson(config(base)).endOfText();
  }

  private static String config(Weights base) {
    return TunedModel.read(base.folder().resolve("config.json"));
  }

  /// How the model's replicas share the threads.
  static Parallelism parallelism(
      ModelShape stored, Tune.Config config, @Nullable ProcessGroup group, Run run) {
    return config
        .device()
        .room("tune.device", group, run.compute())
        .shared(
            stored.parameterCount(), Processes.share(group, "tune.batch", config.batch(), _ -> {}));
  }

  /// The ids of the tokens that train beside an adapter.
  ///
  /// @throws ConfigException for one that the tokenizer or the model does not have
  private static List<Integer> tokens(
      Tune.Inputs inputs, AdapterSettings adapter, NewTokens added) {
    if (adapter.parts().tokens().isEmpty()) {
      return List.of();
    }
    Tokenizer tokenizer = tokenizer(inputs);
    int rows = added.rows(shape(inputs.base()).vocabularySize());
    var ids = new ArrayList<Integer>();
    for (String token : adapter.parts().tokens()) {
      int id =
          tokenizer
              .id(token)
              .orElseThrow(
                  () ->
                      new ConfigException(
                          "tune.adapter.tokens = «%s» is no token of %s; it is written as there; tune.addTokens adds one"
                              .formatted(token, words(inputs).resolve(TunedModel.TOKENIZER))));
      if (id >= rows) {
        throw new ConfigException(
            "tune.adapter.tokens = «%s» has the id %d, and %s has rows for 0 … %d; leave it out here, and add it by tune.addTokens with a tokenizer that lacks it"
                .formatted(token, id, inputs.base().ref(), rows - 1));
      }
      ids.add(id);
    }
    return ids;
  }

  /// With the dropout that is asked for.
  ///
  /// @throws ConfigException for a rate in attention that the model has no place for
  static ModelShape dropping(ModelShape shape, Tune.Config config) {
    ModelShape all =
        config.dropout() < 0 ? shape : shape.withDropout(Dropout.of((float) config.dropout()));
    float rate = (float) config.attentionDropout();
    if (rate < 0) {
      return all;
    }
    ModelShape own = all.withDropout(all.dropout().withAttention(rate));
    if (own.dropout().attention() != rate) {
      throw new ConfigException(
          "tune.attentionDropout = %s, and %s has no place for it; leave it out"
              .formatted(config.attentionDropout(), shape.architecture()));
    }
    return own;
  }

  /// The base with the last layer that the task needs: its own where that fits, else a new one.
  ///
  /// @param more what it has beside: tokens, and last layers of further tasks
  /// @param group of the processes that train together; null for one alone
  static TrainableModel open(
      Tune.Inputs inputs,
      Task task,
      Tune.Config config,
      Additions more,
      @Nullable ProcessGroup group,
      Run run)
      throws InterruptedException {
    Weights base = inputs.base();
    Parallelism shared = parallelism(shape(base), config, group, run);
    // A batch whose texts are all beside each other is one replica's.
    Parallelism parallelism =
        task.loss() == Task.Loss.CONTRAST || task.loss() == Task.Loss.UNPAIRED && config.beta() > 0
            ? new Parallelism(1, shared.replicas() * shared.threads(), shared.place())
            : shared;
    int _ = Processes.share(group, "tune.batch", config.batch(), run::note);
    run.note(parallelism.words());
    parallelism.place().gpu(run::computesOn);
    Bf16.note(config.precision().on(parallelism.place()), parallelism.place()).ifPresent(run::note);
    config.adapter().words(config.optimization().learningRate()).ifPresent(run::note);
    TrainableModel model =
        TrainableModel.read(
            base.folder(),
            shape -> {
              boolean own =
                  shape.output().equals(task.output())
                      || shape.output() instanceof Output.Embedding
                          && task.output() instanceof Output.Embedding;
              ModelShape fit = own ? shape : shape.withOutput(task.output());
              return dropping(fit, config);
            },
            more,
            config.adapter().used()
                ? new Tuning.Adapted(
                    config.adapter(), tokens(inputs, config.adapter(), more.tokens()))
                : new Tuning.All(),
            config.groups(),
            run.seed(),
            parallelism,
            config.precision().on(parallelism.place()));
    if (config.keepZeros()) {
      run.note("%,d numbers of the blocks are 0 and stay so".formatted(model.holdZeros()));
    }
    inputs.start().ifPresent(start -> StartedAdapter.fill(start, model));
    if (group != null) {
      model.join(group);
    }
    // Else what was expanded for a product would stay until the way back.
    boolean held = config.adapter().base() != AdapterSettings.BasePrecision.F32;
    return config.activationCheckpointing() || held ? model.recomputing() : model;
  }
}
