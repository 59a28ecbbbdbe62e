package dev.imago.dialogue;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The tools that a model may call, by name, each with the JSON Schema of its arguments.
public record OfferedTools(Map<String, Map<?, ?>> parametersByName) {
  public static final OfferedTools NONE = new OfferedTools(Map.of());

  public OfferedTools {
    parametersByName = Collections.unmodifiableMap(new LinkedHashMap<>(parametersByName));
  }

  /// Out of the OpenAI API's list: `{"type": "function", "function": {"name", "parameters"}}`.
  public static OfferedTools of(List<? extends Map<?, ?>> tools) {
    var byName = new LinkedHashMap<String, Map<?, ?>>();
    for (Map<?, ?> tool : tools) {
      Map<?, ?> function = function(tool);
      if (function.get("name") instanceof String name) {
        byName.put(name, function.get("parameters") instanceof Map<?, ?> p ? p : Map.of());
      }
    }
    return new OfferedTools(byName);
  }

  /// Whether calls of any tool of such a list are to fit their schemas (`"strict": true`).
  public static boolean strict(List<? extends Map<?, ?>> tools) {
    return tools.stream().anyMatch(tool -> Boolean.TRUE.equals(function(tool).get("strict")));
  }

  private static Map<?, ?> function(Map<?, ?> tool) {
    return tool.get("function") instanceof Map<?, ?> inner ? inner : tool;
  }

  public Set<String> names() {
    return parametersByName.keySet();
  }

  /// One of them alone.
  public OfferedTools only(String name) {
    Map<?, ?> parameters = parametersByName.get(name);
    return parameters == null ? NONE : new OfferedTools(Map.of(name, parameters));
  }

  boolean has(String name) {
    return parametersByName.containsKey(name);
  }

  /// The types that an argument may have; empty where the schema does not say.
  Set<String> types(String tool, String argument) {
    @Nullable Map<?, ?> parameters = parametersByName.get(tool);
    if (parameters != null
        && parameters.get("properties") instanceof Map<?, ?> properties
        && properties.get(argument) instanceof Map<?, ?> schema) {
      return switch (schema.get("type")) {
        case String one -> Set.of(one);
        case List<?> several ->
            several.stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .collect(Collectors.toSet());
        case null, default -> Set.of();
      };
    }
    return Set.of();
  }
}
