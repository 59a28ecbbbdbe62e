package dev.imago.model.gemma;

import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.Form;
import dev.imago.model.GgufFields;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.RopeFields;
import dev.imago.model.RopeScaling;
import dev.imago.model.SlidingWindows;
import dev.imago.model.Specials;
import dev.imago.model.WeightSource;
import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Rope;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/// The shape of a Gemma 3 for text.
///
/// @param vocabularySize V, rows of the embedding
/// @param width D
/// @param layers blocks
/// @param heads query heads H
/// @param kvHeads key–value heads K, a divisor of H
/// @param headWidth C; H · C need not be D
/// @param feedForward F
/// @param context the longest sequence that the model was trained on
/// @param windows which layers see only the last tokens
/// @param localTheta the base of the rotary angles of layers with a window
/// @param theta of the others
/// @param scaling of the others' rotary frequencies
/// @param queryScalar the products of queries and keys are divided by its root
/// @param softCap c, where a score s of the next token becomes c · tanh(s / c); 0 for none
/// @param epsilon of the norms
/// @param tied whether the embedding is the output matrix too
/// @param dropout in training
public record GemmaShape(
    int vocabularySize,
    int width,
    int layers,
    int heads,
    int kvHeads,
    int headWidth,
    int feedForward,
    int context,
    SlidingWindows windows,
    float localTheta,
    float theta,
    RopeScaling scaling,
    float queryScalar,
    float softCap,
    float epsilon,
    boolean tied,
    Output output,
    Dropout dropout)
    implements ModelShape {
  /// Every so many layers one sees all.
  static final int PATTERN = 6;

  static final float LOCAL_THETA = 10_000;

  public GemmaShape {
    if (kvHeads < 1 || heads < 1 || heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "num_key_value_heads = %d does not divide num_attention_heads = %d"
              .formatted(kvHeads, heads));
    }
    if (headWidth < 2 || headWidth % 2 != 0) {
      throw new IllegalArgumentException(
          "head_dim = %d is not even and positive".formatted(headWidth));
    }
    output.check(true);
  }

  /// Windows in all layers but every so many-th.
  static SlidingWindows every(int pattern, int tokens, int layers) {
    List<Boolean> local = IntStream.range(0, layers).mapToObj(i -> (i + 1) % pattern != 0).toList();
    return local.contains(true) ? new SlidingWindows(tokens, local) : SlidingWindows.NONE;
  }

  @Override
  public ModelShape withOutput(Output other) {
    return with(other, dropout);
  }

  @Override
  public ModelShape withDropout(Dropout other) {
    return with(output, other.inAttention(output));
  }

  /// A copy with others of these.
  private GemmaShape with(Output other, Dropout rates) {
    return new GemmaShape(
        vocabularySize,
        width,
        layers,
        heads,
        kvHeads,
        headWidth,
        feedForward,
        context,
        windows,
        localTheta,
        theta,
        scaling,
        queryScalar,
        softCap,
        epsilon,
        tied,
        other,
        rates);
  }

  @Override
  public int keyWidth() {
    return kvHeads * headWidth;
  }

  @Override
  public int keyHeadWidth() {
    return headWidth;
  }

  @Override
  public String architecture() {
    return "gemma3_text";
  }

  @Override
  public List<Parameter> parameters() {
    return new GemmaTable(this).all();
  }

  @Override
  public <W> Model<W> model(WeightSource<W> source) {
    return new GemmaModel<>(this, source);
  }

  Rope rope() {
    return scaling.rope(headWidth, headWidth, theta, Rope.Order.HALVES);
  }

  Rope localRope() {
    return new Rope(headWidth, localTheta, List.of(), Rope.Order.HALVES);
  }

  @Override
  public String description() {
    return "%d layers, width %d, %d heads (%d key-value), feed-forward %d, context %d, windows of %d"
        .formatted(layers, width, heads, kvHeads, feedForward, context, windows.tokens());
  }

  @Override
  public List<String> aliases(String name) {
    return name.startsWith("model.") ? List.of(name.substring("model.".length())) : List.of();
  }

  @Override
  public boolean ignores(String name, Form form) {
    return form == Form.GGUF && RopeFields.constants(scaling, headWidth, theta).containsKey(name);
  }

  @Override
  public String configJson(Specials specials) {
    ObjectNode c = ConfigJson.begin(this, "Gemma3ForCausalLM", "Gemma3Text", specials);
    c.put("attention_bias", false);
    Dropout.write(c, "attention_dropout", dropout.attention());
    dropout.writeHead(c, 0);
    c.putNull("attn_logit_softcapping");
    if (softCap > 0) {
      c.put("final_logit_softcapping", ConfigJson.number(softCap));
    } else {
      c.putNull("final_logit_softcapping");
    }
    c.put("head_dim", headWidth);
    c.put("hidden_activation", "gelu_pytorch_tanh");
    c.put("hidden_size", width);
    c.put("intermediate_size", feedForward);
    windows.write(c, layers);
    c.put("max_position_embeddings", context);
    c.put("num_attention_heads", heads);
    c.put("num_hidden_layers", layers);
    c.put("num_key_value_heads", kvHeads);
    c.put("query_pre_attn_scalar", ConfigJson.number(queryScalar));
    c.put("rms_norm_eps", ConfigJson.shortest(epsilon));
    ObjectNode rope = c.putObject("rope_parameters");
    RopeFields.write(rope.putObject("full_attention"), scaling, theta);
    RopeFields.write(rope.putObject("sliding_attention"), new RopeScaling.None(), localTheta);
    c.put("sliding_window", Math.max(1, windows.tokens()));
    c.put("tie_word_embeddings", tied);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    boolean usualScale =
        layers != 62 ? queryScalar == headWidth : queryScalar == (float) width / heads;
    if (!(output instanceof Output.NextToken)
        || !windows.equals(every(PATTERN, Math.max(1, windows.tokens()), layers))
        || localTheta != LOCAL_THETA
        || !usualScale) {
      throw new IllegalArgumentException(
          "GGUF has no Gemma 3 with another head than of the next token, nor with layer_types,"
              + " rope_local_base_freq or query_pre_attn_scalar unlike those of the released"
              + " models; keep the Hugging Face folder");
    }
    SequencedMap<String, GgufValue> to = GgufFields.begin("gemma3", name, type);
    String prefix = "gemma3.";
    GgufFields.decoder(to, prefix, this, feedForward, heads, kvHeads, headWidth, epsilon);
    to.put(prefix + "attention.sliding_window", GgufValue.u32(Math.max(1, windows.tokens())));
    to.put(prefix + "rope.freq_base", GgufValue.f32(theta));
    if (softCap > 0) {
      to.put(prefix + "final_logit_softcapping", GgufValue.f32(softCap));
    }
    RopeFields.gguf(to, prefix, scaling);
    return to;
  }

  @Override
  public SequencedMap<String, HostTensor> ggufConstants() {
    return RopeFields.constants(scaling, headWidth, theta);
  }
}
