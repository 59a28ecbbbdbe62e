package dev.imago.model.llama;

import dev.imago.model.ConfigJson;
import dev.imago.model.Form;
import dev.imago.model.GgufFields;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.model.WeightSource;
import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Rope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// The shape of a Llama.
///
/// @param kind whose names the files use
/// @param vocabularySize V, rows of the embedding
/// @param width D
/// @param layers blocks
/// @param heads query heads H
/// @param kvHeads key–value heads K, a divisor of H
/// @param headWidth C; H · C need not be D
/// @param feedForward F
/// @param context the longest sequence that the model was trained on
/// @param theta the base of the rotary angles
/// @param scaling of the rotary frequencies
/// @param epsilon of the norms
/// @param tied whether the embedding is the output matrix too
/// @param bias which matrices of attention have one
/// @param feedForwardBias whether the feed-forward matrices have one
public record LlamaShape(
    Kind kind,
    int vocabularySize,
    int width,
    int layers,
    int heads,
    int kvHeads,
    int headWidth,
    int feedForward,
    int context,
    float theta,
    RopeScaling scaling,
    float epsilon,
    boolean tied,
    Bias bias,
    boolean feedForwardBias,
    Output output)
    implements ModelShape {
  /// Whose names the files use.
  public enum Kind {
    LLAMA,
    QWEN2
  }

  /// Which matrices of attention have a bias.
  public enum Bias {
    NONE,
    /// Queries, keys and values.
    INPUTS,
    /// The output too.
    ALL
  }

  public LlamaShape {
    if (kvHeads < 1 || heads < 1 || heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "kvHeads = %d does not divide heads = %d".formatted(kvHeads, heads));
    }
    if (headWidth < 2 || headWidth % 2 != 0) {
      throw new IllegalArgumentException(
          "headWidth = %d is not even and positive".formatted(headWidth));
    }
    if (output instanceof Output.MaskedToken) {
      throw new IllegalArgumentException("what sees only what came before has no masked tokens");
    }
  }

  /// One as Llama 2 was: no scaling, no biases, 10,000 and 10⁻⁵.
  public static LlamaShape plain(
      int vocabularySize,
      int width,
      int layers,
      int heads,
      int kvHeads,
      int headWidth,
      int feedForward,
      int context,
      boolean tied) {
    return new LlamaShape(
        Kind.LLAMA,
        vocabularySize,
        width,
        layers,
        heads,
        kvHeads,
        headWidth,
        feedForward,
        context,
        10_000f,
        new RopeScaling.None(),
        1e-5f,
        tied,
        Bias.NONE,
        false,
        new Output.NextToken());
  }

  @Override
  public ModelShape withOutput(Output other) {
    return new LlamaShape(
        kind,
        vocabularySize,
        width,
        layers,
        heads,
        kvHeads,
        headWidth,
        feedForward,
        context,
        theta,
        scaling,
        epsilon,
        tied,
        bias,
        feedForwardBias,
        other);
  }

  @Override
  public String architecture() {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<Parameter> parameters() {
    return new LlamaTable(this).all();
  }

  @Override
  public <W> Model<W> model(WeightSource<W> source) {
    return new LlamaModel<>(this, source);
  }

  Rope rope(Form form) {
    boolean pairs = form == Form.GGUF && kind == Kind.LLAMA;
    return new Rope(
        headWidth,
        theta,
        scaling.divisors(headWidth, theta),
        pairs ? Rope.Order.PAIRS : Rope.Order.HALVES);
  }

  @Override
  public String description() {
    return "%d layers, width %d, %d heads (%d key-value), feed-forward %d, context %d"
        .formatted(layers, width, heads, kvHeads, feedForward, context);
  }

  @Override
  public List<String> aliases(String name) {
    return name.startsWith("model.") ? List.of(name.substring("model.".length())) : List.of();
  }

  @Override
  public boolean ignores(String name, Form form) {
    return form == Form.GGUF
        ? name.equals(RopeScaling.TENSOR) && scaling instanceof RopeScaling.Divisors
        : name.matches("(model\\.layers\\.\\d+\\.self_attn\\.)?rotary_emb\\.inv_freq");
  }

  @Override
  public String configJson(Specials specials) {
    String name = kind == Kind.LLAMA ? "Llama" : "Qwen2";
    ObjectNode c = ConfigJson.begin(this, name + "ForCausalLM", name, specials);
    c.put("attention_dropout", 0.0);
    c.put("head_dim", headWidth);
    c.put("hidden_act", "silu");
    c.put("hidden_size", width);
    c.put("intermediate_size", feedForward);
    c.put("max_position_embeddings", context);
    if (kind == Kind.LLAMA) {
      c.put("attention_bias", bias == Bias.ALL);
      c.put("mlp_bias", feedForwardBias);
      c.put("pretraining_tp", 1);
    }
    c.put("num_attention_heads", heads);
    c.put("num_hidden_layers", layers);
    c.put("num_key_value_heads", kvHeads);
    c.put("rms_norm_eps", ConfigJson.shortest(epsilon));
    ObjectNode rope = c.putObject("rope_parameters");
    switch (scaling) {
      case RopeScaling.None _ -> {}
      case RopeScaling.Linear(float factor) -> rope.put("factor", factor);
      case RopeScaling.Llama3(float factor, float low, float high, int original) -> {
        rope.put("factor", factor);
        rope.put("high_freq_factor", high);
        rope.put("low_freq_factor", low);
        rope.put("original_max_position_embeddings", original);
      }
      case RopeScaling.Divisors _ ->
          throw new IllegalArgumentException(
              "config.json has no way to tell the divisors of a GGUF's rope_freqs.weight");
    }
    rope.put("rope_theta", ConfigJson.shortest(theta));
    rope.put(
        "rope_type",
        switch (scaling) {
          case RopeScaling.None _, RopeScaling.Divisors _ -> "default";
          case RopeScaling.Linear _ -> "linear";
          case RopeScaling.Llama3 _ -> "llama3";
        });
    c.put("rope_theta", ConfigJson.shortest(theta));
    c.put("tie_word_embeddings", tied);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    if (!(output instanceof Output.NextToken)) {
      throw new IllegalArgumentException("GGUF has no Llama with a head of labels");
    }
    SequencedMap<String, GgufValue> to = GgufFields.begin(architecture(), name, type);
    String prefix = architecture() + ".";
    to.put(prefix + "vocab_size", GgufValue.u32(vocabularySize));
    to.put(prefix + "context_length", GgufValue.u32(context));
    to.put(prefix + "embedding_length", GgufValue.u32(width));
    to.put(prefix + "block_count", GgufValue.u32(layers));
    to.put(prefix + "feed_forward_length", GgufValue.u32(feedForward));
    to.put(prefix + "attention.head_count", GgufValue.u32(heads));
    to.put(prefix + "attention.head_count_kv", GgufValue.u32(kvHeads));
    to.put(prefix + "attention.key_length", GgufValue.u32(headWidth));
    to.put(prefix + "attention.value_length", GgufValue.u32(headWidth));
    to.put(prefix + "attention.layer_norm_rms_epsilon", GgufValue.f32(epsilon));
    to.put(prefix + "rope.dimension_count", GgufValue.u32(headWidth));
    to.put(prefix + "rope.freq_base", GgufValue.f32(theta));
    if (scaling instanceof RopeScaling.Linear(float factor)) {
      to.put(prefix + "rope.scaling.type", new GgufValue.Text("linear"));
      to.put(prefix + "rope.scaling.factor", GgufValue.f32(factor));
    }
    return to;
  }

  @Override
  public SequencedMap<String, HostTensor> ggufConstants() {
    var to = new LinkedHashMap<String, HostTensor>();
    if (scaling instanceof RopeScaling.Llama3 || scaling instanceof RopeScaling.Divisors) {
      List<Float> divisors = scaling.divisors(headWidth, theta);
      float[] values = new float[divisors.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = divisors.get(i);
      }
      to.put(RopeScaling.TENSOR, HostTensor.of(values, values.length));
    }
    return to;
  }
}
