package dev.imago.model.nomic;

import dev.imago.model.Architecture;
import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.GgufFields;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.RopeFields;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Nonlinearity;
import java.util.List;
import java.util.Map;

/// Reads the files of Nomic's BERT, as transformers and llama.cpp have it.
public final class NomicBert implements Architecture {
  static final String TYPE = "nomic_bert";
  static final String GGUF = "nomic-bert";

  private static final double USUAL_THETA = 1000;

  @Override
  public List<String> modelTypes() {
    return List.of(TYPE);
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of(GGUF);
  }

  /// It is read, and learns from where it is; none begins from nothing.
  @Override
  public List<String> dials() {
    return List.of();
  }

  @Override
  public ModelShape read(ConfigJson c) {
    c.expect("tie_word_embeddings", "true");
    int width = c.width("hidden_size");
    int heads = c.heads("num_attention_heads");
    int headWidth = c.whole("head_dim", 2, 4096, Math.max(2, width / heads));
    if (headWidth * heads != width) {
      throw new IllegalArgumentException(
          "head_dim = %d of %d heads is not hidden_size = %d, which is not supported"
              .formatted(headWidth, heads, width));
    }
    int context = c.context("max_position_embeddings", 2048);
    ConfigJson rope = RopeFields.of(c);
    float hidden = Dropout.read(c, "hidden_dropout_prob", 0);
    return new NomicBertShape(
        c.vocabularySize("vocab_size"),
        width,
        c.layers("num_hidden_layers"),
        heads,
        c.feedForward("intermediate_size"),
        context,
        c.whole("type_vocab_size", 1, 1024, 2),
        RopeFields.theta(c, rope, USUAL_THETA),
        RopeFields.read(c, rope, context, context),
        c.nonlinearity("hidden_act", Nonlinearity.SILU),
        c.epsilon("layer_norm_eps", 1e-12),
        c.output(new Output.MaskedToken()),
        new Dropout(
            hidden,
            Dropout.read(c, "attention_probs_dropout_prob", 0),
            hidden,
            Dropout.readHead(c, hidden),
            false));
  }

  @Override
  public ModelShape read(GgufFields f, Map<String, HostTensor> tensors) {
    f.encoder();
    int width = f.width("embedding_length");
    int heads = f.heads("attention.head_count");
    int context = f.whole("context_length", 1, 1 << 24);
    return new NomicBertShape(
        f.vocabularySize(),
        width,
        f.layers("block_count"),
        heads,
        f.feedForward("feed_forward_length"),
        context,
        f.segments(tensors),
        f.ropeBase("rope.freq_base", USUAL_THETA),
        RopeFields.read(f, tensors, Math.max(2, width / heads), context),
        Nonlinearity.SILU,
        f.real(GgufFields.EPSILON, 1e-15, 0.1),
        new Output.Embedding(GgufFields.pooling(f.whole(GgufFields.POOLING, 0, 3, 1))),
        Dropout.NONE);
  }

  @Override
  public ModelShape ofDepth(String name, int depth, int vocabularySize, int context) {
    throw new IllegalArgumentException("no %s begins from nothing".formatted(TYPE));
  }
}
