package dev.imago.templates.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a function, filter or test is called with.
record Arguments(List<Object> positional, Map<String, Object> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  /// Arguments by place, once they are held against a function's parameters.
  record Bound(@Nullable Object[] values) {
    Object get(int index) {
      return java.util.Objects.requireNonNull(values[index]);
    }

    /// The argument, or what stands in for it.
    Object get(int index, Object otherwise) {
      Object value = values[index];
      return value == null ? otherwise : value;
    }

    boolean has(int index) {
      return values[index] != null;
    }

    long integer(int index, long otherwise) {
      Object value = values[index];
      return value == null ? otherwise : Python.integer(value);
    }

    boolean truth(int index) {
      Object value = values[index];
      return value != null && Python.truth(value);
    }

    boolean isNone(int index) {
      Object value = values[index];
      return value == null || value == None.NONE;
    }

    String string(int index) {
      return Python.string(get(index));
    }
  }

  Object at(int index) {
    return positional.get(index);
  }

  int count() {
    return positional.size();
  }

  /// Holds the arguments against parameters as Python does.
  ///
  /// @param parameters names, with `?` after those that may be left out and `/` before those that
  ///   only their place names
  Bound bind(String function, String... parameters) {
    if (positional.size() > parameters.length) {
      throw new TemplateException(
          "«%s» takes %d arguments at most, not %d"
              .formatted(function, parameters.length, positional.size()));
    }
    @Nullable Object[] values = new Object[parameters.length];
    Map<String, Object> rest = named.isEmpty() ? Map.of() : new LinkedHashMap<>(named);
    for (int i = 0; i < parameters.length; i++) {
      boolean optional = parameters[i].endsWith("?");
      String name =
          optional ? parameters[i].substring(0, parameters[i].length() - 1) : parameters[i];
      if (i < positional.size()) {
        values[i] = positional.get(i);
      } else if (rest.containsKey(name)) {
        values[i] = rest.remove(name);
      } else if (!optional) {
        throw new TemplateException(
            "«%s» lacks its argument «%s»".formatted(function, name.replace("/", "")));
      }
    }
    if (!rest.isEmpty()) {
      throw new TemplateException(
          "«%s» takes no argument «%s» there".formatted(function, rest.keySet().iterator().next()));
    }
    return new Bound(values);
  }

  /// All but the first arguments.
  Arguments skip(int count) {
    return new Arguments(
        new ArrayList<>(positional.subList(Math.min(count, positional.size()), positional.size())),
        named);
  }
}
