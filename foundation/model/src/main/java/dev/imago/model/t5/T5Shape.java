package dev.imago.model.t5;

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
import java.util.List;
import java.util.OptionalInt;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// The shape of a T5.
///
/// @param vocabularySize V, rows of the embedding that encoder and decoder share
/// @param width D
/// @param encoderLayers blocks of the encoder
/// @param layers blocks of the decoder
/// @param heads H
/// @param headWidth C; H · C need not be D
/// @param feedForward F
/// @param context the longest sequence that it is trained on; distances have no end
/// @param buckets of distances
/// @param furthest the distance from which on all share a bucket
/// @param function between the feed-forward matrices
/// @param gated whether it is of a gate
/// @param epsilon of the norms
/// @param scaled whether the last rows are divided by √D and the embedding is the output matrix
/// @param padding the id of padding
/// @param start the id that the decoder begins with
/// @param dropout in training
public record T5Shape(
    int vocabularySize,
    int width,
    int encoderLayers,
    int layers,
    int heads,
    int headWidth,
    int feedForward,
    int context,
    int buckets,
    int furthest,
    Nonlinearity function,
    boolean gated,
    float epsilon,
    boolean scaled,
    int padding,
    int start,
    Output output,
    Dropout dropout)
    implements ModelShape {
  private static final String BODY = "transformer.";

  public T5Shape {
    output.check(true);
    if (start >= vocabularySize) {
      throw new IllegalArgumentException(
          "decoder_start_token_id = %d is not in 0 … %d (vocab_size)"
              .formatted(start, vocabularySize - 1));
    }
  }

  @Override
  public ModelShape withOutput(Output other) {
    return with(padding, start, other, dropout);
  }

  @Override
  public ModelShape withDecoderStart(int id) {
    return with(id, id, output, dropout);
  }

  @Override
  public ModelShape withDropout(Dropout other) {
    float rate = other.residual();
    float head = within() ? other.head() : 0;
    return with(padding, start, output, new Dropout(rate, rate, rate, head, false));
  }

  /// A copy with others of these.
  private T5Shape with(int filler, int first, Output other, Dropout rates) {
    return new T5Shape(
        vocabularySize,
        width,
        encoderLayers,
        layers,
        heads,
        headWidth,
        feedForward,
        context,
        buckets,
        furthest,
        function,
        gated,
        epsilon,
        scaled,
        filler,
        first,
        other,
        rates);
  }

  @Override
  public int keyWidth() {
    return decodes() ? heads * headWidth : 0;
  }

  @Override
  public int keyHeadWidth() {
    return decodes() ? headWidth : 0;
  }

  @Override
  public String architecture() {
    return "t5";
  }

  @Override
  public int blocks() {
    return encoderLayers + (decodes() ? layers : 0);
  }

  /// Whether there is a decoder, be it to read what the encoder read.
  boolean decodes() {
    return switch (output) {
      case Output.NextToken _, Output.MaskedToken _, Output.Classes _, Output.Span _ -> true;
      case Output.Tags _, Output.Dependencies _, Output.Embedding _ -> false;
    };
  }

  @Override
  public boolean embedsElsewhere() {
    return true;
  }

  @Override
  public boolean oneStack() {
    return !decodes();
  }

  @Override
  public boolean toldAtEnd() {
    return output instanceof Output.Classes;
  }

  /// Of an answer to a source; what is told of a text has no source beside it.
  @Override
  public OptionalInt decoderStart() {
    return output instanceof Output.NextToken ? OptionalInt.of(start) : OptionalInt.empty();
  }

  @Override
  public List<Parameter> parameters() {
    return new T5Table(this).all();
  }

  @Override
  public <W> Model<W> model(WeightSource<W> source) {
    return new T5Model<>(this, source);
  }

  @Override
  public String description() {
    return "%d layers of encoder, %d of decoder, width %d, %d heads, feed-forward %d, context %d"
        .formatted(encoderLayers, decodes() ? layers : 0, width, heads, feedForward, context);
  }

  /// An output matrix of its own may be left out where it is the embedding all the same.
  @Override
  public List<String> aliases(String name) {
    return name.equals(T5Table.HEAD)
        ? List.of(T5Table.SHARED)
        : ofBody(name) ? List.of(BODY + name) : List.of();
  }

  @Override
  public String writtenName(String name) {
    return within() && ofBody(name) ? BODY + name : name;
  }

  /// Whether transformers' class holds the body as a module of its own, with dropout before what
  /// tells labels.
  private boolean within() {
    return output instanceof Output.Classes
        || output instanceof Output.Tags
        || output instanceof Output.Dependencies;
  }

  private static boolean ofBody(String name) {
    return name.matches("(shared|encoder|decoder)\\..*");
  }

  /// Copies of the embedding, and a bias across that old files have and nobody reads.
  @Override
  public boolean ignores(String name, Form form) {
    return form == Form.GGUF
        ? name.matches("dec\\.blk\\.\\d+\\.cross_attn_rel_b\\.weight")
        : name.matches(
            "(transformer\\.)?((encoder|decoder)\\.embed_tokens|decoder\\.block\\.0\\.layer\\.1\\.EncDecAttention\\.relative_attention_bias)\\.weight");
  }

  @Override
  public String configJson(Specials specials) {
    String family = output instanceof Output.Embedding ? "T5Encoder" : "T5";
    ObjectNode c = ConfigJson.begin(this, "T5ForConditionalGeneration", family, specials);
    dropout.writeHead(c, 0);
    c.put("d_ff", feedForward);
    c.put("d_kv", headWidth);
    c.put("d_model", width);
    c.put("decoder_start_token_id", start);
    Dropout.write(c, "dropout_rate", dropout.residual());
    c.put(
        "feed_forward_proj",
        (gated ? "gated-" : "")
            + (gated && function == Nonlinearity.GELU_TANH ? "gelu" : ConfigJson.name(function)));
    c.put("initializer_factor", 1.0);
    c.put("is_encoder_decoder", decodes());
    c.put("layer_norm_epsilon", ConfigJson.shortest(epsilon));
    c.put("n_positions", context);
    c.put("num_decoder_layers", layers);
    c.put("num_heads", heads);
    c.put("num_layers", encoderLayers);
    c.put("pad_token_id", padding);
    c.put("relative_attention_max_distance", furthest);
    c.put("relative_attention_num_buckets", buckets);
    c.put("scale_decoder_outputs", scaled);
    c.put("tie_word_embeddings", scaled);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    return T5Gguf.write(this, name, type);
  }
}
