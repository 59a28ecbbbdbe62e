package dev.imago.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// LangChain4j's elements of a schema as JSON Schema, with all that they say: its own conversion
/// leaves `additionalProperties` out.
final class LangChainSchema {
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  private LangChainSchema() {}

  /// @throws UnsupportedFeatureException for an element of another kind
  /// @throws IllegalArgumentException for a raw schema that is no JSON object
  static Map<String, Object> of(JsonSchemaElement element) {
    var schema = new LinkedHashMap<String, Object>();
    switch (element) {
      case JsonObjectSchema object -> object(object, schema);
      case JsonArraySchema array -> {
        schema.put("type", "array");
        if (array.items() != null) {
          schema.put("items", of(array.items()));
        }
      }
      case JsonEnumSchema values -> {
        schema.put("type", "string");
        schema.put("enum", values.enumValues());
      }
      case JsonAnyOfSchema any ->
          schema.put("anyOf", any.anyOf().stream().map(LangChainSchema::of).toList());
      case JsonReferenceSchema to -> schema.put("$ref", "#/$defs/" + to.reference());
      case JsonRawSchema raw -> schema.putAll(raw(raw.schema()));
      case JsonStringSchema _ -> schema.put("type", "string");
      case JsonIntegerSchema _ -> schema.put("type", "integer");
      case JsonNumberSchema _ -> schema.put("type", "number");
      case JsonBooleanSchema _ -> schema.put("type", "boolean");
      case JsonNullSchema _ -> schema.put("type", "null");
      default ->
          throw new UnsupportedFeatureException(
              "a schema's element of type %s is not supported; give it as JsonRawSchema"
                  .formatted(element.getClass().getSimpleName()));
    }
    if (element.description() != null) {
      schema.putIfAbsent("description", element.description());
    }
    return schema;
  }

  private static void object(JsonObjectSchema object, Map<String, Object> schema) {
    schema.put("type", "object");
    schema.put("properties", all(object.properties()));
    List<String> required = object.required();
    if (required != null && !required.isEmpty()) {
      schema.put("required", required);
    }
    if (object.additionalProperties() != null) {
      schema.put("additionalProperties", object.additionalProperties());
    }
    if (object.definitions() != null && !object.definitions().isEmpty()) {
      schema.put("$defs", all(object.definitions()));
    }
  }

  private static Map<String, Object> all(Map<String, JsonSchemaElement> elements) {
    var all = new LinkedHashMap<String, Object>();
    elements.forEach((name, element) -> all.put(name, of(element)));
    return all;
  }

  private static Map<String, Object> raw(String json) {
    try {
      return JsonMapper.shared().readValue(json, OBJECT);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "a raw schema is no JSON object: " + e.getOriginalMessage(), e);
    }
  }
}
