package dev.imago.evaluate;

import dev.imago.data.Scorer;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import java.nio.file.Path;
import java.util.Optional;

/// A language model opened for evaluation.
interface TextModel extends Scorer, Answerer, AutoCloseable {
  /// Tokens that it can see at once.
  int context();

  int vocabularySize();

  /// What the model says of itself.
  ModelCard card();

  /// Its shape; nothing where that is not known.
  Optional<ModelShape> shape();

  /// The UTF-8 bytes of each id, [V]; 0 for special ones.
  int[] tokenBytes();

  /// The ids of plain text: two models that are compared must agree on them.
  int[] encode(String text);

  @Override
  void close();

  /// Opens a folder of weights.
  @FunctionalInterface
  interface Opener {
    TextModel open(Path folder, int threads);
  }
}
