package dev.imago.model.llama;

import dev.imago.model.Architecture;
import dev.imago.model.ConfigJson;
import dev.imago.model.GgufFields;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/// Reads Llama's and Qwen2's files. Touvron et al. 2023, arXiv:2307.09288; Yang et al. 2024,
/// arXiv:2407.10671.
public final class Llama implements Architecture {
  /// Keys that change what is computed, and that no model of these families should have.
  private static final List<String> NOT_COMPUTED =
      List.of(
          "expert_count",
          "attention.sliding_window",
          "attention.scale",
          "attention.clamp_kqv",
          "attn_logit_softcapping",
          "final_logit_softcapping",
          "logit_scale",
          "embedding_scale",
          "residual_scale");

  @Override
  public List<String> modelTypes() {
    return List.of("llama", "qwen2");
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of("llama", "qwen2");
  }

  @Override
  public ModelShape read(ConfigJson c) {
    boolean qwen = c.text("model_type", "").equals("qwen2");
    c.expect("hidden_act", "silu");
    c.expect("use_sliding_window", "false");
    if (c.has("quantization_config")) {
      throw new IllegalArgumentException(
          "quantization_config: quantised weights are not read; get the model in F32, F16 or BF16");
    }
    int width = c.width("hidden_size");
    int heads = c.heads("num_attention_heads");
    boolean all = c.truth("attention_bias", false);
    LlamaShape.Bias bias =
        qwen ? LlamaShape.Bias.INPUTS : all ? LlamaShape.Bias.ALL : LlamaShape.Bias.NONE;
    ConfigJson rope = c.object(c.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
    float theta =
        rope.has("rope_theta")
            ? rope.ropeBase("rope_theta", 10_000)
            : c.ropeBase("rope_theta", 10_000);
    int context = c.context("max_position_embeddings", qwen ? 32_768 : 2048);
    return new LlamaShape(
        qwen ? LlamaShape.Kind.QWEN2 : LlamaShape.Kind.LLAMA,
        c.vocabularySize("vocab_size"),
        width,
        c.layers("num_hidden_layers"),
        heads,
        c.whole("num_key_value_heads", 1, heads, heads),
        c.whole("head_dim", 2, 4096, width / heads),
        c.feedForward("intermediate_size"),
        context,
        theta,
        RopeScaling.read(rope, context),
        c.epsilon("rms_norm_eps", 1e-6),
        c.truth("tie_word_embeddings", false),
        bias,
        c.truth("mlp_bias", false),
        c.output(new Output.NextToken()));
  }

  @Override
  public ModelShape read(GgufFields f, Map<String, HostTensor> tensors) {
    for (String field : NOT_COMPUTED) {
      if (f.has(field) && f.real(field, -1e300, 1e300, 0) != 0) {
        throw new IllegalArgumentException(
            "%s.%s is not supported: the answers would be wrong without"
                .formatted(f.architecture(), field));
      }
    }
    int width = f.width("embedding_length");
    int heads = f.heads("attention.head_count");
    int headWidth = f.whole("attention.key_length", 2, 4096, width / heads);
    int turned = f.whole("rope.dimension_count", 0, 4096, headWidth);
    int values = f.whole("attention.value_length", 1, 4096, headWidth);
    if (turned != headWidth || values != headWidth) {
      throw new IllegalArgumentException(
          ("%s.rope.dimension_count = %d and attention.value_length = %d differ from"
                  + " attention.key_length = %d, which is not supported")
              .formatted(f.architecture(), turned, values, headWidth));
    }
    boolean inputs = tensors.containsKey("blk.0.attn_q.bias");
    boolean all = tensors.containsKey("blk.0.attn_output.bias");
    return new LlamaShape(
        f.architecture().equals("qwen2") ? LlamaShape.Kind.QWEN2 : LlamaShape.Kind.LLAMA,
        f.vocabularySize(),
        width,
        f.layers("block_count"),
        heads,
        f.whole("attention.head_count_kv", 1, heads, heads),
        headWidth,
        f.feedForward("feed_forward_length"),
        f.whole("context_length", 1, 1 << 24),
        f.ropeBase("rope.freq_base", 10_000),
        RopeScaling.read(f, tensors, headWidth),
        f.real("attention.layer_norm_rms_epsilon", 1e-15, 0.1),
        !tensors.containsKey("output.weight"),
        all ? LlamaShape.Bias.ALL : inputs ? LlamaShape.Bias.INPUTS : LlamaShape.Bias.NONE,
        tensors.containsKey("blk.0.ffn_down.bias"),
        new Output.NextToken());
  }

  /// Width 32 · depth, heads of 32 (of 64 from depth 12 on), two query heads for each key–value
  /// head where that divides, feed-forward 8/3 · width rounded up to a multiple of 32, tied. Every
  /// row is a multiple of 32, as Q8_0 blocks need.
  @Override
  public ModelShape ofDepth(int depth, int vocabularySize, int context) {
    int width = 32 * depth;
    int headWidth = depth >= 12 ? 64 : 32;
    int heads = Math.max(1, width / headWidth);
    return LlamaShape.plain(
        vocabularySize,
        width,
        depth,
        heads,
        heads % 2 == 0 ? heads / 2 : heads,
        headWidth,
        (width * 8 / 3 + 31) / 32 * 32,
        context,
        true);
  }
}
