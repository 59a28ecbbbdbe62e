package dev.imago.model;

import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Operations.Pooling;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.Set;

/// GGUF's keys of one architecture, `llama.…`.
public final class GgufFields extends Fields {
  static final String ARCHITECTURE = "general.architecture";

  /// Of our own files.
  public static final String PROBLEM = "imago.problem";

  public static final String POOLING = "pooling_type";

  public static final String EPSILON = "attention.layer_norm_epsilon";

  private static final String CAUSAL = "attention.causal";

  /// What describes the file or its making, and what only a scaling reads, which then asks for it.
  private static final Set<String> INERT =
      Set.of(
          "rope.scaling.finetuned", "rope.scaling.original_context_length", "tensor_data_layout");

  /// What multiplies or divides.
  private static final Set<String> FACTORS =
      Set.of(
          "embedding_scale",
          "logit_scale",
          "residual_scale",
          "rope.scale_linear",
          "rope.scaling.attn_factor",
          "rope.scaling.factor");

  private final Map<String, GgufValue> metadata;
  private final String architecture;

  GgufFields(Map<String, GgufValue> metadata, String architecture) {
    this.metadata = metadata;
    this.architecture = architecture;
  }

  public String architecture() {
    return architecture;
  }

  @Override
  protected String shown(String field) {
    return architecture + "." + field;
  }

  @Override
  protected OptionalDouble number(String field) {
    note(field);
    return switch (metadata.get(shown(field))) {
      case null -> OptionalDouble.empty();
      case GgufValue.Whole(GgufValue.Type _, long value) -> OptionalDouble.of(value);
      case GgufValue.Real(GgufValue.Type _, double value) -> OptionalDouble.of(value);
      case GgufValue other ->
          throw new IllegalArgumentException("%s = %s is no number".formatted(shown(field), other));
    };
  }

  public boolean has(String field) {
    return metadata.containsKey(shown(field));
  }

  public String text(String field, String otherwise) {
    note(field);
    return metadata.get(shown(field)) instanceof GgufValue.Text(String text) ? text : otherwise;
  }

  /// A list of texts; empty where there is none.
  public List<String> texts(String field) {
    note(field);
    return metadata.get(shown(field)) instanceof GgufValue.Texts texts ? texts.values() : List.of();
  }

  /// What is there or not.
  public boolean truth(String field, boolean otherwise) {
    note(field);
    return metadata.get(shown(field)) instanceof GgufValue.Bool(boolean truth) ? truth : otherwise;
  }

