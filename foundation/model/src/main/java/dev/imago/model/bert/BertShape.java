package dev.imago.model.bert;

import dev.imago.model.ConfigJson;
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
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// The shape of a BERT.
///
/// @param vocabularySize V, rows of the embedding
/// @param width D
/// @param layers blocks
/// @param heads H, a divisor of D
/// @param feedForward F
/// @param context rows of the positions
/// @param segments rows of the segments
/// @param function between the feed-forward matrices, and in the masked-token head
/// @param epsilon of the norms
public record BertShape(
    int vocabularySize,
    int width,
    int layers,
    int heads,
    int feedForward,
    int context,
    int segments,
    Nonlinearity function,
    float epsilon,
    Output output)
    implements ModelShape {
  public BertShape {
    if (heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "num_attention_heads = %d does not divide hidden_size = %d".formatted(heads, width));
    }
    if (output instanceof Output.NextToken) {
      throw new IllegalArgumentException(
          "what sees both sides has no next token to tell; masked tokens, classes and tags it has");
    }
  }

  @Override
  public ModelShape withOutput(Output other) {
    return new BertShape(
        vocabularySize,
        width,
        layers,
        heads,
        feedForward,
        context,
        segments,
        function,
        epsilon,
        other);
  }

  @Override
  public String architecture() {
    return "bert";
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
    if (name.startsWith("bert.")) {
      to.add(name.substring("bert.".length()));
      to.add(old.substring("bert.".length()));
    }
    return to;
  }

  /// Buffers, what is tied, and heads of the pre-training that this output does without.
  @Override
  public boolean ignores(String name, Form form) {
    return name.endsWith("embeddings.position_ids")
        || name.equals("cls.predictions.decoder.bias")
        || name.startsWith("cls.seq_relationship.")
        || !(output instanceof Output.Classes) && name.matches("(bert\\.)?pooler\\.dense\\..*")
        || !(output instanceof Output.MaskedToken) && name.startsWith("cls.predictions.");
  }

  @Override
  public String configJson(Specials specials) {
    ObjectNode c = ConfigJson.begin(this, "BertLMHeadModel", "Bert", specials);
    c.put("attention_probs_dropout_prob", 0.0);
    c.put("hidden_act", ConfigJson.name(function));
    c.put("hidden_dropout_prob", 0.0);
    c.put("hidden_size", width);
    c.put("intermediate_size", feedForward);
    c.put("layer_norm_eps", ConfigJson.shortest(epsilon));
    c.put("max_position_embeddings", context);
    c.put("num_attention_heads", heads);
    c.put("num_hidden_layers", layers);
    c.put("type_vocab_size", segments);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    throw new IllegalArgumentException(
        "GGUF has no BERT with a head; keep its Hugging Face folder");
  }
}
