package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.OpenedModel;
import dev.imago.generate.Predictor;
import dev.imago.model.ModelCard;
import dev.imago.model.Output;
import dev.imago.serve.ServedModels;
import dev.imago.serve.Server;
import dev.imago.serve.ServerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/// A model that is opened to be served: one that generates, or one that tells labels.
sealed interface Serving extends AutoCloseable {
  /// What the model says of itself.
  ModelCard card();

  /// The path of its API.
  String path();

  /// Whether it has a page at `/`.
  boolean hasPage();

  /// @param beside what else is served
  Server start(ServerConfig config, ServedModels beside, OutputStream log);

  /// The same as a further model of a server.
  ///
  /// @param reference what ratings are bound to
  ServedModels.Other beside(String name, String reference);

  /// The same, whose answers are guessed by a draft model, or by lookup. Closes this one where that
  /// cannot be.
  default Serving guessedBy(String draft, Imago imago, int threads) {
    close();
    throw new ConfigException(
        "draft = %s is of answers, and this model tells labels; leave it out".formatted(draft));
  }

  /// The same, opened when it is asked, and let go when it sleeps; this one is closed. Only models
  /// that generate sleep.
  default Serving sleeping(ServedModels.Opening opening) {
    return this;
  }

  @Override
  void close();

  /// Opens a model that generates, each time anew.
  ///
  /// @param draft that guesses for it; empty for none
  static ServedModels.Opening opening(Path folder, String draft, Imago imago, int threads) {
    return () -> {
      LanguageModel model = ModelArgument.open(folder, threads);
      try {
        return new ServedModels.Open(model, DraftOptions.open(draft, model, imago, threads));
      } catch (RuntimeException e) {
        model.close();
        throw e;
      }
    };
  }

  /// @param folder a model's folder or file
  /// @throws InputException for what cannot be served
  static Serving open(Path folder, int threads) {
    try {
      return switch (OpenedModel.open(folder, threads)) {
        case LanguageModel model -> new Generating(model, Optional.empty());
        case Predictor model -> new Labelling(model, path(model.shape().output()));
      };
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException(
          "%s holds no model that can be served: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /// The path of what tells this.
  private static String path(Output output) {
    return switch (output) {
      case Output.Classes _ -> "classify";
      case Output.Tags _ -> "tag";
      case Output.Dependencies _ -> "parse";
      case Output.Embedding _ -> "v1/embeddings";
      case Output.Span _ -> "question-answering";
      case Output.NextToken _, Output.MaskedToken _ ->
          throw new IllegalArgumentException(
              "a " + output.words() + " is told by no path of its own");
    };
  }

  /// One that generates.
  record Generating(LanguageModel model, Optional<LanguageModel> draft) implements Serving {
    @Override
    public Serving guessedBy(String drafting, Imago imago, int threads) {
      try {
        return new Generating(model, DraftOptions.open(drafting, model, imago, threads));
      } catch (RuntimeException e) {
        model.close();
        throw e;
      }
    }

    @Override
    public Serving sleeping(ServedModels.Opening opening) {
      ModelCard card = model.card();
      close();
      return new Sleeping(card, opening);
    }

    @Override
    public ModelCard card() {
      return model.card();
    }

    @Override
    public String path() {
      return "v1/chat/completions";
    }

    @Override
    public boolean hasPage() {
      return true;
    }

    @Override
    public Server start(ServerConfig config, ServedModels beside, OutputStream log) {
      return Server.start(config, model, draft, beside, log);
    }

    @Override
    public ServedModels.Other beside(String name, String reference) {
      return new ServedModels.Other.Generates(name, reference, model, draft);
    }

    @Override
    public void close() {
      draft.ifPresent(LanguageModel::close);
      model.close();
    }
  }

  /// One that generates, opened by the server when it is asked.
  record Sleeping(ModelCard card, ServedModels.Opening opening) implements Serving {
    @Override
    public String path() {
      return "v1/chat/completions";
    }

    @Override
    public boolean hasPage() {
      return true;
    }

    @Override
    public Server start(ServerConfig config, ServedModels beside, OutputStream log) {
      return Server.start(config, opening, beside, log);
    }

    @Override
    public ServedModels.Other beside(String name, String reference) {
      return new ServedModels.Other.Sleeps(name, reference, opening);
    }

    @Override
    public void close() {} // the server opens it, and closes it
  }

  /// One of classes, tags or vectors.
  record Labelling(Predictor model, String path) implements Serving {
    @Override
    public ModelCard card() {
      return model.card();
    }

    @Override
    public boolean hasPage() {
      return false;
    }

    @Override
    public Server start(ServerConfig config, ServedModels beside, OutputStream log) {
      ServerConfig.Limits limits = config.limits();
      if (limits.context() > 0 || !CacheOptions.isUsual(limits.cache())) {
        throw new ConfigException(
            "context, kvCache and kvMemory are of answers, and this model tells %s; leave them out"
                .formatted(model.shape().output().words()));
      }
      return Server.start(config, model, beside, log);
    }

    @Override
    public ServedModels.Other beside(String name, String reference) {
      return new ServedModels.Other.Labels(name, model);
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
