package dev.imago.masking;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Masks the values of JSON, however deep: strings, and numbers that are one (a telephone number
/// written as such becomes a string). Names of fields stay. For one document.
public final class JsonMasker {
  private final Masker masker;
  private final Replacements replacements;
  private final Map<PersonalKind, Integer> counts = new EnumMap<>(PersonalKind.class);

  private final UnaryOperator<String> after;

  public JsonMasker(Masker masker, Replacements replacements) {
    this(masker, replacements, UnaryOperator.identity());
  }

  /// @param after what is done with each masked text, such as to restore what was taken out before
  public JsonMasker(Masker masker, Replacements replacements, UnaryOperator<String> after) {
    this.masker = masker;
    this.replacements = replacements;
    this.after = after;
  }

  /// How many of each kind were found so far.
  public Map<PersonalKind, Integer> counts() {
    return Map.copyOf(counts);
  }

  /// JSON as text, such as the arguments of a call; what is none is masked as text.
  public String mask(String json) {
    try {
      return JsonMapper.shared().writeValueAsString(mask(JsonMapper.shared().readTree(json)));
    } catch (JacksonException e) {
      return text(json);
    }
  }

  /// The same tree with other values; objects and arrays are changed in place.
  public JsonNode mask(JsonNode node) {
    switch (node) {
      case ObjectNode object ->
          object
              .propertyStream()
              .toList()
              .forEach(field -> object.set(field.getKey(), mask(field.getValue())));
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, mask(array.get(i)));
        }
      }
      default -> {
        if (node.isString() || node.isNumber()) {
          String value = node.asString();
          String masked = text(value);
          return masked.equals(value) ? node : JsonNodeFactory.instance.stringNode(masked);
        }
      }
    }
    return node;
  }

  private String text(String value) {
    MaskedText masked = masker.mask(value, replacements);
    masked.counts().forEach((kind, count) -> counts.merge(kind, count, Integer::sum));
    return after.apply(masked.text());
  }
}
