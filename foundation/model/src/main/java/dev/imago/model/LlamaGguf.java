package dev.imago.model;

import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// GGUF's architecture `llama`, as llama.cpp's converter writes it: keys, tensor names, and the
/// order of the rows of queries and keys, which rotate as [PAIRS][
/// dev.imago.tensor.AttentionShape.Rotary#PAIRS].
///
/// A tied model has no `output.weight`; llama.cpp then takes `token_embd.weight`.
public final class LlamaGguf {
  private static final String ARCHITECTURE = "general.architecture";

  private LlamaGguf() {}

  /// The keys that describe the model; the tokenizer's come beside them.
  ///
  /// @param type of the matrices: F32, F16 or Q8_0
  public static SequencedMap<String, GgufValue> metadata(
      DecoderConfig config, String name, DataType type) {
    var to = new LinkedHashMap<String, GgufValue>();
    to.put(ARCHITECTURE, new GgufValue.Text("llama"));
    to.put("general.type", new GgufValue.Text("model"));
    to.put("general.name", new GgufValue.Text(name));
    to.put("general.file_type", GgufValue.u32(fileType(type)));
    to.put("general.quantization_version", GgufValue.u32(2));
    to.put("llama.vocab_size", GgufValue.u32(config.vocabularySize()));
    to.put("llama.context_length", GgufValue.u32(config.context()));
    to.put("llama.embedding_length", GgufValue.u32(config.width()));
    to.put("llama.block_count", GgufValue.u32(config.layers()));
    to.put("llama.feed_forward_length", GgufValue.u32(config.feedForward()));
    to.put("llama.attention.head_count", GgufValue.u32(config.heads()));
    to.put("llama.attention.head_count_kv", GgufValue.u32(config.kvHeads()));
    to.put("llama.attention.key_length", GgufValue.u32(config.headWidth()));
    to.put("llama.attention.value_length", GgufValue.u32(config.headWidth()));
    to.put("llama.attention.layer_norm_rms_epsilon", GgufValue.f32(config.epsilon()));
    to.put("llama.rope.dimension_count", GgufValue.u32(config.headWidth()));
    to.put("llama.rope.freq_base", GgufValue.f32(config.theta()));
    return to;
  }

