package dev.imago.generate;

import dev.imago.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a model's files have to be before anybody works with them: whole, of an architecture that
/// is computed, with no setting that would change the scores without a word, with the tensors that
/// their settings ask for and no others, and with a tokenizer of the embedding's size.
public final class ModelCheck {
  private ModelCheck() {}

  /// Checks what [LanguageModel#open] and [Predictor#open] take, and a Hugging Face folder without
  /// a tokenizer, of which the weights are all: no virtual tokens before texts, which no file of
  /// weights holds. Reads no weight.
  ///
  /// @throws IOException when a file is missing or broken: the message names it, and the offset
  /// @throws IllegalArgumentException naming what is not supported, or does not fit
  public static void check(Path path) throws IOException {
    boolean folder = ModelFolder.isOne(path);
    if (folder) {
      ModelFolder.open(path).close();
    }
    if (!folder || Files.exists(path.resolve("tokenizer.json"))) {
      ModelFile.open(path).close();
    }
  }
}
