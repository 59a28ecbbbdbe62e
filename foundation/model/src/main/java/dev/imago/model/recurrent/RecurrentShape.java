package dev.imago.model.recurrent;

import static dev.imago.model.Parameter.matrix;
import static dev.imago.model.Parameter.vector;

import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.Initialisation;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.model.WeightSource;
import dev.imago.model.WordEnds;
import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.Operations.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// The shape of a recurrent language model, and its table.
///
/// @param cell of its layers
/// @param vocabularySize V, rows of the embedding
/// @param embeddingWidth E
/// @param width D, of the state
/// @param layers one on another
/// @param context the longest sequence that it is trained on; it reads on without end
/// @param tied whether the embedding is the output matrix too
/// @param dropout in training
public record RecurrentShape(
    Cell cell,
    int vocabularySize,
    int embeddingWidth,
    int width,
    int layers,
    int context,
    boolean tied,
    Output output,
    Dropout dropout)
    implements ModelShape {
  /// The parameters of one layer, each [G·D,in] or [G·D] with G gates.
  record Layer(Parameter input, Parameter recurrent, Parameter inputBias, Parameter recurrentBias) {
    List<Parameter> all() {
      return List.of(input, recurrent, inputBias, recurrentBias);
    }
  }

  public RecurrentShape {
    output.check(true);
    WordEnds.checkTied(tied, embeddingWidth, width);
  }

  @Override
  public ModelShape withOutput(Output other) {
    return new RecurrentShape(
        cell, vocabularySize, embeddingWidth, width, layers, context, tied, other, dropout);
  }

  @Override
  public ModelShape withDropout(Dropout other) {
    return new RecurrentShape(
        cell,
        vocabularySize,
        embeddingWidth,
        width,
        layers,
        context,
        tied,
        output,
        other.ofLayers(other.locked()));
  }

  @Override
  public String architecture() {
    return switch (cell) {
      case LSTM -> "lstm";
      case GRU -> "gru";
      case RNN_TANH, RNN_RELU -> "rnn";
    };
  }

  @Override
  public int stateWidth() {
    return layers * cell.states() * width;
  }

  WordEnds ends() {
    return WordEnds.of(vocabularySize, embeddingWidth, width, tied, output);
  }

  /// All numbers of a layer begin evenly within ±1/√D, as PyTorch's do.
  Layer layer(int i) {
    var even = new Initialisation.Uniform(1 / Math.sqrt(width));
    int rows = cell.gates() * width;
    return new Layer(
        matrix("rnn.weight_ih_l" + i, rows, i == 0 ? embeddingWidth : width, even),
        matrix("rnn.weight_hh_l" + i, rows, width, even),
        vector("rnn.bias_ih_l" + i, rows, even),
        vector("rnn.bias_hh_l" + i, rows, even));
  }

  @Override
  public List<Parameter> parameters() {
    var to = new ArrayList<Parameter>();
    for (int i = 0; i < layers; i++) {
      to.addAll(layer(i).all());
    }
    return ends().around(to);
  }

  @Override
  public <W> Model<W> model(WeightSource<W> source) {
    return new RecurrentModel<>(this, source);
  }

  @Override
  public String description() {
    return "%d layers, width %d, context %d".formatted(layers, width, context);
  }

  @Override
  public String configJson(Specials specials) {
    String family =
        switch (cell) {
          case LSTM -> "Lstm";
          case GRU -> "Gru";
          case RNN_TANH, RNN_RELU -> "Rnn";
        };
    ObjectNode c = ConfigJson.begin(this, family + "ForCausalLM", family, specials);
    c.put("embedding_size", embeddingWidth);
    c.put("hidden_size", width);
    c.put("max_position_embeddings", context);
    if (cell == Cell.RNN_TANH || cell == Cell.RNN_RELU) {
      c.put("nonlinearity", cell == Cell.RNN_TANH ? "tanh" : "relu");
    }
    c.put("num_hidden_layers", layers);
    c.put("tie_word_embeddings", tied);
    dropout.writeLayers(c);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    throw new IllegalArgumentException(
        "GGUF has no %s; keep its Hugging Face folder".formatted(architecture()));
  }
}
