package dev.imago.model.gpt2;

import dev.imago.model.Architecture;
import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.GgufFields;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Nonlinearity;
import java.util.List;
import java.util.Map;

/// Reads GPT-2's files. Radford et al. 2019, "Language Models are Unsupervised Multitask Learners".
public final class Gpt2 implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("gpt2");
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of("gpt2");
  }

  @Override
  public ModelShape read(ConfigJson c) {
    c.expect("scale_attn_weights", "true");
    c.expect("scale_attn_by_inverse_layer_idx", "false");
    c.expect("add_cross_attention", "false");
    c.expect("is_causal", "true");
    int width = c.width("n_embd");
    return new Gpt2Shape(
        c.vocabularySize("vocab_size"),
        width,
        c.layers("n_layer"),
        c.heads("n_head"),
        c.whole("n_inner", 1, 1 << 20, 4 * width),
        c.context("n_positions", 1024),
        c.nonlinearity("activation_function", Nonlinearity.GELU_TANH),
        c.epsilon("layer_norm_epsilon", 1e-5),
        c.truth("tie_word_embeddings", true),
        c.output(new Output.NextToken()),
        new Dropout(
            Dropout.read(c, "embd_pdrop", 0.1),
            Dropout.read(c, "attn_pdrop", 0.1),
            Dropout.read(c, "resid_pdrop", 0.1),
            Dropout.readHead(c, 0),
            false));
  }

  @Override
  public ModelShape read(GgufFields f, Map<String, HostTensor> tensors) {
    return new Gpt2Shape(
        f.vocabularySize(),
        f.width("embedding_length"),
        f.layers("block_count"),
        f.heads("attention.head_count"),
        f.feedForward("feed_forward_length"),
        f.whole("context_length", 1, 1 << 24),
        Nonlinearity.GELU_TANH,
        f.real("attention.layer_norm_epsilon", 1e-15, 0.1),
        !tensors.containsKey("output.weight"),
        new Output.NextToken(),
        Dropout.NONE);
  }

  /// Width 32 · depth, heads of 32 (of 64 from depth 12 on), feed-forward 4 · width, tied.
  @Override
  public ModelShape ofDepth(String name, int depth, int vocabularySize, int context) {
    int width = 32 * depth;
    return new Gpt2Shape(
        vocabularySize,
        width,
        depth,
        Math.max(1, width / (depth >= 12 ? 64 : 32)),
        4 * width,
        context,
        Nonlinearity.GELU_TANH,
        1e-5f,
        true,
        new Output.NextToken(),
        Dropout.NONE);
  }
}
