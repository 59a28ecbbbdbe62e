package dev.imago.model.gemma;

import dev.imago.model.Architecture;
import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.GgufFields;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.RopeFields;
import dev.imago.model.RopeScaling;
import dev.imago.model.SlidingWindows;
import dev.imago.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/// Reads Gemma 3's files. Gemma Team 2025, arXiv:2503.19786.
public final class Gemma implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("gemma3_text");
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of("gemma3");
  }

  @Override
  public ModelShape read(ConfigJson c) {
    c.expect("hidden_activation", "gelu_pytorch_tanh");
    c.expect("attention_bias", "false");
    c.expect("use_bidirectional_attention", "false");
    c.expect("attn_logit_softcapping", "null"); // transformers reads it, and applies it nowhere
    c.expect("is_causal", "true");
    int layers = c.layers("num_hidden_layers");
    int heads = c.whole("num_attention_heads", 1, 4096, 8);
    int context = c.context("max_position_embeddings", 131_072);
    // transformers 5 writes the old pattern with a stroke, beside the layer_types made of it.
    int pattern =
        c.whole(
            "sliding_window_pattern",
            1,
            1024,
            c.whole("_sliding_window_pattern", 1, 1024, GemmaShape.PATTERN));
    ConfigJson parameters = c.object("rope_parameters");
    c.note("rope_theta", "rope_local_base_freq"); // where rope_parameters comes first
    ConfigJson local = parameters.object("sliding_attention");
    ConfigJson global =
        parameters.has("full_attention") ? parameters.object("full_attention") : RopeFields.of(c);
    if (!(RopeFields.read(c, local, context, context) instanceof RopeScaling.None)) {
      throw new IllegalArgumentException(
          "rope_parameters.sliding_attention.rope_type = %s is not supported; default is"
              .formatted(local.text("rope_type", "")));
    }
    return new GemmaShape(
        c.vocabularySize("vocab_size"),
        c.width("hidden_size"),
        layers,
        heads,
        c.whole("num_key_value_heads", 1, heads, Math.min(4, heads)),
        c.whole("head_dim", 2, 4096, 256),
        c.feedForward("intermediate_size"),
        context,
        SlidingWindows.read(
            c, c.whole("sliding_window", 1, 1 << 24, 4096), layers, i -> (i + 1) % pattern != 0),
        local.has("rope_theta")
            ? local.ropeBase("rope_theta", GemmaShape.LOCAL_THETA)
            : c.ropeBase("rope_local_base_freq", GemmaShape.LOCAL_THETA),
        RopeFields.theta(c, global, 1_000_000),
        RopeFields.read(c, global, context, context),
        c.real("query_pre_attn_scalar", 1e-3, 1e6, 256),
        c.has("final_logit_softcapping") ? c.real("final_logit_softcapping", 1e-3, 1e6, 30) : 0,
        c.epsilon("rms_norm_eps", 1e-6),
        c.truth("tie_word_embeddings", true),
        c.output(new Output.NextToken()),
        new Dropout(0, Dropout.read(c, "attention_dropout", 0), 0, Dropout.readHead(c, 0), false));
  }

  @Override
  public ModelShape read(GgufFields f, Map<String, HostTensor> tensors) {
    int layers = f.layers("block_count");
    int width = f.width("embedding_length");
    int heads = f.heads("attention.head_count");
    int headWidth = f.whole("attention.key_length", 2, 4096, 256);
    int values = f.whole("attention.value_length", 1, 4096, headWidth);
    if (values != headWidth) {
      throw new IllegalArgumentException(
          "%s.attention.value_length = %d differs from attention.key_length = %d, which is not supported"
              .formatted(f.architecture(), values, headWidth));
    }
    int context = f.whole("context_length", 1, 1 << 24);
    int pattern = f.whole("attention.sliding_window_pattern", 1, 1024, GemmaShape.PATTERN);
    return new GemmaShape(
        f.vocabularySize(),
        width,
        layers,
        heads,
        f.whole("attention.head_count_kv", 1, heads, heads),
        headWidth,
        f.feedForward("feed_forward_length"),
        context,
        GemmaShape.every(pattern, f.whole("attention.sliding_window", 1, 1 << 24), layers),
        f.ropeBase("rope.freq_base_swa", GemmaShape.LOCAL_THETA),
        f.ropeBase("rope.freq_base", 1_000_000),
        RopeFields.read(f, tensors, headWidth, context),
        // llama.cpp's rule for the model of 27 B, which GGUF has no key for.
        layers == 62 ? (float) width / heads : headWidth,
        f.real("final_logit_softcapping", 0, 1e6, 0),
        f.real("attention.layer_norm_rms_epsilon", 1e-15, 0.1),
        !tensors.containsKey("output.weight"),
        new Output.NextToken(),
        Dropout.NONE);
  }

  /// Width 32 · depth, heads of 32 (of 64 from depth 12 on), two query heads for each key–value
  /// head where that divides, feed-forward 3 · width, windows of half the context, tied.
  @Override
  public ModelShape ofDepth(String name, int depth, int vocabularySize, int context) {
    int width = 32 * depth;
    int headWidth = depth >= 12 ? 64 : 32;
    int heads = Math.max(1, width / headWidth);
    return new GemmaShape(
        vocabularySize,
        width,
        depth,
        heads,
        heads % 2 == 0 ? heads / 2 : heads,
        headWidth,
        3 * width,
        context,
        GemmaShape.every(GemmaShape.PATTERN, Math.max(1, context / 2), depth),
        GemmaShape.LOCAL_THETA,
        1_000_000f,
        new RopeScaling.None(),
        headWidth,
        0,
        1e-6f,
        true,
        new Output.NextToken(),
        Dropout.NONE);
  }
}
