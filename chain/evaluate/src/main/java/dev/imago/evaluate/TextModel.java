package dev.imago.evaluate;

import dev.imago.data.Scorer;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import java.nio.file.Path;
import java.util.List;
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

  /// The text of some ids.
  String decode(int[] ids);

  /// What the model draws after each prompt, in the prompts' order: as it says, but with all
  /// chances raised to 1 / `temperature`. The same seeds give the same texts.
  ///
  /// @param maxNewTokens where a text is cut off, unless its document ends before
  List<String> continuations(List<int[]> prompts, int maxNewTokens, float temperature, long seed)
      throws InterruptedException;

  /// Tokens a second that it writes, one text at a time, after a short prompt.
  double tokensPerSecond();

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
