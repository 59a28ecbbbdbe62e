package dev.imago.model.lstm;

import dev.imago.model.Architecture;
import dev.imago.model.ConfigJson;
import dev.imago.model.GgufFields;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/// Reads the files of an LSTM language model. Mikolov et al. 2010; Hochreiter & Schmidhuber 1997.
public final class Lstm implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("lstm");
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of();
  }

  @Override
  public ModelShape read(ConfigJson c) {
    return new LstmShape(
        c.vocabularySize("vocab_size"),
        c.width("hidden_size"),
        c.layers("num_hidden_layers"),
        c.context("max_position_embeddings", 1024),
        c.truth("tie_word_embeddings", true),
        c.output(new Output.NextToken()));
  }

  @Override
  public ModelShape read(GgufFields fields, Map<String, HostTensor> tensors) {
    throw new IllegalArgumentException("GGUF has no LSTM; get its Hugging Face folder");
  }

  /// Width 64 · depth, two layers, tied.
  @Override
  public ModelShape ofDepth(int depth, int vocabularySize, int context) {
    return new LstmShape(vocabularySize, 64 * depth, 2, context, true, new Output.NextToken());
  }
}
