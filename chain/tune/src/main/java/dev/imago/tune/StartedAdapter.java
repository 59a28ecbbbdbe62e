package dev.imago.tune;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.Weights;
import dev.imago.model.AdapterConfig;
import dev.imago.model.AdapterFile;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.training.AdapterSettings;
import dev.imago.training.TrainableModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// An adapter on disk that training goes on with.
final class StartedAdapter {
  /// Where merged weights have it.
  static final String FOLDER = "adapter";

  private StartedAdapter() {}

  /// The settings with those of the adapter in their place: what the user says besides is how it
  /// trains, and whether it is merged.
  ///
  /// @throws InputException for an adapter of another base
  static Tune.Config settings(Tune.Inputs inputs, Weights start, Tune.Config config) {
    try (AdapterFile file = open(start)) {
      checkBase(inputs.base(), start, file);
      ModelShape shape = Architectures.read(TunedModel.read(start.folder().resolve("config.json")));
      AdapterSettings own =
          AdapterSettings.of(file.config(), file.changes(shape))
              .withTokens(tokens(inputs, file.config()));
      return config.with(own.trainingAs(config.adapter()));
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s cannot be gone on with: %s".formatted(start.ref().brief(), e.getMessage()), e);
    }
  }

  /// The tokens whose rows are the adapter's own, as the tokenizer writes them.
  private static List<String> tokens(Tune.Inputs inputs, AdapterConfig config) {
    List<List<Integer>> tables = config.tokens().values().stream().distinct().toList();
    if (tables.isEmpty()) {
      return List.of();
    }
    if (tables.size() > 1) {
      throw new IllegalArgumentException(
          "trainable_token_indices = %s: tokens of one table and others of another do not train on here"
              .formatted(config.tokens()));
    }
    Tokenizer tokenizer = BaseModel.tokenizer(inputs);
    return tables.getFirst().stream().map(tokenizer::token).toList();
  }

  private static void checkBase(Weights base, Weights start, AdapterFile file) {
    String own = file.config().base().map(b -> Path.of(b).getFileName().toString()).orElse("");
    String here = String.valueOf(base.folder().getFileName());
    if (!own.equals(here)) {
      String named = own.matches("[0-9a-f]{64}") ? "weights/" + own.substring(0, 12) : own;
      throw new InputException(
          "the adapter %s is of %s, and tune.inputs.base is %s; bind its own base"
              .formatted(
                  start.ref().brief(), named.isEmpty() ? "no model" : named, base.ref().brief()));
    }
  }

  /// Puts its numbers into a model that has the same places.
  static void fill(Weights start, TrainableModel model) {
    try (AdapterFile file = open(start)) {
      model.goOn(file);
    } catch (IllegalArgumentException e) {
      model.close();
      throw new InputException(
          "%s cannot be gone on with: %s".formatted(start.ref().brief(), e.getMessage()), e);
    }
  }

  /// Where it lies: beside merged weights, or alone.
  static Path folder(Weights start) {
    Path beside = start.folder().resolve(FOLDER);
    return AdapterFile.isOne(beside) ? beside : start.folder();
  }

  private static AdapterFile open(Weights start) {
    Path folder = folder(start);
    if (!AdapterFile.isOne(folder)) {
      throw new ConfigException(
          "tune.inputs.start is %s, which has no adapter; as a whole model it is bound as base"
              .formatted(start.ref().brief()));
    }
    try {
      return AdapterFile.open(folder);
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }
}