  /// What the problem of a model of classes is, which llama.cpp has no key for.
  public Output.Problem problem() {
    String said =
        metadata.get(PROBLEM) instanceof GgufValue.Text(String text)
            ? text
            : Output.Problem.ONE.name();
    return Arrays.stream(Output.Problem.values())
        .filter(p -> p.name().equalsIgnoreCase(said))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s = «%s» is not supported; one, several, number and rank are"
                        .formatted(PROBLEM, ConfigJson.shortened(said))));
  }

  /// Refuses the keys that no reader asked for, but for those that change nothing: 0 and false mean
  /// in llama.cpp that a thing is not done.
  ///
  /// @throws IllegalArgumentException naming the first of them
  void refuseUnread() {
    String prefix = architecture + ".";
    for (Map.Entry<String, GgufValue> each : metadata.entrySet()) {
      String field =
          each.getKey().startsWith(prefix) ? each.getKey().substring(prefix.length()) : "";
      if (!field.isEmpty()
          && !noted(field)
          && !INERT.contains(field)
          && !neutral(field, each.getValue())) {
        throw new IllegalArgumentException(
            "%s = %s is not supported: the answers would be wrong without"
                .formatted(each.getKey(), each.getValue()));
      }
    }
  }

  private static boolean neutral(String field, GgufValue value) {
    return switch (value) {
      case GgufValue.Whole(GgufValue.Type _, long whole) ->
          whole == 0 || whole == 1 && FACTORS.contains(field);
      case GgufValue.Real(GgufValue.Type _, double real) ->
          real == 0 || real == 1 && FACTORS.contains(field);
      case GgufValue.Bool(boolean truth) -> truth == field.equals("attention.causal");
      default -> false;
    };
  }

  /// V: the key, or the tokenizer's tokens.
  public int vocabularySize() {
    if (!has("vocab_size")
        && metadata.get("tokenizer.ggml.tokens") instanceof GgufValue.Texts tokens) {
      return tokens.values().size();
    }
    return vocabularySize("vocab_size");
  }

  /// What every file of ours says, for an architecture to add to.
  ///
  /// @param type of the matrices
  public static SequencedMap<String, GgufValue> begin(
      String architecture, String name, DataType type) {
    var to = new LinkedHashMap<String, GgufValue>();
    to.put(ARCHITECTURE, new GgufValue.Text(architecture));
    to.put("general.type", new GgufValue.Text("model"));
    to.put("general.name", new GgufValue.Text(name));
    to.put("general.file_type", GgufValue.u32(fileType(type)));
    to.put("general.quantization_version", GgufValue.u32(2));
    return to;
  }

  /// Adds the keys of an encoder's sizes, and of how it makes a vector.
  ///
  /// @param prefix `bert.`
  /// @param segments rows of the segments
  public static void encoder(
      SequencedMap<String, GgufValue> to,
      String prefix,
      ModelShape shape,
      int feedForward,
      int heads,
      float epsilon,
      Pooling pooling,
      int segments) {
    to.put(prefix + "vocab_size", GgufValue.u32(shape.vocabularySize()));
    to.put(prefix + "context_length", GgufValue.u32(shape.context()));
    to.put(prefix + "embedding_length", GgufValue.u32(shape.width()));
    to.put(prefix + "block_count", GgufValue.u32(shape.layers()));
    to.put(prefix + "feed_forward_length", GgufValue.u32(feedForward));
    to.put(prefix + "attention.head_count", GgufValue.u32(heads));
    to.put(prefix + EPSILON, GgufValue.f32(epsilon));
    to.put(prefix + CAUSAL, new GgufValue.Bool(false));
    to.put(prefix + POOLING, GgufValue.u32(number(pooling)));
    to.put("tokenizer.ggml.token_type_count", GgufValue.u32(segments));
  }

  /// Refuses an encoder whose tokens see only what came before.
  public void encoder() {
    if (truth(CAUSAL, false)) {
      throw new IllegalArgumentException(shown(CAUSAL) + " = true is not supported");
    }
  }

  /// Rows of the segments, which no key tells.
  public int segments(Map<String, HostTensor> tensors) {
    HostTensor types = tensors.get("token_types.weight");
    if (types == null || types.shape().length != 2) {
      throw new IllegalArgumentException(
          "the file has no tensor «token_types.weight» of rows, which a BERT adds to its tokens");
    }
    return (int) Math.clamp(types.shape()[0], 1, 1024);
  }

  /// llama.cpp's number.
  public static int number(Pooling pooling) {
    return switch (pooling) {
      case MEAN -> 1;
      case FIRST -> 2;
      case LAST -> 3;
    };
  }

  /// @param number 0 … 3
  public static Pooling pooling(int number) {
    return switch (number) {
      case 0, 1 -> Pooling.MEAN; // none said, as of a folder that does not say it
      case 2 -> Pooling.FIRST;
      case 3 -> Pooling.LAST;
      default -> throw new IllegalArgumentException("pooling_type = " + number);
    };
  }

  /// Adds the keys of a decoder's sizes.
  ///
  /// @param prefix `llama.`
  public static void decoder(
      SequencedMap<String, GgufValue> to,
      String prefix,
      ModelShape shape,
      int feedForward,
      int heads,
      int kvHeads,
      int headWidth,
      float epsilon) {
    to.put(prefix + "vocab_size", GgufValue.u32(shape.vocabularySize()));
    to.put(prefix + "context_length", GgufValue.u32(shape.context()));
    to.put(prefix + "embedding_length", GgufValue.u32(shape.width()));
    to.put(prefix + "block_count", GgufValue.u32(shape.layers()));
    to.put(prefix + "feed_forward_length", GgufValue.u32(feedForward));
    to.put(prefix + "attention.head_count", GgufValue.u32(heads));
    to.put(prefix + "attention.head_count_kv", GgufValue.u32(kvHeads));
    to.put(prefix + "attention.key_length", GgufValue.u32(headWidth));
    to.put(prefix + "attention.value_length", GgufValue.u32(headWidth));
    to.put(prefix + "attention.layer_norm_rms_epsilon", GgufValue.f32(epsilon));
  }

  private static int fileType(DataType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q8_0 -> 7;
      case Q4_K -> 15; // with some of Q6_K: «M»
      case Q5_K -> 17;
      case Q6_K -> 18;
      case BF16 -> 32;
      case F64, I64, I32, I16, I8, U8, BOOL, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, IQ4_NL, IQ4_XS, MXFP4 ->
          throw new IllegalArgumentException(
              type + " is no type for most matrices of a GGUF; F16, Q8_0 and Q4_K are some");
    };
  }
}
