package dev.imago.model.neural;

import dev.imago.model.Architecture;
import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.GgufFields;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/// Reads the files of neural probabilistic language models. Bengio et al. 2003, JMLR 3.
public final class NeuralProbabilistic implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("neural_probabilistic");
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of();
  }

  @Override
  public ModelShape read(ConfigJson c) {
    c.expect("direct_connections", "false");
    int width = c.width("hidden_size");
    return new NeuralProbabilisticShape(
        c.vocabularySize("vocab_size"),
        c.whole("embedding_size", 1, 1 << 17, width),
        width,
        c.whole("order", 2, 1024, 5),
        c.context("max_position_embeddings", 1024),
        c.truth("tie_word_embeddings", false),
        c.output(new Output.NextToken()),
        Dropout.of(Dropout.read(c, "dropout", 0)).ofLayers(false));
  }

  @Override
  public ModelShape read(GgufFields fields, Map<String, HostTensor> tensors) {
    throw new IllegalArgumentException(
        "GGUF has no neural probabilistic model; get its Hugging Face folder");
  }

  /// Embeddings of 32 · depth, a hidden layer of the same width, tied; seven tokens tell the
  /// eighth.
  @Override
  public ModelShape ofDepth(String name, int depth, int vocabularySize, int context) {
    return new NeuralProbabilisticShape(
        vocabularySize,
        32 * depth,
        32 * depth,
        8,
        context,
        true,
        new Output.NextToken(),
        Dropout.NONE);
  }
}
