package dev.imago.dialogue;

import dev.imago.constraints.ConstraintException;
import dev.imago.constraints.Grammar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import tools.jackson.databind.json.JsonMapper;

/// What a call's arguments may be, by the schema of the tool: as one JSON object, or one by one
/// where a form writes them so.
final class ArgumentGrammars {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// What a schema may say of arguments that are written one by one.
  private static final Set<String> OF_OBJECTS =
      Set.of(
          "type",
          "properties",
          "required",
          "additionalProperties",
          "description",
          "title",
          "$schema",
          "$defs",
          "definitions");

  /// What a schema may say of a text that stands as it is between tags.
  private static final Set<String> OF_TEXTS =
      Set.of("type", "description", "title", "default", "examples", "enum", "const");

  private ArgumentGrammars() {}

  /// The JSON objects that fit a schema; any object where it says nothing.
  static Grammar object(Map<?, ?> schema) {
    var typed = new LinkedHashMap<Object, Object>(schema);
    typed.putIfAbsent("type", "object");
    return json(typed);
  }

  /// The JSON that fits a schema.
  static Grammar json(Map<?, ?> schema) {
    return Grammar.jsonSchema(JSON.writeValueAsString(schema));
  }

  static Grammar between(String before, Grammar grammar, String after) {
    return Grammar.inOrder(List.of(Grammar.literal(before), grammar, Grammar.literal(after)));
  }

  /// Arguments one by one, in the order of the schema, those that need not be there or not.
  ///
  /// @param separator between two
  /// @param one what one is, by its name and schema
  static Grammar joined(
      String tool, Map<?, ?> schema, String separator, BiFunction<String, Map<?, ?>, Grammar> one) {
    for (Object keyword : schema.keySet()) {
      if (!OF_OBJECTS.contains(String.valueOf(keyword))) {
        throw new ConstraintException(
            "«%s» in the schema of «%s» cannot be held to where a model writes arguments one by one; leave it out"
                .formatted(keyword, tool));
      }
    }
    Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> map ? map : Map.of();
    List<?> required = schema.get("required") instanceof List<?> list ? list : List.of();
    var arguments = new ArrayList<Grammar>();
    var needed = new ArrayList<Boolean>();
    properties.forEach(
        (key, value) -> {
          if (String.valueOf(key).matches(".*[<>=\"\\n].*")) {
            throw new ConstraintException(
                "an argument of «%s» is named «%s», which cannot be written in this model's form"
                    .formatted(tool, key));
          }
          arguments.add(one.apply(String.valueOf(key), whole(value, schema)));
          needed.add(required.contains(key));
        });
    Grammar first = Grammar.literal("");
    Grammar later = Grammar.literal("");
    for (int i = arguments.size() - 1; i >= 0; i--) {
      Grammar here = Grammar.inOrder(List.of(arguments.get(i), later));
      Grammar after = Grammar.inOrder(List.of(Grammar.literal(separator), arguments.get(i), later));
      first = needed.get(i) ? here : Grammar.either(List.of(here, first));
      later = needed.get(i) ? after : Grammar.either(List.of(after, later));
    }
    return first;
  }

  /// The schema of one argument, with what its references name.
  private static Map<?, ?> whole(Object schema, Map<?, ?> of) {
    if (!(schema instanceof Map<?, ?> map)) {
      return Map.of();
    }
    var whole = new LinkedHashMap<Object, Object>(map);
    for (String shared : List.of("$defs", "definitions")) {
      if (of.get(shared) instanceof Map<?, ?> definitions) {
        whole.putIfAbsent(shared, definitions);
      }
    }
    return whole;
  }

  /// A value between tags: a text as it is, and all else as JSON.
  static Grammar plain(String tool, String key, Map<?, ?> schema) {
    if (!"string".equals(schema.get("type"))) {
      return json(schema);
    }
    for (Object keyword : schema.keySet()) {
      if (!OF_TEXTS.contains(String.valueOf(keyword))
          && !String.valueOf(keyword).equals("$defs")
          && !String.valueOf(keyword).equals("definitions")) {
        throw new ConstraintException(
            "«%s» of «%s» in the schema of «%s» cannot be held to where a model writes texts without quotes; leave it out"
                .formatted(keyword, key, tool));
      }
    }
    if (schema.get("enum") instanceof List<?> values) {
      return Grammar.choice(values.stream().map(String::valueOf).toList());
    }
    return schema.get("const") instanceof String only
        ? Grammar.literal(only)
        : Grammar.regex("[^<]*");
  }
}
