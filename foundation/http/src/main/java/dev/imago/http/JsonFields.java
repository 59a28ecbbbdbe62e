package dev.imago.http;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A request's JSON object, read field by field with errors that name the field. `null` counts as
/// absent, as client libraries send it for what their caller left out.
public final class JsonFields {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Of two fields of one name a reader would take the last and another the first.
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final JsonNode object;
  private final String prefix;

  private JsonFields(JsonNode object, String prefix) {
    this.object = object;
    this.prefix = prefix;
  }

  public static JsonFields parse(byte[] body) {
    JsonNode node;
    try {
      node = STRICT.readTree(body);
    } catch (JacksonException e) {
      throw ApiException.invalid(
          null, "the body is no JSON: " + e.getOriginalMessage() + "; send one JSON object");
    }
    if (!node.isObject()) {
      throw ApiException.invalid(
          null, "the body is no JSON object; send {…} with the fields of the request");
    }
    return new JsonFields(node, "");
  }

  /// The fields of an object that was read before.
  public static JsonFields of(JsonNode object) {
    if (!object.isObject()) {
      throw new IllegalArgumentException("no object: " + object.getNodeType());
    }
    return new JsonFields(object, "");
  }

  /// The object itself.
  public JsonNode json() {
    return object;
  }

  public @Nullable JsonNode get(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  public boolean has(String name) {
    return get(name) != null;
  }

  private ApiException wrong(String name, String wanted) {
    return ApiException.invalid(
        prefix + name, "%s%s = %s is not %s".formatted(prefix, name, brief(get(name)), wanted));
  }

  /// A number's bounds are a setting's, and what is outside them is the client's to mend.
  private void bounded(String name, Runnable check) {
    try {
      check.run();
    } catch (ConfigException e) {
      throw ApiException.invalid(prefix + name, String.valueOf(e.getMessage()));
    }
  }

  private static String brief(@Nullable JsonNode value) {
    return brief(String.valueOf(value));
  }

  private static String brief(String text) {
    return text.codePointCount(0, text.length()) <= 60
        ? text
        : text.substring(0, text.offsetByCodePoints(0, 40))
            + " … ("
            + text.length()
            + " characters)";
  }

  public Optional<String> string(String name) {
    JsonNode value = get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw wrong(name, "a string");
    }
    return Optional.of(value.stringValue());
  }

  public String requiredString(String name) {
    return string(name)
        .orElseThrow(
            () ->
                ApiException.invalid(prefix + name, prefix + name + " is missing; it is a string"));
  }

  public boolean bool(String name) {
    JsonNode value = get(name);
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return value.booleanValue();
  }

