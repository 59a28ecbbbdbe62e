package dev.imago.serve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// OpenAI's published description of its API, and what does not fit it. Where a schema has several
/// branches, one has to fit.
final class PublishedDescription {
  private static final Path FILE =
      Path.of(System.getProperty("imago.root", "../.."))
          .resolve("../shared/data/openai_openapi/openapi.yaml.gz");
  private static final int DEEPEST = 64;

  private final JsonNode root;

  private PublishedDescription(JsonNode root) {
    this.root = root;
  }

  static PublishedDescription read() throws IOException {
    Path file = FILE.normalize();
    Assumptions.assumeTrue(Files.exists(file), "skipped: there is no " + file);
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      // Its empty lines are indented, here and there deeper than the text around them.
      return new PublishedDescription(new YAMLMapper().readTree(text.replaceAll("(?m)^ +$", "")));
    }
  }

  /// The names of an object's fields.
  Set<String> fields(String schema) {
    var fields = new TreeSet<String>();
    fields(named(schema), fields);
    return fields;
  }

  private void fields(JsonNode schema, Set<String> fields) {
    JsonNode of = resolved(schema);
    fields.addAll(of.path("properties").propertyNames());
    of.path("allOf").forEach(each -> fields(each, fields));
  }

  private JsonNode named(String schema) {
    JsonNode found = root.path("components").path("schemas").path(schema);
    if (found.isMissingNode()) {
      throw new IllegalArgumentException("no schema " + schema);
    }
    return found;
  }

  private JsonNode resolved(JsonNode schema) {
    JsonNode at = schema;
    while (at.has("$ref")) {
      at = root.at(at.path("$ref").asString().substring(1));
    }
    return at;
  }

  /// What is wrong with a value; nothing where it fits.
  List<String> errors(String schema, JsonNode value) {
    var errors = new ArrayList<String>();
    check(named(schema), value, schema, errors, 0);
    return errors;
  }

  private void check(JsonNode given, JsonNode value, String at, List<String> errors, int depth) {
    JsonNode schema = resolved(given);
    if (depth > DEEPEST || value.isNull() && schema.path("nullable").asBoolean(false)) {
      return;
    }
    checkType(schema, value, at, errors);
    if (schema.has("enum") && schema.get("enum").valueStream().noneMatch(value::equals)) {
      errors.add("%s = %s is none of %s".formatted(at, value, schema.get("enum")));
    }
    if (schema.has("const") && !schema.get("const").equals(value)) {
      errors.add("%s = %s is not %s".formatted(at, value, schema.get("const")));
    }
    if (value.isObject()) {
      checkObject(schema, value, at, errors, depth);
    }
    if (value.isArray() && schema.has("items")) {
      for (int i = 0; i < value.size(); i++) {
        check(schema.get("items"), value.get(i), "%s[%d]".formatted(at, i), errors, depth + 1);
      }
    }
    bound(schema, value, at, errors);
    schema.path("allOf").forEach(each -> check(each, value, at, errors, depth + 1));
    for (String several : List.of("anyOf", "oneOf")) {
      if (schema.has(several)) {
        checkBranches(schema.get(several), value, at, errors, depth);
      }
    }
  }

  /// Of branches that do not fit the one is told that is the likeliest meant.
  private void checkBranches(
      JsonNode branches, JsonNode value, String at, List<String> errors, int depth) {
    List<String> best = null;
    boolean typed = false;
    for (JsonNode branch : branches) {
      var wrong = new ArrayList<String>();
      check(branch, value, at, wrong, depth + 1);
      if (wrong.isEmpty()) {
        return;
      }
      JsonNode type = resolved(branch).path("properties").path("type").path("enum");
      boolean meant = type.valueStream().anyMatch(value.path("type")::equals);
      if (best == null || meant && !typed || meant == typed && wrong.size() < best.size()) {
        best = wrong;
        typed |= meant;
      }
    }
    errors.addAll(best == null ? List.of(at + " has no branch") : best);
  }

  private static void checkType(JsonNode schema, JsonNode value, String at, List<String> errors) {
    JsonNode type = schema.path("type");
    if (type.isMissingNode()) {
      return;
    }
    List<String> types =
        type.isArray()
            ? type.valueStream().map(JsonNode::asString).toList()
            : List.of(type.asString());
    if (types.stream().noneMatch(each -> is(each, value))) {
      errors.add("%s = %s is no %s".formatted(at, value, type));
    }
  }

  private static boolean is(String type, JsonNode value) {
    return switch (type) {
      case "string" -> value.isString();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "null" -> value.isNull();
      default -> throw new IllegalArgumentException("no type " + type);
    };
  }

  private void checkObject(
      JsonNode schema, JsonNode value, String at, List<String> errors, int depth) {
    for (JsonNode required : schema.path("required")) {
      if (!value.has(required.asString())) {
        errors.add("%s.%s is missing".formatted(at, required.asString()));
      }
    }
    JsonNode properties = schema.path("properties");
    JsonNode others = schema.path("additionalProperties");
    for (Map.Entry<String, JsonNode> each : value.properties()) {
      String inner = at + "." + each.getKey();
      if (properties.has(each.getKey())) {
        check(properties.get(each.getKey()), each.getValue(), inner, errors, depth + 1);
      } else if (others.isBoolean() && !others.asBoolean()) {
        errors.add(inner + " is no field");
      } else if (others.isObject()) {
        check(others, each.getValue(), inner, errors, depth + 1);
      }
    }
  }

  private static void bound(JsonNode schema, JsonNode value, String at, List<String> errors) {
    if (value.isNumber()) {
      double number = value.asDouble();
      if (number < schema.path("minimum").asDouble(Double.NEGATIVE_INFINITY)
          || number > schema.path("maximum").asDouble(Double.POSITIVE_INFINITY)) {
        errors.add("%s = %s is out of bounds".formatted(at, value));
      }
    }
    if (value.isArray()
        && (value.size() < schema.path("minItems").asInt(0)
            || value.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE))) {
      errors.add("%s has %d entries".formatted(at, value.size()));
    }
    if (value.isString()
        && (value.asString().length() < schema.path("minLength").asInt(0)
            || value.asString().length() > schema.path("maxLength").asInt(Integer.MAX_VALUE))) {
      errors.add("%s has %d characters".formatted(at, value.asString().length()));
    }
  }
}
