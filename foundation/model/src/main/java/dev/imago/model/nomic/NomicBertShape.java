package dev.imago.model.nomic;

import dev.imago.model.ConfigJson;
import dev.imago.model.Dropout;
import dev.imago.model.Form;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.RopeFields;
import dev.imago.model.RopeScaling;
import dev.imago.model.Specials;
import dev.imago.model.WeightSource;
import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Rope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// The shape of a Nomic BERT.
///
/// @param vocabularySize V, rows of the embedding
/// @param width D
/// @param layers blocks
/// @param heads H, a divisor of D
/// @param feedForward F
/// @param context the longest sequence
/// @param segments rows of the segments
/// @param theta the base of the rotary positions
/// @param scaling of them
/// @param function of the gate
/// @param epsilon of the norms
/// @param dropout in training
public record NomicBertShape(
    int vocabularySize,
    int width,
    int layers,
    int heads,
    int feedForward,
    int context,
    int segments,
    float theta,
    RopeScaling scaling,
    Nonlinearity function,
    float epsilon,
    Output output,
    Dropout dropout)
    implements ModelShape {
  static final String BODY = "nomic_bert.";

  private static final String FUSED = "attn_qkv.weight";

  /// What the first model's authors call modules that are called otherwise here.
  private static final Map<String, String> FIRST_NAMES =
      Map.of(
          "encoder.layers.", "layers.",
          "attn.Wqkv.weight", FUSED,
          "attn.out_proj.", "self_attn.o_proj.",
          "mlp.fc11.", "mlp.up_proj.",
          "mlp.fc12.", "mlp.gate_proj.",
          "mlp.fc2.", "mlp.down_proj.",
          "norm1.", "post_attention_layernorm.",
          "norm2.", "post_mlp_layernorm.");

  public NomicBertShape {
    if (heads < 1 || width % heads != 0 || width / heads % 2 != 0) {
      throw new IllegalArgumentException(
          "num_attention_heads = %d makes no heads of an even width of hidden_size = %d"
              .formatted(heads, width));
    }
    output.check(false);
  }

  Rope rope() {
    int headWidth = width / heads;
    return scaling.rope(headWidth, headWidth, theta, Rope.Order.HALVES);
  }

  @Override
  public ModelShape withOutput(Output other) {
    return with(other, dropout);
  }

  @Override
  public ModelShape withDropout(Dropout other) {
    return with(
        output,
        new Dropout(other.residual(), other.attention(), other.residual(), other.head(), false));
  }

  private NomicBertShape with(Output other, Dropout drops) {
    return new NomicBertShape(
        vocabularySize,
        width,
        layers,
        heads,
        feedForward,
        context,
        segments,
        theta,
        scaling,
        function,
        epsilon,
        other,
        drops);
  }

  @Override
  public String architecture() {
    return NomicBert.TYPE;
  }

  @Override
  public List<Parameter> parameters() {
    return new NomicBertTable(this).all();
  }

  @Override
  public <W> Model<W> model(WeightSource<W> source) {
    return new NomicBertModel<>(this, source);
  }

  @Override
  public String description() {
    return "%d layers, width %d, %d heads, feed-forward %d, context %d"
        .formatted(layers, width, heads, feedForward, context);
  }

  /// Without the body's prefix.
  @Override
  public List<String> aliases(String name) {
    return name.startsWith(BODY) ? List.of(name.substring(BODY.length())) : List.of();
  }

  /// The pooler of classes, heads of the pre-training, and what follows from the shape.
  @Override
  public boolean ignores(String name, Form form) {
    boolean masked = output instanceof Output.MaskedToken;
    boolean pooled = output instanceof Output.Classes;
    return form == Form.GGUF
        ? ggufConstants().containsKey(name)
        : name.equals("cls.predictions.decoder.bias")
            || !pooled && name.matches("(nomic_bert\\.)?pooler\\.dense\\..*")
            || !masked && name.startsWith("cls.predictions.");
  }

  /// As the table has them: llama.cpp's converter stacks queries, keys and values in one matrix,
  /// and so do the files that transformers writes, which go by the names of the first model's
  /// authors.
  @Override
  public Map<String, HostTensor> unpacked(Form form, Map<String, HostTensor> tensors) {
    var to = new LinkedHashMap<String, HostTensor>();
    tensors.forEach(
        (name, tensor) -> {
          String own = form == Form.GGUF ? name : named(name);
          long[] shape = tensor.shape();
          if (!own.endsWith(FUSED) || shape.length != 2 || shape[0] != 3L * width) {
            to.put(own, tensor);
            return;
          }
          long bytes = tensor.data().byteSize() / 3;
          List<String> parts = List.of("q", "k", "v");
          for (int i = 0; i < 3; i++) {
            to.put(
                form == Form.GGUF
                    ? own.replace(FUSED, "attn_" + parts.get(i) + ".weight")
                    : own.replace(FUSED, "self_attn." + parts.get(i) + "_proj.weight"),
                new HostTensor(
                    tensor.type(),
                    new long[] {width, shape[1]},
                    tensor.data().asSlice(i * bytes, bytes)));
          }
        });
    return to;
  }

  /// A tensor of a Hugging Face file, by the name in the table.
  private static String named(String name) {
    String to = name.replace("emb_ln.", "embeddings.LayerNorm.");
    if (!to.contains("encoder.layers.")) {
      return to;
    }
    for (Map.Entry<String, String> each : FIRST_NAMES.entrySet()) {
      to = to.replace(each.getKey(), each.getValue());
    }
    return to;
  }

  @Override
  public String configJson(Specials specials) {
    ObjectNode c = ConfigJson.begin(this, "NomicBertForMaskedLM", "NomicBert", specials);
    Dropout.write(c, "attention_probs_dropout_prob", dropout.attention());
    dropout.writeHead(c, dropout.residual());
    c.put("hidden_act", ConfigJson.name(function));
    Dropout.write(c, "hidden_dropout_prob", dropout.residual());
    c.put("hidden_size", width);
    c.put("intermediate_size", feedForward);
    c.put("layer_norm_eps", ConfigJson.shortest(epsilon));
    c.put("max_position_embeddings", context);
    c.put("num_attention_heads", heads);
    c.put("num_hidden_layers", layers);
    RopeFields.write(c.putObject("rope_parameters"), scaling, theta);
    c.put("type_vocab_size", segments);
    return ConfigJson.write(c);
  }

  @Override
  public SequencedMap<String, GgufValue> gguf(String name, DataType type) {
    throw new IllegalArgumentException(
        "a GGUF file of a NomicBert is read, and none is written; keep its Hugging Face folder, or"
            + " write ONNX");
  }

  @Override
  public SequencedMap<String, HostTensor> ggufConstants() {
    return RopeFields.constants(scaling, width / heads, theta);
  }
}
