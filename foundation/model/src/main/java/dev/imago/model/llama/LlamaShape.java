package dev.imago.model.llama;

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
/// @param turned R, the elements of a head that rotary positions turn
/// @param feedForward F
/// @param context the longest sequence that the model was trained on
/// @param windows which layers see only the last tokens
/// @param theta the base of the rotary angles
/// @param scaling of the rotary frequencies
/// @param epsilon of the norms
/// @param tied whether the embedding is the output matrix too
/// @param bias which matrices of attention have one
/// @param feedForwardBias whether the feed-forward matrices have one
/// @param dropout in training
public record LlamaShape(
    Kind kind,
    int vocabularySize,
    int width,
    int layers,
    int heads,
    int kvHeads,
    int headWidth,
    int turned,
    int feedForward,
    int context,
    SlidingWindows windows,
    float theta,
    RopeScaling scaling,
    float epsilon,
    boolean tied,
    Bias bias,
    boolean feedForwardBias,
    Output output,
    Dropout dropout)
    implements ModelShape {
  private static final String BODY = "model.";
  private static final String BODY_OF_ANSWERS = "transformer.";

  /// Whose names the files use.
  public enum Kind {
    LLAMA("Llama", "llama", true),
    MISTRAL("Mistral", "llama", false),
    QWEN2("Qwen2", "qwen2", true),
    /// With a norm of each head's queries and keys.
    QWEN3("Qwen3", "qwen3", true),
    /// With queries, keys and values in one matrix, and gate and up in another.
    PHI3("Phi3", "phi3", false);

    /// How transformers' classes begin.
    final String family;

    /// GGUF's architecture.
    final String gguf;

    /// Whether transformers' class of answers in a text calls the body otherwise.
    final boolean bodyOfAnswers;

    Kind(String family, String gguf, boolean bodyOfAnswers) {
      this.family = family;
      this.gguf = gguf;
      this.bodyOfAnswers = bodyOfAnswers;
    }

    /// Whether the rows of queries and keys lie in pairs in GGUF.
    boolean pairs() {
      return gguf.equals("llama");
    }
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
    if (turned < 2 || turned % 2 != 0 || turned > headWidth) {
      throw new IllegalArgumentException(
          "partial_rotary_factor: %d of the %d elements of a head cannot turn"
              .formatted(turned, headWidth));
    }
    output.check(true);
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
        headWidth,
        feedForward,
        context,
        SlidingWindows.NONE,
        10_000f,
        new RopeScaling.None(),
        1e-5f,
        tied,
        Bias.NONE,
        false,
        new Output.NextToken(),
        Dropout.NONE);
  }

  @Override
  public ModelShape withOutput(Output other) {
    return with(other, dropout);
  }

  @Override
  public ModelShape withDropout(Dropout other) {
    return with(
        output,
        kind == Kind.PHI3 ? other.withoutEmbedding().of(output) : other.inAttention(output));
  }

  /// A copy with others of these.
  private LlamaShape with(Output other, Dropout rates) {
    return new LlamaShape(
        kind,
        vocabularySize,
        width,
        layers,
        heads,
        kvHeads,
        headWidth,
        turned,
        feedForward,
        context,
        windows,
        theta,
        scaling,
        epsilon,
        tied,
        bias,
        feedForwardBias,
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
    boolean pairs = form == Form.GGUF && kind.pairs();
    return scaling.rope(headWidth, turned, theta, pairs ? Rope.Order.PAIRS : Rope.Order.HALVES);
  }

  @Override
  public String description() {
    return "%d layers, width %d, %d heads (%d key-value), feed-forward %d, context %d"
        .formatted(layers, width, heads, kvHeads, feedForward, context);
  }

  /// Without the body's prefix, and with that of answers in a text.
  @Override
  public List<String> aliases(String name) {
    if (!name.startsWith(BODY)) {
      return List.of();
    }
    String own = name.substring(BODY.length());
    return List.of(own, BODY_OF_ANSWERS + own);
  }

  @Override
  public String writtenName(String name) {
    return output instanceof Output.Span && kind.bodyOfAnswers && name.startsWith(BODY)
        ? BODY_OF_ANSWERS + name.substring(BODY.length())
        : name;
  }

  @Override
  public boolean ignores(String name, Form form) {
    return form == Form.GGUF
        ? RopeFields.constants(scaling, turned, theta).containsKey(name)
        : name.matches(
            "((model|transformer)\\.layers\\.\\d+\\.self_attn\\.)?rotary_emb\\.inv_freq");
  }

  @Override
  public String configJson(Specials specials) {
    ObjectNode c = ConfigJson.begin(this, kind.family + "ForCausalLM", kind.family, specials);
    Dropout.write(c, "attention_dropout", dropout.attention());
    dropout.writeHead(c, 0);
    c.put("head_dim", headWidth);
    c.put("hidden_act", "silu");
    c.put("hidden_size", width);
    c.put("intermediate_size", feedForward);
    c.put(
        "max_position_embeddings",
        scaling instanceof RopeScaling.Dynamic(float _, int original) ? original : context);
    switch (kind) {
      case LLAMA -> {
        c.put("attention_bias", bias == Bias.ALL);
        c.put("mlp_bias", feedForwardBias);
        c.put("pretraining_tp", 1);
      }
      case MISTRAL -> window(c);
      case QWEN2, QWEN3 -> {
        if (kind == Kind.QWEN3) {
          c.put("attention_bias", bias == Bias.ALL);
        }
        windows.write(c, layers);
        window(c);
        c.put("use_sliding_window", windows.tokens() > 0);
      }
      case PHI3 -> {
        c.put("embd_pdrop", 0.0);
        if (scaling instanceof RopeScaling.LongRope l) {
          c.put("original_max_position_embeddings", l.original());
        }
        // What transformers' default, 32000, would be beyond the vocabulary.
        c.put("pad_token_id", Math.max(0, specials.endOfText()));
        Dropout.write(c, "resid_pdrop", dropout.residual());
        window(c);
      }
    }
    c.put("num_attention_heads", heads);
    c.put("num_hidden_layers", layers);
    c.put("num_key_value_heads", kvHeads);
    c.put("rms_norm_eps", ConfigJson.shortest(epsilon));
    ObjectNode rope = c.putObject("rope_parameters");
    RopeFields.write(rope, scaling, theta);
    if (kind == Kind.PHI3) {
      rope.put("partial_rotary_factor", (double) turned / headWidth);
    }
    c.put("rope_theta", ConfigJson.shortest(theta));
    c.put("tie_word_embeddings", tied);
    return ConfigJson.write(c);
  }

  private void window(ObjectNode c) {
    if (windows.tokens() > 0) {
      c.put("sliding_window", windows.tokens());
    } else {
      c.putNull("sliding_window");
    }
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    if (!(output instanceof Output.NextToken)) {
      throw new IllegalArgumentException(
          "GGUF has no %s of %s; keep its Hugging Face folder, or write ONNX"
              .formatted(kind.family, output.words()));
    }
    if (!windows.reaches(context)) {
      throw new IllegalArgumentException(
          "sliding_window = %d: llama.cpp computes none for %s, so answers past it would differ; keep the Hugging Face folder"
              .formatted(windows.tokens(), architecture()));
    }
    SequencedMap<String, GgufValue> to = GgufFields.begin(kind.gguf, name, type);
    String prefix = kind.gguf + ".";
    GgufFields.decoder(to, prefix, this, feedForward, heads, kvHeads, headWidth, epsilon);
    to.put(prefix + "rope.dimension_count", GgufValue.u32(turned));
    to.put(prefix + "rope.freq_base", GgufValue.f32(theta));
    if (kind == Kind.PHI3) { // llama.cpp asks for one
      to.put(prefix + "attention.sliding_window", GgufValue.u32(context));
    }
    RopeFields.gguf(to, prefix, scaling);
    return to;
  }

  @Override
  public SequencedMap<String, HostTensor> ggufConstants() {
    return RopeFields.constants(scaling, turned, theta);
  }
}
