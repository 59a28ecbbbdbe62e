package dev.imago.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Hugging Face's `LlamaForCausalLM`: its `config.json`, and the names and shapes of its tensors.
public final class LlamaFolder {
  private static final JsonMapper JSON = JsonMapper.shared();

  private LlamaFolder() {}

  /// The ids that a model's files name.
  ///
  /// @param endOfText ends a document; transformers' `bos_token_id` too, as in GPT-2
  /// @param stops the ids at which an answer ends, `endOfText` among them
  public record Specials(int endOfText, List<Integer> stops) {
    public Specials {
      stops = List.copyOf(stops);
    }
  }

  /// Reads a `config.json`.
  ///
  /// @throws IllegalArgumentException naming the field, when the file is not of a Llama that
  ///   [Decoder] computes
  public static DecoderConfig config(String json) {
    JsonNode c = object(json);
    String type = c.path("model_type").asString("");
    if (!type.equals("llama")) {
      throw new IllegalArgumentException(
          "model_type «%s» is not supported; llama (LlamaForCausalLM) is".formatted(type));
    }
    expect(c, "hidden_act", "silu");
    expect(c, "attention_bias", "false");
    expect(c, "mlp_bias", "false");
    int width = integer(c, "hidden_size", null);
    int heads = integer(c, "num_attention_heads", null);
    return new DecoderConfig(
        integer(c, "vocab_size", null),
        width,
        integer(c, "num_hidden_layers", null),
        heads,
        integer(c, "num_key_value_heads", heads),
        integer(c, "head_dim", heads > 0 ? width / heads : 0),
        integer(c, "intermediate_size", null),
        integer(c, "max_position_embeddings", 2048),
        theta(c),
        (float) c.path("rms_norm_eps").asDouble(1e-6),
        c.path("tie_word_embeddings").asBoolean(false));
  }

  /// The id that ends a document: `eos_token_id`, the first where there are several; −1 for none.
  public static int endOfText(String json) {
    List<Integer> stops = stops(json);
    return stops.isEmpty() ? -1 : stops.getFirst();
  }

  /// All of `eos_token_id`, from `config.json` or `generation_config.json`.
  public static List<Integer> stops(String json) {
    JsonNode eos = object(json).path("eos_token_id");
    var stops = new ArrayList<Integer>();
    for (JsonNode id : eos.isArray() ? eos : List.of(eos)) {
      if (id.canConvertToInt()) {
        stops.add(id.asInt());
      }
    }
    return stops;
  }

  private static JsonNode object(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      if (node.isObject()) {
        return node;
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("config.json is no JSON: " + e.getOriginalMessage(), e);
    }
    throw new IllegalArgumentException("config.json is no JSON object");
  }

  private static void expect(JsonNode c, String field, String value) {
    String found = c.path(field).asString(value);
    if (!found.equals(value)) {
      throw new IllegalArgumentException(
          "%s = %s is not supported; %s is".formatted(field, found, value));
    }
  }

  private static int integer(JsonNode c, String field, @Nullable Integer otherwise) {
    JsonNode n = c.path(field);
    if (n.isMissingNode() || n.isNull()) {
      if (otherwise != null) {
        return otherwise;
      }
      throw new IllegalArgumentException("config.json lacks " + field);
    }
    if (!n.canConvertToInt()) {
      throw new IllegalArgumentException("%s = %s is no whole number".formatted(field, n));
    }
    return n.asInt();
  }

  /// The base of the rotary angles: `rope_theta` until transformers 4, `rope_parameters` since 5.
  private static float theta(JsonNode c) {
    JsonNode rope = c.path("rope_parameters");
    if (!rope.isObject()) {
      rope = c.path("rope_scaling");
    }
    String kind = rope.path("rope_type").asString(rope.path("type").asString("default"));
    if (!kind.equals("default")) {
      throw new IllegalArgumentException(
          "rope_type = %s is not supported; default (no scaling) is".formatted(kind));
    }
    return (float) rope.path("rope_theta").asDouble(c.path("rope_theta").asDouble(10_000));
  }

  /// A `config.json` that transformers 4 and 5 load as LlamaForCausalLM, for weights in F32.
  public static String configJson(DecoderConfig config, Specials specials) {
    ObjectNode c = JSON.createObjectNode();
    c.putArray("architectures").add("LlamaForCausalLM");
    c.put("attention_bias", false);
    c.put("attention_dropout", 0.0);
    c.put("bos_token_id", specials.endOfText());
    c.put("dtype", "float32");
    c.put("eos_token_id", specials.endOfText());
    c.put("head_dim", config.headWidth());
    c.put("hidden_act", "silu");
    c.put("hidden_size", config.width());
    c.put("initializer_range", 0.02);
    c.put("intermediate_size", config.feedForward());
    c.put("max_position_embeddings", config.context());
    c.put("mlp_bias", false);
    c.put("model_type", "llama");
    c.put("num_attention_heads", config.heads());
    c.put("num_hidden_layers", config.layers());
    c.put("num_key_value_heads", config.kvHeads());
    c.put("pretraining_tp", 1);
    c.put("rms_norm_eps", shortest(config.epsilon()));
    ObjectNode rope = c.putObject("rope_parameters");
    rope.put("rope_theta", shortest(config.theta()));
    rope.put("rope_type", "default");
    c.put("rope_theta", shortest(config.theta()));
    c.put("tie_word_embeddings", config.tied());
    c.put("torch_dtype", "float32");
    c.put("use_cache", true);
    c.put("vocab_size", config.vocabularySize());
    return c.toPrettyString() + "\n";
  }

  /// A `generation_config.json`: where an answer begins and ends.
  public static String generationConfigJson(Specials specials) {
    ObjectNode c = JSON.createObjectNode();
    c.put("bos_token_id", specials.endOfText());
    if (specials.stops().size() == 1) {
      c.put("eos_token_id", specials.stops().getFirst());
    } else {
      var ids = c.putArray("eos_token_id");
      specials.stops().forEach(ids::add);
    }
    return c.toPrettyString() + "\n";
  }

  /// The double that prints as the float does: 1.0E-5, not 9.999999747378752E-6.
  private static double shortest(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  /// Every tensor's name and shape, in the order of the layers.
  public static SequencedMap<String, long[]> tensors(DecoderConfig config) {
    var to = new LinkedHashMap<String, long[]>();
    long d = config.width();
    long q = (long) config.heads() * config.headWidth();
    long kv = (long) config.kvHeads() * config.headWidth();
    long f = config.feedForward();
    to.put("model.embed_tokens.weight", new long[] {config.vocabularySize(), d});
    for (int i = 0; i < config.layers(); i++) {
      String layer = "model.layers." + i + ".";
      to.put(layer + "input_layernorm.weight", new long[] {d});
      to.put(layer + "self_attn.q_proj.weight", new long[] {q, d});
      to.put(layer + "self_attn.k_proj.weight", new long[] {kv, d});
      to.put(layer + "self_attn.v_proj.weight", new long[] {kv, d});
      to.put(layer + "self_attn.o_proj.weight", new long[] {d, q});
      to.put(layer + "post_attention_layernorm.weight", new long[] {d});
      to.put(layer + "mlp.gate_proj.weight", new long[] {f, d});
      to.put(layer + "mlp.up_proj.weight", new long[] {f, d});
      to.put(layer + "mlp.down_proj.weight", new long[] {d, f});
    }
    to.put("model.norm.weight", new long[] {d});
    if (!config.tied()) {
      to.put("lm_head.weight", new long[] {config.vocabularySize(), d});
    }
    return to;
  }
}