  /// A whole number; both bounds belong to the range.
  public Optional<Long> integer(String name, long from, long to) {
    JsonNode value = get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(name, "a whole number in %d … %d".formatted(from, to));
    }
    bounded(name, () -> Bounds.whole(prefix + name, value.longValue(), from, to));
    return Optional.of(value.longValue());
  }

  /// A number; both bounds belong to the range.
  public Optional<Float> number(String name, float from, float to) {
    JsonNode value = get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isNumber()) {
      throw wrong(name, "a number in %s … %s".formatted(from, to));
    }
    bounded(name, () -> Bounds.number(prefix + name, value.doubleValue(), from, to));
    return Optional.of((float) value.doubleValue());
  }

  /// A string, or a list of strings, each with at least one character.
  public List<String> strings(String name, int most) {
    JsonNode value = get(name);
    if (value == null) {
      return List.of();
    }
    var strings = new ArrayList<String>();
    for (JsonNode each : value.isArray() ? value : List.of(value)) {
      if (!each.isString() || each.stringValue().isEmpty()) {
        throw wrong(name, "a string or a list of strings, none of them empty");
      }
      strings.add(each.stringValue());
    }
    if (strings.size() > most) {
      throw ApiException.invalid(
          prefix + name,
          "%s%s has %d entries; at most %d are allowed"
              .formatted(prefix, name, strings.size(), most));
    }
    return strings;
  }

  /// A list of whole numbers; both bounds belong to the range.
  public List<Integer> integers(String name, int most, int from, int to) {
    JsonNode value = get(name);
    if (value == null) {
      return List.of();
    }
    var numbers = new ArrayList<Integer>();
    for (JsonNode each : value) {
      numbers.add(whole(name, each, from, to));
    }
    if (!value.isArray() || numbers.size() > most) {
      throw wrong(name, "a list of at most %d whole numbers".formatted(most));
    }
    return numbers;
  }

  private int whole(String name, JsonNode value, int from, int to) {
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw ApiException.invalid(
          prefix + name,
          "%s%s: %s is not a whole number in %d … %d"
              .formatted(prefix, name, brief(value), from, to));
    }
    bounded(name, () -> Bounds.whole(prefix + name, value.intValue(), from, to));
    return value.intValue();
  }

  /// Numbers by token id: `{"50256": -100}`; all bounds belong to their ranges.
  public Map<Integer, Float> numbersById(String name, int most, int mostId, float from, float to) {
    JsonNode value = get(name);
    if (value == null) {
      return Map.of();
    }
    if (!value.isObject() || value.size() > most) {
      throw wrong(name, "an object of at most %d numbers by token id".formatted(most));
    }
    var numbers = new LinkedHashMap<Integer, Float>();
    for (Map.Entry<String, JsonNode> each : value.properties()) {
      boolean isId = each.getKey().matches("\\d{1,9}") && Integer.parseInt(each.getKey()) <= mostId;
      if (!isId) {
        throw ApiException.invalid(
            prefix + name,
            "%s%s: «%s» is no token id in 0 … %d"
                .formatted(prefix, name, brief(each.getKey()), mostId));
      }
      JsonNode number = each.getValue();
      if (!number.isNumber()) {
        throw ApiException.invalid(
            prefix + name,
            "%s%s: %s for token %s is not a number in %s … %s"
                .formatted(prefix, name, brief(number), each.getKey(), from, to));
      }
      String at = "%s%s[%s]".formatted(prefix, name, each.getKey());
      bounded(name, () -> Bounds.number(at, number.doubleValue(), from, to));
      numbers.put(Integer.parseInt(each.getKey()), number.floatValue());
    }
    return numbers;
  }

  /// The names of all fields, in the client's order.
  public List<String> names() {
    return List.copyOf(object.propertyNames());
  }

  /// Refuses fields that are none of these, with the one that was most likely meant. A field that
  /// is `null` says nothing and is let be.
  public void refuseOthers(Collection<String> known) {
    for (String name : names()) {
      if (has(name) && !known.contains(name)) {
        throw unknown(name, known);
      }
    }
  }

  /// The error for a field that there is not.
  public ApiException unknown(String name, Collection<String> known) {
    return ApiException.invalid(
        prefix + brief(name),
        "unknown_parameter",
        "%s%s is no field that this server knows%s"
            .formatted(
                prefix,
                brief(name),
                Nearest.to(name, known)
                    .map(near -> "; did you mean " + near + "?")
                    .orElse("; leave it out")));
  }

  /// Refuses a field that would change what is done and is not supported.
  ///
  /// @param neutral the values at which it would not, which are let through
  /// @param instead what to do; empty where leaving it out is all
  public void refuseBut(String name, List<JsonNode> neutral, String instead) {
    JsonNode value = get(name);
    if (value != null && neutral.stream().noneMatch(each -> same(each, value))) {
      String shown = value.toString();
      throw ApiException.invalid(
          prefix + name,
          "unsupported_parameter",
          "%s%s = %s is not supported here; leave it out%s%s"
              .formatted(
                  prefix,
                  name,
                  shown.length() > 60 ? "…" : shown,
                  neutral.isEmpty() ? "" : ", or set it to " + neutral.getFirst(),
                  instead.isEmpty() ? "" : " (" + instead + ")"));
    }
  }

  private static boolean same(JsonNode neutral, JsonNode value) {
    return neutral.isNumber() && value.isNumber()
        ? neutral.doubleValue() == value.doubleValue()
        : neutral.equals(value);
  }

  public Optional<JsonFields> object(String name) {
    JsonNode value = get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isObject()) {
      throw wrong(name, "an object");
    }
    return Optional.of(new JsonFields(value, prefix + name + "."));
  }

  /// The object as plain values: maps, lists, texts, numbers.
  public Map<String, Object> values() {
    return plain(object);
  }

  /// The object that stands as JSON in a field's text, as plain values.
  public Map<String, Object> jsonObject(String name, String text) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JacksonException e) {
      throw wrong(name, "a JSON object in a string (" + e.getOriginalMessage() + ")");
    }
    if (!node.isObject()) {
      throw wrong(name, "a JSON object in a string");
    }
    return plain(node);
  }

  private static Map<String, Object> plain(JsonNode object) {
    return JSON.convertValue(object, new TypeReference<LinkedHashMap<String, Object>>() {});
  }

  /// The objects of a list, which must be there and not empty.
  public List<JsonFields> requiredObjects(String name) {
    JsonNode value = get(name);
    if (value == null || !value.isArray() || value.isEmpty()) {
      throw ApiException.invalid(
          prefix + name, "%s%s must be a list with at least one object".formatted(prefix, name));
    }
    var objects = new ArrayList<JsonFields>();
    for (JsonNode each : value) {
      String at = "%s%s[%d]".formatted(prefix, name, objects.size());
      if (!each.isObject()) {
        throw ApiException.invalid(at, at + " is no object");
      }
      objects.add(new JsonFields(each, at + "."));
    }
    return objects;
  }

  /// The name of a field with its place, for messages.
  public String path(String name) {
    return prefix + name;
  }
}