  private static int fileType(DataType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1;
      case Q8_0 -> 7;
      case BF16 -> 32;
      case F64, I64, I32, I16, I8, U8, BOOL ->
          throw new IllegalArgumentException(
              type + " is no type for the matrices of a GGUF; F32, F16 and Q8_0 are");
    };
  }

  /// Reads the shape of a model.
  ///
  /// @param tied whether the file lacks `output.weight`
  /// @throws IllegalArgumentException naming the key, when the file is not of a Llama that
  ///   [Decoder] computes
  public static DecoderConfig config(Map<String, GgufValue> metadata, boolean tied) {
    if (!(metadata.get(ARCHITECTURE) instanceof GgufValue.Text(String name))
        || !name.equals("llama")) {
      throw new IllegalArgumentException(
          "%s = %s is not supported; llama is".formatted(ARCHITECTURE, metadata.get(ARCHITECTURE)));
    }
    if (metadata.get("llama.rope.scaling.type") instanceof GgufValue.Text(String scaling)
        && !scaling.equals("none")) {
      throw new IllegalArgumentException(
          "llama.rope.scaling.type = %s is not supported; none is".formatted(scaling));
    }
    if (integer(metadata, "llama.expert_count", 0) != 0) {
      throw new IllegalArgumentException("llama.expert_count: experts are not supported");
    }
    int width = integer(metadata, "llama.embedding_length", -1);
    int heads = integer(metadata, "llama.attention.head_count", -1);
    int headWidth = integer(metadata, "llama.attention.key_length", heads > 0 ? width / heads : -1);
    int turned = integer(metadata, "llama.rope.dimension_count", headWidth);
    int values = integer(metadata, "llama.attention.value_length", headWidth);
    if (turned != headWidth || values != headWidth) {
      throw new IllegalArgumentException(
          ("llama.rope.dimension_count = %d and llama.attention.value_length = %d differ from"
                  + " llama.attention.key_length = %d, which is not supported")
              .formatted(turned, values, headWidth));
    }
    return new DecoderConfig(
        vocabularySize(metadata),
        width,
        integer(metadata, "llama.block_count", -1),
        heads,
        integer(metadata, "llama.attention.head_count_kv", heads),
        headWidth,
        integer(metadata, "llama.feed_forward_length", -1),
        integer(metadata, "llama.context_length", -1),
        real(metadata, "llama.rope.freq_base", 10_000f),
        real(metadata, "llama.attention.layer_norm_rms_epsilon", Float.NaN),
        tied);
  }

  private static int vocabularySize(Map<String, GgufValue> metadata) {
    int otherwise =
        metadata.get("tokenizer.ggml.tokens") instanceof GgufValue.Texts tokens
            ? tokens.values().size()
            : -1;
    return integer(metadata, "llama.vocab_size", otherwise);
  }

  private static int integer(Map<String, GgufValue> metadata, String key, int otherwise) {
    GgufValue value = metadata.get(key);
    if (value instanceof GgufValue.Whole(GgufValue.Type _, long number)
        && number >= 0
        && number <= Integer.MAX_VALUE) {
      return (int) number;
    }
    if (value != null || otherwise < 0) {
      throw new IllegalArgumentException(
          "%s = %s is no whole number below 2^31".formatted(key, value));
    }
    return otherwise;
  }

  private static float real(Map<String, GgufValue> metadata, String key, float otherwise) {
    GgufValue value = metadata.get(key);
    if (value instanceof GgufValue.Real(GgufValue.Type _, double number)) {
      return (float) number;
    }
    if (value != null || Float.isNaN(otherwise)) {
      throw new IllegalArgumentException("%s = %s is no real number".formatted(key, value));
    }
    return otherwise;
  }

  /// GGUF's name of a tensor: `model.layers.0.self_attn.q_proj.weight` → `blk.0.attn_q.weight`.
  ///
  /// @throws IllegalArgumentException for a name that a Llama has not
  public static String tensorName(String name) {
    String[] parts = name.split("\\.", -1);
    if (name.startsWith("model.layers.") && parts.length > 4) {
      String part =
          switch (name.substring(name.indexOf('.', "model.layers.".length()) + 1)) {
            case "input_layernorm.weight" -> "attn_norm";
            case "self_attn.q_proj.weight" -> "attn_q";
            case "self_attn.k_proj.weight" -> "attn_k";
            case "self_attn.v_proj.weight" -> "attn_v";
            case "self_attn.o_proj.weight" -> "attn_output";
            case "post_attention_layernorm.weight" -> "ffn_norm";
            case "mlp.gate_proj.weight" -> "ffn_gate";
            case "mlp.up_proj.weight" -> "ffn_up";
            case "mlp.down_proj.weight" -> "ffn_down";
            default -> throw new IllegalArgumentException("no tensor of a Llama: " + name);
          };
      return "blk." + parts[2] + "." + part + ".weight";
    }
    return switch (name) {
      case "model.embed_tokens.weight" -> "token_embd.weight";
      case "model.norm.weight" -> "output_norm.weight";
      case "lm_head.weight" -> "output.weight";
      default -> throw new IllegalArgumentException("no tensor of a Llama: " + name);
    };
  }

  /// A tensor of a Hugging Face folder as GGUF has it: the rows of queries and keys in the order of
  /// pairs, everything else as it is.
  public static HostTensor reorder(DecoderConfig config, String name, HostTensor tensor) {
    boolean queriesOrKeys =
        name.endsWith("self_attn.q_proj.weight") || name.endsWith("self_attn.k_proj.weight");
    return queriesOrKeys ? pairs(tensor, config.headWidth()) : tensor;
  }

  /// Row s · C/2 + i of each head (s 0 or 1) becomes row 2i + s.
  private static HostTensor pairs(HostTensor tensor, int headWidth) {
    long[] shape = tensor.shape();
    long rowBytes = tensor.type().bytes(shape[1]);
    MemorySegment to = MemorySegment.ofArray(new byte[Math.toIntExact(tensor.data().byteSize())]);
    int half = headWidth / 2;
    for (int row = 0; row < shape[0]; row++) {
      int within = row % headWidth;
      int target = row - within + 2 * (within % half) + within / half;
      MemorySegment.copy(tensor.data(), row * rowBytes, to, target * rowBytes, rowBytes);
    }
    return new HostTensor(tensor.type(), shape, to);
  }

  /// The type in which a tensor is stored where the matrices are to be of `type`: norms stay F32,
  /// and rows that are no multiple of Q8_0's blocks become F16, as in llama.cpp.
  public static DataType storedType(long[] shape, DataType type) {
    if (shape.length < 2) {
      return DataType.F32;
    }
    return shape[1] % type.blockSize() == 0 ? type : DataType.F16;
  }
}
