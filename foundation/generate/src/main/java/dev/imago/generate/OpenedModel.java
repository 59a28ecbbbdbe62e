package dev.imago.generate;

import dev.imago.model.Output;
import dev.imago.tensor.CpuBackend;
import java.io.IOException;
import java.nio.file.Path;

/// A model of either kind, whose files were read once: what its last layer tells decides which.
public sealed interface OpenedModel extends AutoCloseable permits LanguageModel, Predictor {
  /// Opens what [LanguageModel#open] opens: as one where it continues text, else as a [Predictor].
  ///
  /// @param threads that compute, at least 1
  /// @throws IOException when a file is missing or broken: the message names it, and the offset
  /// @throws IllegalArgumentException when the model is of a kind that is not supported, or fills
  ///   in masked tokens alone
  /// @throws IllegalStateException when the JVM was started without the Vector API
  static OpenedModel open(Path path, int threads) throws IOException {
    var backend = new CpuBackend(threads);
    try {
      ModelFile file = ModelFile.open(path);
      try {
        return switch (file.shape().output()) {
          case Output.NextToken _, Output.MaskedToken _ ->
              new LanguageModel(file, backend); // which refuses the latter
          case Output.Classes _,
              Output.Tags _,
              Output.Dependencies _,
              Output.Embedding _,
              Output.Span _ ->
              Predictor.of(path, file, backend);
        };
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  @Override
  void close();
}
