package dev.imago.model.llama;

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
import java.util.Locale;
import java.util.Map;

/// Reads the files of Llama and its family. Touvron et al. 2023, arXiv:2307.09288; Jiang et al.
/// 2023, arXiv:2310.06825 (Mistral); Yang et al. 2024, arXiv:2407.10671 (Qwen2); Qwen Team 2025,
/// arXiv:2505.09388 (Qwen3); Abdin et al. 2024, arXiv:2404.14219 (Phi-3).
public final class Llama implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("llama", "mistral", "qwen2", "qwen3", "phi3");
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of("llama", "qwen2", "qwen3", "phi3");
  }

  private static LlamaShape.Kind kind(String name) {
    return LlamaShape.Kind.valueOf(name.toUpperCase(Locale.ROOT));
  }

  @Override
  public ModelShape read(ConfigJson c) {
    LlamaShape.Kind kind = kind(c.text("model_type", ""));
    c.expect("hidden_act", "silu");
    c.expect("is_causal", "true");
    int width = c.width("hidden_size");
    int layers = c.layers("num_hidden_layers");
    int heads = c.heads("num_attention_heads");
    int headWidth =
        c.whole("head_dim", 2, 4096, kind == LlamaShape.Kind.QWEN3 ? 128 : width / heads);
    boolean all =
        (kind == LlamaShape.Kind.LLAMA || kind == LlamaShape.Kind.QWEN3)
            && c.truth("attention_bias", false);
    LlamaShape.Bias bias =
        kind == LlamaShape.Kind.QWEN2
            ? LlamaShape.Bias.INPUTS
            : all ? LlamaShape.Bias.ALL : LlamaShape.Bias.NONE;
    ConfigJson rope = RopeFields.of(c);
    int context =
        c.context(
            "max_position_embeddings",
            switch (kind) {
              case LLAMA -> 2048;
              case MISTRAL -> 131_072;
              case QWEN2, QWEN3 -> 32_768;
              case PHI3 -> 4096;
            });
    RopeScaling scaling =
        RopeFields.read(c, rope, context, kind == LlamaShape.Kind.PHI3 ? 4096 : context);
    return new LlamaShape(
        kind,
        c.vocabularySize("vocab_size"),
        width,
        layers,
        heads,
        c.whole(
            "num_key_value_heads",
            1,
            heads,
            kind == LlamaShape.Kind.MISTRAL && !c.mentions("num_key_value_heads") ? 8 : heads),
        headWidth,
        turned(kind, c, rope, headWidth),
        c.feedForward("intermediate_size"),
        scaling instanceof RopeScaling.Dynamic(float factor, int original)
            ? (int) Math.min(1 << 24, (double) factor * original)
            : context,
        windows(kind, c, layers),
        RopeFields.theta(c, rope, 10_000),
        scaling,
        c.epsilon("rms_norm_eps", kind == LlamaShape.Kind.PHI3 ? 1e-5 : 1e-6),
        c.truth("tie_word_embeddings", false),
        bias,
        kind == LlamaShape.Kind.LLAMA && c.truth("mlp_bias", false),
        c.output(new Output.NextToken()),
        dropout(kind, c));
  }

  private static Dropout dropout(LlamaShape.Kind kind, ConfigJson c) {
    float residual = kind == LlamaShape.Kind.PHI3 ? Dropout.read(c, "resid_pdrop", 0) : 0;
    float attention = Dropout.read(c, "attention_dropout", 0);
    return new Dropout(0, attention, residual, Dropout.readHead(c, 0), false);
  }

  /// R: all of a head but in Phi-3, where it is a share.
  private static int turned(LlamaShape.Kind kind, ConfigJson c, ConfigJson rope, int headWidth) {
    String field = "partial_rotary_factor";
    c.note(field);
    float share = (rope.has(field) ? rope : c).real(field, 1e-3, 1, 1);
    if (kind != LlamaShape.Kind.PHI3 && share != 1) {
      throw new IllegalArgumentException(
          "%s = %s is not supported for %s; 1 is".formatted(field, share, kind.family));
    }
    return (int) (headWidth * (double) share);
  }

  private static SlidingWindows windows(LlamaShape.Kind kind, ConfigJson c, int layers) {
    String field = "sliding_window";
    return switch (kind) {
      case LLAMA -> SlidingWindows.read(c, 0, layers, i -> false);
      case MISTRAL ->
          SlidingWindows.all(c.mentions(field) && !c.has(field) ? 0 : window(c, 4096), layers);
      case PHI3 -> SlidingWindows.all(c.has(field) ? window(c, 0) : 0, layers);
      case QWEN2, QWEN3 -> {
        int from = c.whole("max_window_layers", 0, 1 << 20, 28);
        c.note(field);
        int tokens = c.truth("use_sliding_window", false) ? window(c, 4096) : 0;
        yield SlidingWindows.read(c, tokens, layers, i -> i >= from);
      }
    };
  }

  private static int window(ConfigJson c, int otherwise) {
    return c.whole("sliding_window", 1, 1 << 24, otherwise);
  }

  @Override
  public ModelShape read(GgufFields f, Map<String, HostTensor> tensors) {
    LlamaShape.Kind kind = kind(f.architecture());
    int context = f.whole("context_length", 1, 1 << 24);
    int window = f.whole("attention.sliding_window", 0, 1 << 24, 0);
    if (window > 0 && window < context) {
      throw new IllegalArgumentException(
          "%s.attention.sliding_window = %d is not supported: the answers would be wrong without"
              .formatted(f.architecture(), window));
    }
    int width = f.width("embedding_length");
    int heads = f.heads("attention.head_count");
    int headWidth = f.whole("attention.key_length", 2, 4096, width / heads);
    int turned = f.whole("rope.dimension_count", 0, 4096, headWidth);
    int values = f.whole("attention.value_length", 1, 4096, headWidth);
    boolean part = turned != headWidth && kind != LlamaShape.Kind.PHI3;
    if (part || values != headWidth) {
      throw new IllegalArgumentException(
          ("%s.rope.dimension_count = %d and attention.value_length = %d differ from"
                  + " attention.key_length = %d, which is not supported")
              .formatted(f.architecture(), turned, values, headWidth));
    }
    boolean inputs = tensors.containsKey("blk.0.attn_q.bias");
    boolean all = tensors.containsKey("blk.0.attn_output.bias");
    return new LlamaShape(
        kind,
        f.vocabularySize(),
        width,
        f.layers("block_count"),
        heads,
        f.whole("attention.head_count_kv", 1, heads, heads),
        headWidth,
        turned,
        f.feedForward("feed_forward_length"),
        context,
        SlidingWindows.NONE,
        f.ropeBase("rope.freq_base", 10_000),
        RopeFields.read(f, tensors, turned, context),
        f.real("attention.layer_norm_rms_epsilon", 1e-15, 0.1),
        !tensors.containsKey("output.weight"),
        all ? LlamaShape.Bias.ALL : inputs ? LlamaShape.Bias.INPUTS : LlamaShape.Bias.NONE,
        tensors.containsKey("blk.0.ffn_down.bias"),
        new Output.NextToken(),
        Dropout.NONE);
  }

  /// Width 32 · depth, heads of 32 (of 64 from depth 12 on), two query heads for each key–value
  /// head where that divides, feed-forward 8/3 · width rounded up to a multiple of 32, tied. Every
  /// row is a multiple of 32, as Q8_0 blocks need.
  @Override
  public ModelShape ofDepth(String name, int depth, int vocabularySize, int context) {
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
