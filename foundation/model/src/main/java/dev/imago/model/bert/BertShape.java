package dev.imago.model.bert;

import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.Form;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.model.WeightSource;
import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.Nonlinearity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// The shape of a BERT.
///
/// @param kind whose names the files use
/// @param vocabularySize V, rows of the embedding
/// @param width D
/// @param layers blocks
/// @param heads H, a divisor of D
/// @param feedForward F
/// @param context the longest sequence
/// @param firstPosition the row of the positions that the first token has: RoBERTa's come after the
///   padding's id
/// @param segments rows of the segments
/// @param function between the feed-forward matrices, and in the masked-token head
/// @param epsilon of the norms
/// @param dropout in training
public record BertShape(
    Kind kind,
    int vocabularySize,
    int width,
    int layers,
    int heads,
    int feedForward,
    int context,
    int firstPosition,
    int segments,
    Nonlinearity function,
    float epsilon,
    Output output,
    Dropout dropout)
    implements ModelShape {
  /// Whose names the files use.
  public enum Kind {
    BERT("Bert"),
    ROBERTA("Roberta");

    /// How transformers' classes begin.
    final String family;

    Kind(String family) {
      this.family = family;
    }
  }

  public BertShape {
    if (heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "num_attention_heads = %d does not divide hidden_size = %d".formatted(heads, width));
    }
    output.check(false);
  }

  /// Rows of the positions.
  int positions() {
    return firstPosition + context;
  }

  /// The function in the head for masked tokens: RoBERTa's is one whatever the blocks have.
  Nonlinearity headFunction() {
    return kind == Kind.ROBERTA ? Nonlinearity.GELU : function;
  }

  @Override
  public ModelShape withOutput(Output other) {
    return new BertShape(
        kind,
        vocabularySize,
        width,
        layers,
        heads,
        feedForward,
        context,
        firstPosition,
        segments,
        function,
        epsilon,
        other,
        dropout);
  }

  @Override
  public ModelShape withDropout(Dropout other) {
    return new BertShape(
        kind,
        vocabularySize,
        width,
        layers,
        heads,
        feedForward,
        context,
        firstPosition,
        segments,
        function,
        epsilon,
        output,
        new Dropout(other.residual(), other.attention(), other.residual(), other.head(), false));
  }

  @Override
  public String architecture() {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<Parameter> parameters() {
    return new BertTable(this).all();
  }

  @Override
  public <W> Model<W> model(WeightSource<W> source) {
    return new BertModel<>(this, source);
  }

  @Override
  public String description() {
    return "%d layers, width %d, %d heads, feed-forward %d, context %d"
        .formatted(layers, width, heads, feedForward, context);
  }

  /// Without the body's prefix, and as the first files had the norms.
  @Override
  public List<String> aliases(String name) {
    var to = new ArrayList<String>();
    String old =
        name.replace("LayerNorm.weight", "LayerNorm.gamma")
            .replace("LayerNorm.bias", "LayerNorm.beta");
    to.add(old);
    String body = architecture() + ".";
    if (name.startsWith(body)) {
      to.add(name.substring(body.length()));
      to.add(old.substring(body.length()));
    }
    return to;
  }

  /// Buffers, what is tied, and heads of the pre-training that this output does without.
  @Override
  public boolean ignores(String name, Form form) {
    boolean masked = output instanceof Output.MaskedToken;
    boolean pooled = kind == Kind.BERT && output instanceof Output.Classes;
    return name.endsWith("embeddings.position_ids")
        || name.equals("cls.predictions.decoder.bias")
        || name.equals("lm_head.decoder.bias")
        || name.startsWith("cls.seq_relationship.")
        || !pooled && name.matches("((ro)?bert(a)?\\.)?pooler\\.dense\\..*")
        || !masked && (name.startsWith("cls.predictions.") || name.startsWith("lm_head."));
  }

  @Override
  public String configJson(Specials specials) {
    String causal = kind == Kind.BERT ? "BertLMHeadModel" : "RobertaForCausalLM";
    ObjectNode c = ConfigJson.begin(this, causal, kind.family, specials);
    Dropout.write(c, "attention_probs_dropout_prob", dropout.attention());
    dropout.writeHead(c, dropout.residual());
    c.put("hidden_act", ConfigJson.name(function));
    Dropout.write(c, "hidden_dropout_prob", dropout.residual());
    c.put("hidden_size", width);
    c.put("intermediate_size", feedForward);
    c.put("layer_norm_eps", ConfigJson.shortest(epsilon));
    c.put("max_position_embeddings", positions());
    if (kind == Kind.ROBERTA) {
      c.put("pad_token_id", firstPosition - 1);
    }
    c.put("num_attention_heads", heads);
    c.put("num_hidden_layers", layers);
    c.put("type_vocab_size", segments);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    return BertGguf.write(this, name, type);
  }
}
