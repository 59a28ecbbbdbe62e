package dev.imago.evaluate;

import java.nio.file.Path;

/// A language model opened for evaluation.
interface Model extends Scorer, Answerer, AutoCloseable {
  /// Tokens that it can see at once.
  int context();

  int vocabularySize();

  /// The UTF-8 bytes of each id, [V]; 0 for special ones.
  int[] tokenBytes();

  /// The ids of plain text: two models that are compared must agree on them.
  int[] encode(String text);

  @Override
  void close();

  /// Opens a folder of weights.
  @FunctionalInterface
  interface Opener {
    Model open(Path folder, int threads);
  }
}
