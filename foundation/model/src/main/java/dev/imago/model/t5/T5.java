package dev.imago.model.t5;

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

/// Reads T5's files. Raffel et al. 2019, arXiv:1910.10683; Shazeer 2020, arXiv:2002.05202 (gates).
public final class T5 implements Architecture {
  private static final String GATED = "gated-";

  @Override
  public List<String> modelTypes() {
    return List.of("t5");
  }

  @Override
  public List<String> ggufArchitectures() {
    return List.of(T5Gguf.NAME);
  }

  @Override
  public ModelShape read(ConfigJson c) {
    int layers = c.layers("num_layers");
    String projection = c.text("feed_forward_proj", "relu");
    boolean gated = projection.startsWith(GATED);
    // transformers has scale_decoder_outputs of its own since version 5, and this rule before.
    boolean scaled = c.truth("scale_decoder_outputs", c.truth("tie_word_embeddings", true));
    Nonlinearity function =
        function(gated ? projection.substring(GATED.length()) : projection, gated);
    // transformers derives both from feed_forward_proj, and writes them too.
    c.expect("is_gated_act", String.valueOf(gated));
    if (c.nonlinearity("dense_act_fn", function) != function) {
      throw new IllegalArgumentException(
          "dense_act_fn = %s and feed_forward_proj = %s say different things"
              .formatted(c.text("dense_act_fn", ""), projection));
    }
    if (c.texts("architectures").contains("T5Model")) {
      throw new IllegalArgumentException(
          "architectures = T5Model tells nothing by itself; T5EncoderModel tells vectors, T5ForConditionalGeneration answers");
    }
    Output output = c.output(new Output.NextToken());
    // Where the encoder alone tells, transformers writes what its class makes of the config.
    boolean twoStacks = c.truth("is_encoder_decoder", true);
    int decoderLayers = c.whole("num_decoder_layers", 1, 1024, layers);
    int padding = c.whole("pad_token_id", 0, 1 << 24, 0);
    T5Shape shape =
        new T5Shape(
            c.vocabularySize("vocab_size"),
            c.width("d_model"),
            layers,
            decoderLayers,
            c.heads("num_heads"),
            c.whole("d_kv", 1, 4096, 64),
            c.feedForward("d_ff"),
            c.context("n_positions", 512),
            c.whole("relative_attention_num_buckets", 4, 1 << 16, 32),
            c.whole("relative_attention_max_distance", 2, 1 << 24, 128),
            function,
            gated,
            c.epsilon("layer_norm_epsilon", 1e-6),
            scaled,
            padding,
            c.whole("decoder_start_token_id", 0, 1 << 24, padding),
            output,
            Dropout.of(Dropout.read(c, "dropout_rate", 0.1)).withHead(Dropout.readHead(c, 0)));
    if (shape.decodes() && !twoStacks) {
      throw new IllegalArgumentException(
          "is_encoder_decoder = false is not supported with architectures = %s; true is"
              .formatted(c.texts("architectures")));
    }
    return shape;
  }

  /// A gated `gelu` is the approximation by tanh, as transformers has it.
  private static Nonlinearity function(String name, boolean gated) {
    return switch (name) {
      case "relu" -> Nonlinearity.RELU;
      case "gelu" -> gated ? Nonlinearity.GELU_TANH : Nonlinearity.GELU;
      case "gelu_new" -> Nonlinearity.GELU_TANH;
      case "silu", "swish" -> Nonlinearity.SILU;
      default ->
          throw new IllegalArgumentException(
              "feed_forward_proj = %s%s is not supported; relu, gelu, gelu_new and silu are, and each with gated- before"
                  .formatted(gated ? GATED : "", name));
    };
  }

  @Override
  public ModelShape read(GgufFields fields, Map<String, HostTensor> tensors) {
    return T5Gguf.read(fields, tensors);
  }

  /// Width 32 · depth, a layer of encoder and decoder for each step of the dial, heads of 32 (of 64
  /// from depth 12 on), gated, feed-forward 8/3 · width rounded up to a multiple of 32.
  @Override
  public ModelShape ofDepth(String name, int depth, int vocabularySize, int context) {
    int width = 32 * depth;
    int headWidth = depth >= 12 ? 64 : 32;
    return new T5Shape(
        vocabularySize,
        width,
        depth,
        depth,
        Math.max(1, width / headWidth),
        headWidth,
        (width * 8 / 3 + 31) / 32 * 32,
        context,
        32,
        128,
        Nonlinearity.GELU_TANH,
        true,
        1e-6f,
        true,
        0,
        0,
        new Output.NextToken(),
        Dropout.NONE);
  }
}
