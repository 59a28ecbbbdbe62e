package dev.imago.model.lstm;

import static dev.imago.model.Parameter.matrix;
import static dev.imago.model.Parameter.vector;

import dev.imago.model.ConfigJson;
import dev.imago.model.Initialisation;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.model.WeightSource;
import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// The shape of an LSTM language model, and its table.
///
/// @param vocabularySize V, rows of the embedding
/// @param width D, of embedding and state
/// @param layers one on another
/// @param context the longest sequence that it is trained on; it reads on without end
/// @param tied whether the embedding is the output matrix too
public record LstmShape(
    int vocabularySize, int width, int layers, int context, boolean tied, Output output)
    implements ModelShape {
  /// The parameters of one layer, each [4D,D] or [4D].
  record Layer(Parameter input, Parameter recurrent, Parameter inputBias, Parameter recurrentBias) {
    List<Parameter> all() {
      return List.of(input, recurrent, inputBias, recurrentBias);
    }
  }

  public LstmShape {
    output.check("LSTM", true, false, false);
  }

  @Override
  public ModelShape withOutput(Output other) {
    return new LstmShape(vocabularySize, width, layers, context, tied, other);
  }

  @Override
  public String architecture() {
    return "lstm";
  }

  Parameter embedding() {
    return matrix("encoder.weight", vocabularySize, width, new Initialisation.Normal(0.02));
  }

  /// All numbers of a layer begin evenly within ±1/√D, as PyTorch's do.
  Layer layer(int i) {
    var even = new Initialisation.Uniform(1 / Math.sqrt(width));
    return new Layer(
        matrix("rnn.weight_ih_l" + i, 4 * width, width, even),
        matrix("rnn.weight_hh_l" + i, 4 * width, width, even),
        vector("rnn.bias_ih_l" + i, 4 * width, even),
        vector("rnn.bias_hh_l" + i, 4 * width, even));
  }

  Parameter head() {
    boolean words = output.names().isEmpty();
    Parameter free =
        matrix(
            words ? "decoder.weight" : "classifier.weight",
            words ? vocabularySize : output.names().size(),
            width,
            new Initialisation.Normal(0.02));
    return words && tied ? free.tiedTo(embedding()) : free;
  }

  Parameter headBias() {
    boolean words = output.names().isEmpty();
    return vector(words ? "decoder.bias" : "classifier.bias", head().rows(), Initialisation.ZEROS);
  }

  @Override
  public List<Parameter> parameters() {
    var to = new ArrayList<Parameter>();
    to.add(embedding());
    for (int i = 0; i < layers; i++) {
      to.addAll(layer(i).all());
    }
    to.add(head());
    to.add(headBias());
    return List.copyOf(to);
  }

  @Override
  public <W> Model<W> model(WeightSource<W> source) {
    return new LstmModel<>(this, source);
  }

  @Override
  public String description() {
    return "%d layers, width %d, context %d".formatted(layers, width, context);
  }

  @Override
  public String configJson(Specials specials) {
    ObjectNode c = ConfigJson.begin(this, "LstmForCausalLM", "Lstm", specials);
    c.put("hidden_size", width);
    c.put("max_position_embeddings", context);
    c.put("num_hidden_layers", layers);
    c.put("tie_word_embeddings", tied);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    throw new IllegalArgumentException("GGUF has no LSTM; keep its Hugging Face folder");
  }
}
