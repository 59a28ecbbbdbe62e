package dev.imago.model.neural;

import dev.imago.model.Affine;
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
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// The shape of a neural probabilistic language model, and its table: Bengio's without the direct
/// connections from the embeddings to the scores, which did not help there.
///
/// @param vocabularySize V, rows of the embedding
/// @param embeddingWidth E
/// @param width D, of the hidden layer
/// @param order n: n − 1 tokens tell the next
/// @param context the longest sequence that it is trained on; it reads on without end
/// @param tied whether the embedding is the output matrix too
/// @param dropout in training
public record NeuralProbabilisticShape(
    int vocabularySize,
    int embeddingWidth,
    int width,
    int order,
    int context,
    boolean tied,
    Output output,
    Dropout dropout)
    implements ModelShape {
  public NeuralProbabilisticShape {
    output.check(true);
    WordEnds.checkTied(tied, embeddingWidth, width);
  }

  @Override
  public int layers() {
    return 1;
  }

  @Override
  public ModelShape withOutput(Output other) {
    return new NeuralProbabilisticShape(
        vocabularySize, embeddingWidth, width, order, context, tied, other, dropout);
  }

  @Override
  public boolean keepsTextsApart() {
    return false;
  }

  @Override
  public ModelShape withDropout(Dropout other) {
    return new NeuralProbabilisticShape(
        vocabularySize, embeddingWidth, width, order, context, tied, output, other.ofLayers(false));
  }

  @Override
  public String architecture() {
    return "neural_probabilistic";
  }

  WordEnds ends() {
    return WordEnds.of(vocabularySize, embeddingWidth, width, tied, output);
  }

  /// The hidden layer, [D,(n−1)·E]: the columns of the oldest token first.
  Affine.Parameters hidden() {
    int columns = (order - 1) * embeddingWidth;
    var even = new Initialisation.Uniform(1 / Math.sqrt(columns));
    return Affine.Parameters.linear("layers.0.hidden", width, columns, even);
  }

  @Override
  public List<Parameter> parameters() {
    return ends().around(hidden().all());
  }

  @Override
  public <W> Model<W> model(WeightSource<W> source) {
    return new NeuralProbabilisticModel<>(this, source);
  }

  @Override
  public String description() {
    return "order %d, embeddings of %d, width %d, context %d"
        .formatted(order, embeddingWidth, width, context);
  }

  @Override
  public String configJson(Specials specials) {
    String family = "NeuralProbabilistic";
    ObjectNode c = ConfigJson.begin(this, family + "ForCausalLM", family, specials);
    c.put("embedding_size", embeddingWidth);
    c.put("hidden_size", width);
    c.put("max_position_embeddings", context);
    c.put("order", order);
    c.put("tie_word_embeddings", tied);
    dropout.writeLayers(c);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    throw new IllegalArgumentException(
        "GGUF has no neural probabilistic model; keep its Hugging Face folder");
  }
}
