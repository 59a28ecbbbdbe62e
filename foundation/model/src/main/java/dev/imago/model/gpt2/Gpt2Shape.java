package dev.imago.model.gpt2;

import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
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
import dev.imago.tensor.Nonlinearity;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// The shape of a GPT-2.
///
/// @param vocabularySize V, rows of the embedding
/// @param width D
/// @param layers blocks
/// @param heads H, a divisor of D
/// @param feedForward F
/// @param context rows of the positions
/// @param function between the feed-forward matrices
/// @param epsilon of the norms
/// @param tied whether the embedding is the output matrix too
/// @param dropout in training
public record Gpt2Shape(
    int vocabularySize,
    int width,
    int layers,
    int heads,
    int feedForward,
    int context,
    Nonlinearity function,
    float epsilon,
    boolean tied,
    Output output,
    Dropout dropout)
    implements ModelShape {
  public Gpt2Shape {
    if (heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "n_head = %d does not divide n_embd = %d".formatted(heads, width));
    }
    output.check(true);
  }

  @Override
  public ModelShape withOutput(Output other) {
    return new Gpt2Shape(
        vocabularySize,
        width,
        layers,
        heads,
        feedForward,
        context,
        function,
        epsilon,
        tied,
        other,
        dropout);
  }

  @Override
  public ModelShape withDropout(Dropout other) {
    return new Gpt2Shape(
        vocabularySize,
        width,
        layers,
        heads,
        feedForward,
        context,
        function,
        epsilon,
        tied,
        output,
        other.of(output));
  }

  @Override
  public int keyWidth() {
    return width;
  }

  @Override
  public int keyHeadWidth() {
    return width / heads;
  }

  @Override
  public String architecture() {
    return "gpt2";
  }

  @Override
  public List<Parameter> parameters() {
    return new Gpt2Table(this).all();
  }

  @Override
  public <W> Model<W> model(WeightSource<W> source) {
    return new Gpt2Model<>(this, source);
  }

  @Override
  public String description() {
    return "%d layers, width %d, %d heads, feed-forward %d, context %d"
        .formatted(layers, width, heads, feedForward, context);
  }

  @Override
  public List<String> aliases(String name) {
    String body = "transformer.";
    return name.startsWith(body) ? List.of(name.substring(body.length())) : List.of();
  }

  /// Masks that old files keep as tensors.
  @Override
  public boolean ignores(String name, Form form) {
    return form == Form.HUGGING_FACE
        && name.matches("(transformer\\.)?h\\.\\d+\\.attn\\.(masked_)?bias");
  }

  @Override
  public String configJson(Specials specials) {
    ObjectNode c = ConfigJson.begin(this, "GPT2LMHeadModel", "GPT2", specials);
    c.put("activation_function", ConfigJson.name(function));
    Dropout.write(c, "attn_pdrop", dropout.attention());
    dropout.writeHead(c, 0);
    Dropout.write(c, "embd_pdrop", dropout.embedding());
    c.put("layer_norm_epsilon", ConfigJson.shortest(epsilon));
    c.put("n_embd", width);
    c.put("n_head", heads);
    c.put("n_inner", feedForward);
    c.put("n_layer", layers);
    c.put("n_positions", context);
    Dropout.write(c, "resid_pdrop", dropout.residual());
    c.put("tie_word_embeddings", tied);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    if (!(output instanceof Output.NextToken) || function != Nonlinearity.GELU_TANH) {
      throw new IllegalArgumentException(
          "GGUF has no GPT-2 with another head than of the next token, nor with another function"
              + " than gelu_new");
    }
    SequencedMap<String, GgufValue> to = GgufFields.begin(architecture(), name, type);
    to.put("gpt2.vocab_size", GgufValue.u32(vocabularySize));
    to.put("gpt2.context_length", GgufValue.u32(context));
    to.put("gpt2.embedding_length", GgufValue.u32(width));
    to.put("gpt2.block_count", GgufValue.u32(layers));
    to.put("gpt2.feed_forward_length", GgufValue.u32(feedForward));
    to.put("gpt2.attention.head_count", GgufValue.u32(heads));
    to.put("gpt2.attention.layer_norm_epsilon", GgufValue.f32(epsilon));
    return to;
  }
}
