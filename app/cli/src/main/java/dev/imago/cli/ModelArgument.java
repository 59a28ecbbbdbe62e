package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Workspace;
import dev.imago.data.Weights;
import dev.imago.generate.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A model by what a user calls it: a file, a folder, or an artifact of the workspace.
final class ModelArgument {
  static final String DESCRIPTION =
      "An artifact (weights/…), a .gguf file or a Hugging Face folder.";

  private ModelArgument() {}

  /// The model's file or folder.
  ///
  /// @throws ConfigException where there is no such thing, or it is no model
  static Path find(String name, Imago imago) {
    if (!name.isBlank() && Files.exists(Path.of(name))) {
      return Path.of(name);
    }
    if (!name.matches("([a-z]+/)?[0-9a-f]{4,64}")) {
      throw new ConfigException(
          "«%s» is neither a file or folder nor an artifact; name one, such as model.gguf or weights/3f2a (`imago list` tells them)"
              .formatted(name));
    }
    Artifact artifact = new Workspace(imago.workspace()).find(name);
    if (!artifact.ref().kind().equals(Artifact.kind(Weights.class))) {
      throw new ConfigException(artifact.ref().brief() + " is no model; name one of kind weights");
    }
    return artifact.folder();
  }

  /// Opens a model that continues text.
  ///
  /// @throws InputException for what is none, or is broken
  static LanguageModel open(Path path, int threads) {
    try {
      return LanguageModel.open(path, threads);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException(
          "%s holds no model that continues text: %s".formatted(path, e.getMessage()), e);
    }
  }
}
