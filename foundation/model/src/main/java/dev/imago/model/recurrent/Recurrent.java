package dev.imago.model.recurrent;

import dev.imago.model.Architecture;
import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.GgufFields;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Operations.Cell;
import java.util.List;
import java.util.Map;

/// Reads the files of recurrent language models. Mikolov et al. 2010 (RNN); Hochreiter &
/// Schmidhuber 1997 (LSTM); Cho et al. 2014, arXiv:1406.1078 (GRU).
public final class Recurrent implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("lstm", "gru", "rnn");
  }

  @Override
  public List<String> dials() {
    return modelTypes();
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of();
  }

  @Override
  public ModelShape read(ConfigJson c) {
    int width = c.width("hidden_size");
    return new RecurrentShape(
        cell(c.text("model_type", ""), c),
        c.vocabularySize("vocab_size"),
        c.whole("embedding_size", 1, 1 << 17, width),
        width,
        c.layers("num_hidden_layers"),
        c.context("max_position_embeddings", 1024),
        c.truth("tie_word_embeddings", true),
        c.output(new Output.NextToken()),
        Dropout.of(Dropout.read(c, "dropout", 0)).ofLayers(c.truth("variational_dropout", false)));
  }

  private static Cell cell(String type, ConfigJson c) {
    return switch (type) {
      case "gru" -> Cell.GRU;
      case "rnn" ->
          switch (c.text("nonlinearity", "tanh")) {
            case "tanh" -> Cell.RNN_TANH;
            case "relu" -> Cell.RNN_RELU;
            default ->
                throw new IllegalArgumentException(
                    "nonlinearity = %s is not supported; tanh and relu are"
                        .formatted(c.text("nonlinearity", "")));
          };
      default -> Cell.LSTM;
    };
  }

  @Override
  public ModelShape read(GgufFields fields, Map<String, HostTensor> tensors) {
    throw new IllegalArgumentException("GGUF has no LSTM; get its Hugging Face folder");
  }

  /// Width 64 · depth, two layers, tied.
  @Override
  public ModelShape ofDepth(String name, int depth, int vocabularySize, int context) {
    Cell cell =
        switch (name) {
          case "gru" -> Cell.GRU;
          case "rnn" -> Cell.RNN_TANH;
          default -> Cell.LSTM;
        };
    return new RecurrentShape(
        cell,
        vocabularySize,
        64 * depth,
        64 * depth,
        2,
        context,
        true,
        new Output.NextToken(),
        Dropout.NONE);
  }
}
