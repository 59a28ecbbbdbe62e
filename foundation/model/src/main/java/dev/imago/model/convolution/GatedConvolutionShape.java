package dev.imago.model.convolution;

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
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// The shape of a gated convolutional language model, and its table.
///
/// @param vocabularySize V, rows of the embedding
/// @param width D, of embedding and layers
/// @param layers residual ones, of one convolution each
/// @param kernel tokens that a convolution sees: one's own and those before it
/// @param context the longest sequence that it is trained on; it reads on without end
/// @param tied whether the embedding is the output matrix too
/// @param dropout in training
public record GatedConvolutionShape(
    int vocabularySize,
    int width,
    int layers,
    int kernel,
    int context,
    boolean tied,
    Output output,
    Dropout dropout)
    implements ModelShape {
  public GatedConvolutionShape {
    output.check(true);
  }

  @Override
  public ModelShape withOutput(Output other) {
    return new GatedConvolutionShape(
        vocabularySize, width, layers, kernel, context, tied, other, dropout);
  }

  @Override
  public boolean keepsTextsApart() {
    return false;
  }

  @Override
  public ModelShape withDropout(Dropout other) {
    return new GatedConvolutionShape(
        vocabularySize, width, layers, kernel, context, tied, output, other.ofLayers(false));
  }

  @Override
  public String architecture() {
    return "gated_convolution";
  }

  WordEnds ends() {
    return WordEnds.of(vocabularySize, width, width, tied, output);
  }

  /// Gate and value of a layer, each [D,kernel·D]: the columns of the oldest token first. They
  /// begin evenly within ±1/√(kernel · D), as PyTorch's convolutions do.
  Affine.Parameters layer(int i) {
    var even = new Initialisation.Uniform(1 / Math.sqrt((double) kernel * width));
    String at = "layers." + i + ".";
    return Affine.Parameters.stacked(
        List.of(
            Affine.Parameters.linear(at + "gate", width, kernel * width, even),
            Affine.Parameters.linear(at + "value", width, kernel * width, even)));
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
    return new GatedConvolutionModel<>(this, source);
  }

  @Override
  public String description() {
    return "%d layers, width %d, kernels of %d, context %d"
        .formatted(layers, width, kernel, context);
  }

  @Override
  public String configJson(Specials specials) {
    String family = "GatedConvolution";
    ObjectNode c = ConfigJson.begin(this, family + "ForCausalLM", family, specials);
    c.put("hidden_size", width);
    c.put("kernel_size", kernel);
    c.put("max_position_embeddings", context);
    c.put("num_hidden_layers", layers);
    c.put("tie_word_embeddings", tied);
    dropout.writeLayers(c);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    throw new IllegalArgumentException(
        "GGUF has no gated convolution; keep its Hugging Face folder");
  }
}
