package dev.imago.model;

import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/// GGUF's keys of one architecture, `llama.…`.
public final class GgufFields extends Fields {
  static final String ARCHITECTURE = "general.architecture";

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
    return metadata.get(shown(field)) instanceof GgufValue.Text(String text) ? text : otherwise;
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
}
