package dev.imago.tokenizers.json;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An object of a `tokenizer.json`, with the place where it stands, so that every complaint names
/// file, place, value and mend.
///
/// @param file the file's name, for messages
/// @param path where the object stands, such as `pre_tokenizer.pretokenizers[1]`; empty for the
///   root
/// @param node the object
public record Part(String file, String path, JsonNode node) {
  /// The value of `type`.
  public String type() {
    return string("type");
  }

  /// Whether a field is there and not null.
  public boolean has(String name) {
    return node.hasNonNull(name);
  }

  /// A field that must be a string.
  public String string(String name) {
    JsonNode value = node.path(name);
    if (!value.isString()) {
      throw wrong(name, value, "a string");
    }
    return value.stringValue();
  }

  /// A string, or `fallback` where the field is absent or null.
  public String string(String name, String fallback) {
    return has(name) ? string(name) : fallback;
  }

  /// A string, or null where the field is absent or null.
  public @Nullable String stringOrNull(String name) {
    return has(name) ? string(name) : null;
  }

  /// A string of exactly one character (code point).
  public int character(String name, int fallback) {
    if (!has(name)) {
      return fallback;
    }
    String value = string(name);
    if (value.isEmpty() || value.codePointCount(0, value.length()) != 1) {
      throw wrong(name, node.get(name), "one character");
    }
    return value.codePointAt(0);
  }

  /// `true` or `false`, or `fallback` where the field is absent or null.
  public boolean bool(String name, boolean fallback) {
    if (!has(name)) {
      return fallback;
    }
    JsonNode value = node.get(name);
    if (!value.isBoolean()) {
      throw wrong(name, value, "true or false");
    }
    return value.booleanValue();
  }

  /// A whole number in `least` … `most`, or `fallback` where the field is absent or null.
  public int whole(String name, int least, int most, int fallback) {
    return has(name) ? whole(name, least, most) : fallback;
  }

  /// A whole number in `least` … `most`.
  public int whole(String name, int least, int most) {
    JsonNode value = node.path(name);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < least
        || value.intValue() > most) {
      throw wrong(name, value, "a whole number in " + least + " … " + most);
    }
    return value.intValue();
  }

  /// A number, or `fallback` where the field is absent or null.
  public double number(String name, double fallback) {
    if (!has(name)) {
      return fallback;
    }
    JsonNode value = node.get(name);
    if (!value.isNumber()) {
      throw wrong(name, value, "a number");
    }
    return value.doubleValue();
  }

  /// One of a few words, or `fallback` where the field is absent or null.
  public String word(String name, Collection<String> words, String fallback) {
    String value = string(name, fallback);
    if (!words.contains(value)) {
      throw wrong(name, node.path(name), "one of " + String.join(", ", words));
    }
    return value;
  }

  /// A field that must be an object.
  public Part part(String name) {
    JsonNode value = node.path(name);
    if (!value.isObject()) {
      throw wrong(name, value, "an object");
    }
    return new Part(file, place(name), value);
  }

  /// A field that must be a list of objects; empty where it is absent or null.
  public List<Part> parts(String name) {
    if (!has(name)) {
      return List.of();
    }
    JsonNode list = node.get(name);
    if (!list.isArray()) {
      throw wrong(name, list, "a list");
    }
    var parts = new ArrayList<Part>();
    for (JsonNode value : list) {
      String at = place(name) + "[" + parts.size() + "]";
      if (!value.isObject()) {
        throw complaint(at + " is " + shown(value) + ", not an object");
      }
      parts.add(new Part(file, at, value));
    }
    return parts;
  }

  /// A list of strings; empty where the field is absent or null.
  public List<String> strings(String name) {
    if (!has(name)) {
      return List.of();
    }
    JsonNode list = node.get(name);
    var strings = new ArrayList<String>();
    for (JsonNode value : list) {
      if (!value.isString()) {
        throw wrong(name, list, "a list of strings");
      }
      strings.add(value.stringValue());
    }
    if (!list.isArray()) {
      throw wrong(name, list, "a list of strings");
    }
    return strings;
  }

  /// The complaint that a field has a value that it may not have.
  public IllegalArgumentException wrong(String name, JsonNode value, String wanted) {
    return complaint(place(name) + " is " + shown(value) + ", where " + wanted + " is needed");
  }

  /// The complaint that this part is of a kind that nobody here knows.
  public IllegalArgumentException unknownType(Collection<String> known) {
    return complaint(
        "%s has the type %s; the known ones are %s"
            .formatted(
                path.isEmpty() ? "it" : path, shown(node.path("type")), String.join(", ", known)));
  }

  /// A complaint about this file; `what` names place and value.
  public IllegalArgumentException complaint(String what) {
    return new IllegalArgumentException(
        file + ": " + what + "; get the file again from where it came, or mend it there");
  }

  private String place(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static String shown(JsonNode value) {
    if (value.isMissingNode()) {
      return "missing";
    }
    String text =
        value.isContainer() ? (value.isArray() ? "a list" : "an object") : value.toString();
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
