package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.generate.NotFiniteException;
import dev.imago.generate.Predictor;
import dev.imago.model.ModelInput;
import dev.imago.model.Readout;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/// A model of classes or tags, opened for evaluation.
interface LabelModel extends AutoCloseable {
  Tokenizer tokenizer();

  /// The longest sequence, in ids.
  int context();

  /// The scores before the softmax, of each input its rows.
  List<float[][]> scores(List<ModelInput> inputs);

  /// How scores become what is told.
  Readout readout();

  @Override
  void close();

  /// Opens a folder of weights.
  @FunctionalInterface
  interface Opener {
    LabelModel open(Path folder, int threads);
  }

  /// On the CPU runtime that serves it.
  static LabelModel open(Path folder, int threads) {
    Predictor predictor;
    try {
      predictor = Predictor.open(folder, threads);
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new InputException("cannot evaluate %s: %s".formatted(folder, e.getMessage()), e);
    }
    return new LabelModel() {
      @Override
      public Tokenizer tokenizer() {
        return predictor.tokenizer();
      }

      @Override
      public int context() {
        return predictor.shape().context();
      }

      @Override
      public List<float[][]> scores(List<ModelInput> inputs) {
        try {
          return predictor.read(inputs);
        } catch (NotFiniteException e) {
          throw new InputException("cannot evaluate %s: %s".formatted(folder, e.getMessage()), e);
        }
      }

      @Override
      public Readout readout() {
        return predictor.readout();
      }

      @Override
      public void close() {
        predictor.close();
      }
    };
  }
}
