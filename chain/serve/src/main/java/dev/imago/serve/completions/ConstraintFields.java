package dev.imago.serve.completions;

import dev.imago.constraints.ConstraintException;
import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.models.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// What a request says that its answers must be, in OpenAI's fields, vLLM's and llama-server's.
final class ConstraintFields {
  private static final int MOST_CHOICES = 100_000;

  /// @param field for messages
  /// @param key the same for the same rule
  private record Rule(String field, String key, Supplier<Grammar> grammar) {}

  private ConstraintFields() {}

  /// The constraint of a request; empty where its answers may be anything.
  ///
  /// @throws ApiException for a rule that cannot be enforced, or for two of them
  static Optional<TokenConstraint> read(JsonFields fields, Backend backend) {
    List<Rule> rules = rules(fields);
    if (rules.isEmpty()) {
      return Optional.empty();
    }
    Rule rule = rules.getFirst();
    if (rules.size() > 1) {
      String other = rules.get(1).field();
      throw ApiException.invalid(
          other,
          "%s and %s both say what the answer must be; send one of them"
              .formatted(rule.field(), other));
    }
    try {
      return Optional.of(backend.constrain(rule.key(), rule.grammar()));
    } catch (ConstraintException e) {
      throw ApiException.invalid(rule.field(), "%s: %s".formatted(rule.field(), e.getMessage()));
    }
  }

  private static List<Rule> rules(JsonFields fields) {
    List<Rule> rules = new ArrayList<>();
    fields.object("response_format").ifPresent(f -> responseFormat(f, rules));
    schema(fields, "guided_json", rules);
    regex(fields, "guided_regex", rules);
    choice(fields, "guided_choice", rules);
    grammar(fields, "guided_grammar", rules);
    fields.object("structured_outputs").ifPresent(f -> structured(f, rules));
    grammar(fields, "grammar", rules);
    schema(fields, "json_schema", rules);
    return rules;
  }

  private static void responseFormat(JsonFields format, List<Rule> rules) {
    String type = format.requiredString("type");
    switch (type) {
      case "text" -> format.refuseOthers(Set.of("type"));
      case "json_object" -> {
        format.refuseOthers(Set.of("type", "schema")); // llama-server and others put one in here
        if (format.has("schema")) {
          schema(format, "schema", rules);
        } else {
          rules.add(anyObject(format.path("type")));
        }
      }
      case "json_schema" -> {
        format.refuseOthers(Set.of("type", "json_schema"));
        JsonFields inner =
            format
                .object("json_schema")
                .orElseThrow(
                    () ->
                        ApiException.invalid(
                            "response_format.json_schema",
                            "response_format.json_schema is missing; it is an object with name and"
                                + " schema"));
        inner.refuseOthers(Set.of("name", "description", "schema", "strict"));
        inner.bool("strict"); // enforced either way
        if (inner.has("schema")) {
          schema(inner, "schema", rules);
        } else {
          rules.add(anyObject(inner.path("schema")));
        }
      }
      default ->
          throw ApiException.invalid(
              format.path("type"),
              "response_format.type = %s is not text, json_object or json_schema".formatted(type));
    }
  }

  /// vLLM's newer spelling.
  private static void structured(JsonFields outputs, List<Rule> rules) {
    outputs.refuseOthers(Set.of("json", "regex", "choice", "grammar", "json_object"));
    schema(outputs, "json", rules);
    regex(outputs, "regex", rules);
    choice(outputs, "choice", rules);
    grammar(outputs, "grammar", rules);
    if (outputs.bool("json_object")) {
      rules.add(anyObject(outputs.path("json_object")));
    }
  }

  private static Rule anyObject(String field) {
    return new Rule(field, "object", Grammar::jsonObject);
  }

  private static void schema(JsonFields fields, String name, List<Rule> rules) {
    JsonNode value = fields.get(name);
    if (value != null) {
      String schema = value.isString() ? value.stringValue() : value.toString();
      rules.add(new Rule(fields.path(name), "schema " + schema, () -> Grammar.jsonSchema(schema)));
    }
  }

  private static void regex(JsonFields fields, String name, List<Rule> rules) {
    fields
        .string(name)
        .ifPresent(
            r -> rules.add(new Rule(fields.path(name), "regex " + r, () -> Grammar.regex(r))));
  }

  private static void choice(JsonFields fields, String name, List<Rule> rules) {
    List<String> texts = fields.strings(name, MOST_CHOICES);
    if (fields.has(name)) {
      rules.add(
          new Rule(
              fields.path(name),
              "choice " + String.join("\0", texts),
              () -> Grammar.choice(texts)));
    }
  }

  private static void grammar(JsonFields fields, String name, List<Rule> rules) {
    fields
        .string(name)
        .filter(g -> !g.isEmpty())
        .ifPresent(g -> rules.add(new Rule(fields.path(name), "gbnf " + g, () -> Grammar.gbnf(g))));
  }
}
