package dev.imago.model.convolution;

import dev.imago.model.Architecture;
import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.GgufFields;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/// Reads the files of gated convolutional language models. Dauphin et al. 2017, arXiv:1612.08083.
public final class GatedConvolution implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("gated_convolution");
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of();
  }

  @Override
  public ModelShape read(ConfigJson c) {
    return new GatedConvolutionShape(
        c.vocabularySize("vocab_size"),
        c.width("hidden_size"),
        c.layers("num_hidden_layers"),
        c.whole("kernel_size", 1, 1024, 4),
        c.context("max_position_embeddings", 1024),
        c.truth("tie_word_embeddings", true),
        c.output(new Output.NextToken()),
        Dropout.of(Dropout.read(c, "dropout", 0)).ofLayers(false));
  }

  @Override
  public ModelShape read(GgufFields fields, Map<String, HostTensor> tensors) {
    throw new IllegalArgumentException(
        "GGUF has no gated convolution; get its Hugging Face folder");
  }

  /// Width 32 · depth, a layer for each step of the dial and one more, kernels of 4, tied.
  @Override
  public ModelShape ofDepth(String name, int depth, int vocabularySize, int context) {
    return new GatedConvolutionShape(
        vocabularySize,
        32 * depth,
        depth + 1,
        4,
        context,
        true,
        new Output.NextToken(),
        Dropout.NONE);
  }
}
