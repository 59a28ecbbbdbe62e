package dev.imago.suites;

import dev.imago.core.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The keys of a part of a task file, read by type, each refusal with file, place and what is
/// wanted.
///
/// @param place where they stand, for messages; empty at the top
record Settings(Path file, String place, ObjectNode keys) {
  InputException wrong(String key, String wanted) {
    return new InputException(
        "%s: «%s» is %s; it takes %s"
            .formatted(file, place.isEmpty() ? key : place + "." + key, keys.path(key), wanted));
  }

  /// Refuses a key that is none of these.
  void only(Set<String> known) {
    for (String key : keys.propertyNames()) {
      if (!known.contains(key)) {
        throw new InputException(
            "%s: no such key as «%s»; there are %s"
                .formatted(
                    file,
                    place.isEmpty() ? key : place + "." + key,
                    String.join(", ", known.stream().sorted().toList())));
      }
    }
  }

  boolean has(String key) {
    return keys.hasNonNull(key);
  }

  Optional<String> text(String key) {
    JsonNode value = keys.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw wrong(key, "a text");
    }
    return Optional.of(value.stringValue());
  }

  boolean flag(String key) {
    JsonNode value = keys.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw wrong(key, "true or false");
    }
    return value.booleanValue();
  }

  Optional<Integer> whole(String key, int least) {
    JsonNode value = keys.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least) {
      throw wrong(key, "a whole number, %d at least".formatted(least));
    }
    return Optional.of(value.intValue());
  }

  Optional<Double> number(String key) {
    JsonNode value = keys.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isNumber()) {
      throw wrong(key, "a number");
    }
    return Optional.of(value.doubleValue());
  }

  /// A text, or a list of texts.
  Optional<List<String>> texts(String key) {
    JsonNode value = keys.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    var to = new ArrayList<String>();
    for (JsonNode each : value.isArray() ? value : List.of(value)) {
      if (!each.isString()) {
        throw wrong(key, "a text or a list of texts");
      }
      to.add(each.stringValue());
    }
    return Optional.of(to);
  }

  /// Objects of a list.
  List<Settings> each(String key) {
    JsonNode value = keys.path(key);
    if (!value.isArray()) {
      throw wrong(key, "a list");
    }
    var to = new ArrayList<Settings>();
    for (JsonNode each : value) {
      if (!(each instanceof ObjectNode object)) {
        throw wrong(key, "a list of keys with values");
      }
      to.add(new Settings(file, place.isEmpty() ? key : place + "." + key, object));
    }
    return to;
  }

  Optional<Settings> part(String key) {
    JsonNode value = keys.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!(value instanceof ObjectNode object)) {
      throw wrong(key, "keys with values");
    }
    return Optional.of(new Settings(file, key, object));
  }

  @Nullable Object value(String key) {
    return plain(keys.path(key));
  }

  /// A value of JSON as Java has it: null, Boolean, Long, Double, String, List or Map.
  static @Nullable Object plain(JsonNode node) {
    if (node.isObject()) {
      var map = new LinkedHashMap<String, @Nullable Object>();
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        map.put(entry.getKey(), plain(entry.getValue()));
      }
      return map;
    }
    if (node.isArray()) {
      var list = new ArrayList<@Nullable Object>();
      node.forEach(each -> list.add(plain(each)));
      return list;
    }
    if (node.isString()) {
      return node.stringValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    return node.isNumber() ? node.doubleValue() : null;
  }
}
