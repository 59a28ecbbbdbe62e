package dev.imago.cli;

import dev.imago.core.InputException;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.LoraAdapter;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// An adapter that is added to a model as it computes.
final class AdapterOption {
  @Option(
      names = "--adapter",
      paramLabel = "ADAPTER",
      description =
          "A LoRA adapter of this model in PEFT's form, a folder or an artifact, added as it"
              + " computes.")
  @Nullable String adapter;

  /// The adapter, opened beside its model; null where there is none.
  ///
  /// @throws InputException for what is none, or none of this model
  @Nullable LoraAdapter open(LanguageModel model, Imago imago) {
    return adapter == null ? null : open(ModelArgument.find(adapter, imago), model);
  }

  static LoraAdapter open(Path folder, LanguageModel model) {
    try {
      return LoraAdapter.open(folder, model);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException(
          "the adapter cannot be added to this model: %s".formatted(e.getMessage()), e);
    }
  }
}
