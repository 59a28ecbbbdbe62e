package dev.imago.pretrain;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Training that goes on with an earlier model: what its shape and tokens must be.
final class Continued {
  private Continued() {}

  /// The shape of the model, with the settings that may change in training.
  static ModelShape shape(Weights start, Pretrain.Config config) {
    Path file = start.folder().resolve("config.json");
    ModelShape shape;
    try {
      shape = Architectures.read(Files.readString(file));
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    } catch (IllegalArgumentException e) {
      throw new InputException(start.ref() + " cannot be trained: " + e.getMessage(), e);
    }
    ModelShape asked = config.shape(shape.vocabularySize(), Sizes.LONGEST);
    if (!asked.output().equals(shape.output())
        || asked.decoderStart().isPresent() != shape.decoderStart().isPresent()) {
      throw new ConfigException(
          "pretrain.architecture = %s, and %s is a %s of %s: set pretrain.architecture to one of its kind, or bind another start"
              .formatted(
                  config.architecture(),
                  start.ref(),
                  shape.architecture(),
                  shape.output().words()));
    }
    Pretrain.Config usual = Pretrain.Config.defaults();
    if (config.depth() != usual.depth() || !config.shape().equals(usual.shape())) {
      throw new ConfigException(
          "pretrain.depth and pretrain.shape are of a model that begins from nothing, and %s has its own; leave them out"
              .formatted(start.ref()));
    }
    if (config.context() > shape.context()) {
      throw new ConfigException(
          "pretrain.context = %d is beyond the %d tokens that %s reads at once; give no more"
              .formatted(config.context(), shape.context(), start.ref()));
    }
    return config.dropout() > 0
        ? shape.withDropout(Pretrain.Config.drops(config.dropout(), config.variationalDropout()))
        : shape;
  }

  /// A context that the model has.
  static Sizes sizes(Sizes sizes, Optional<ModelShape> start, Pretrain.Config config) {
    int most = start.map(ModelShape::context).orElse(Integer.MAX_VALUE);
    return config.context() == 0 && sizes.context() > most
        ? new Sizes(most, sizes.tokens())
        : sizes;
  }

  /// Refuses tokens of another vocabulary.
  ///
  /// @param rows that the tokens need
  static ModelShape fitting(ModelShape start, int rows) {
    if (rows > start.vocabularySize()) {
      throw new InputException(
          "the tokens need a vocabulary of %,d, and the start knows %,d: encode the corpus with the start's own tokenizer"
              .formatted(rows, start.vocabularySize()));
    }
    return start;
  }

  /// Refuses tokens whose ids mean others than those that a model learned.
  ///
  /// @param role of the model, such as `start`
  /// @param words the folder of the tokenizer that made the tokens
  static void sameTokens(Weights model, String role, Path words) {
    Path own = model.folder().resolve("tokenizer.json");
    if (!Files.exists(own)) {
      return;
    }
    Tokenizer given = Tokenizer.load(words.resolve("tokenizer.json"));
    given
        .firstUnlike(Tokenizer.load(own))
        .ifPresent(
            id -> {
              throw new InputException(
                  "token %d of the corpus is «%s», and %s learned another: encode the corpus with the %s's own tokenizer"
                      .formatted(id, given.token(id), model.ref(), role));
            });
  }

  /// The text of an earlier training, opened where it is read.
  record Earlier(Optional<TokenShards> tokens) implements AutoCloseable {
    @Override
    public void close() {
      tokens.ifPresent(TokenShards::close);
    }
  }

  static Earlier earlier(Pretrain.Inputs inputs, Pretrain.Config config, ModelShape shape) {
    if (config.replay() == 0) {
      if (inputs.earlier().isPresent()) {
        throw new ConfigException(
            "the input earlier is bound, and pretrain.replay = 0 reads nothing of it; set it to"
                + " 0.1, say, or unbind it");
      }
      return new Earlier(Optional.empty());
    }
    Tokens tokens =
        inputs
            .earlier()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "pretrain.replay = %s needs what the start was trained on as tokens, and the input earlier is not bound; bind it, or set replay to 0"
                            .formatted(config.replay())));
    fitting(shape, TokenShards.header(tokens.folder()).vocabularySize());
    return new Earlier(Optional.of(TokenShards.open(tokens.folder(), Split.TRAIN)));
  }
}
