package dev.imago.core;

import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Fills a config record from a recipe's settings: what is not set keeps its default, and what
/// cannot be set is an error that names the setting, the value and the mend.
///
/// Components may be numbers, booleans, strings, enums, lists of these, maps to these, and records;
/// the components of an [Unwrapped] record are settings beside the others.
public final class Binder {
  private Binder() {}

  /// @param where the place in the recipe, for messages, such as `prepare`
  /// @param settings by component name
  /// @param defaults what is taken where a setting is missing
  /// @throws ConfigException for an unknown key, a wrong type or an impossible value
  public static <C extends Record> C bind(String where, ObjectNode settings, C defaults) {
    return bind(where, settings, defaults, _ -> {});
  }

  /// @param notes told of each setting that is called by its former name
  @SuppressWarnings("unchecked")
  static <C extends Record> C bind(
      String where, ObjectNode settings, C defaults, Consumer<String> notes) {
    ObjectNode named = renamed(where, settings, defaults.getClass(), notes);
    return (C) record(where, named, defaults.getClass(), defaults);
  }

  /// The settings under the names of today.
  private static ObjectNode renamed(
      String where, ObjectNode settings, Class<?> type, Consumer<String> notes) {
    ObjectNode named = settings.deepCopy();
    for (RecordComponent component : settings(type)) {
      moved(where, named, component, notes);
      Formerly old = component.getAnnotation(Formerly.class);
      if (old == null || old.outside() || !settings.has(old.value())) {
        continue;
      }
      String path = where + "." + component.getName();
      if (settings.has(component.getName())) {
        throw new ConfigException(
            "%s.%s is %s by its former name, and both are set: leave the former out"
                .formatted(where, old.value(), path));
      }
      notes.accept("%s.%s is called %s now".formatted(where, old.value(), path));
      named.set(component.getName(), named.remove(old.value()));
    }
    return named;
  }

  /// Puts settings that stood beside a group into it.
  private static void moved(
      String where, ObjectNode named, RecordComponent group, Consumer<String> notes) {
    if (!group.getType().isRecord()) {
      return;
    }
    for (RecordComponent component : settings(group.getType())) {
      Formerly old = component.getAnnotation(Formerly.class);
      if (old == null || !old.outside() || !named.has(old.value())) {
        continue;
      }
      String path = where + "." + group.getName() + "." + component.getName();
      JsonNode value = named.remove(old.value());
      ObjectNode own =
          named.get(group.getName()) instanceof ObjectNode set
              ? set
              : named.putObject(group.getName());
      if (own.has(component.getName())) {
        throw new ConfigException(
            "%s.%s is %s by its former name, and both are set: leave the former out"
                .formatted(where, old.value(), path));
      }
      notes.accept("%s.%s is called %s now".formatted(where, old.value(), path));
      own.set(component.getName(), value);
    }
  }

  /// The components that have a name in a recipe, those of unwrapped records in their place.
  private static List<RecordComponent> settings(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .flatMap(c -> unwrapped(c) ? settings(c.getType()).stream() : Stream.of(c))
        .toList();
  }

  private static boolean unwrapped(RecordComponent component) {
    return component.isAnnotationPresent(Unwrapped.class);
  }

  private static Object record(
      String where, JsonNode settings, Class<?> type, @Nullable Object defaults) {
    if (!(settings instanceof ObjectNode fields)) {
      throw new ConfigException(
          "%s = %s, but it takes settings by name".formatted(where, brief(settings)));
    }
    List<String> valid = settings(type).stream().map(RecordComponent::getName).toList();
    for (String key : fields.propertyNames()) {
      if (!valid.contains(key)) {
        throw new ConfigException(
            valid.isEmpty()
                ? "%s.%s: %s takes no settings".formatted(where, key, where)
                : "%s.%s: no such setting%s".formatted(where, key, Nearest.hint(key, valid)));
      }
    }
    return filled(where, fields, type, defaults);
  }

  /// @param fields that are settings of this record, or of one around it
  private static Object filled(
      String where, ObjectNode fields, Class<?> type, @Nullable Object defaults) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      Object standard = defaults == null ? null : get(component, defaults);
      if (unwrapped(component)) {
        values[i] = filled(where, fields, component.getType(), standard);
        continue;
      }
      String path = where + "." + component.getName();
      JsonNode node = fields.get(component.getName());
      if (node != null && !node.isNull()) {
        values[i] = value(path, node, component.getGenericType(), standard);
      } else if (standard != null) {
        values[i] = standard;
      } else {
        throw new ConfigException(path + " is missing and has no default");
      }
    }
    return construct(where, type, components, values);
  }

  private static Object construct(
      String where, Class<?> type, RecordComponent[] components, Object[] values) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      if (cause instanceof ImagoException || cause instanceof IllegalArgumentException) {
        throw new ConfigException(named(where, type, cause.getMessage()), cause);
      }
      throw new IllegalStateException(where, cause);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a config must be a record: " + type, e);
    }
  }

  /// A record's own message, which begins with one of its settings, with the place before it:
  /// `tune.learningRate = 1e30 …` is what the user can look for.
  private static String named(String where, Class<?> type, @Nullable String message) {
    String text = String.valueOf(message);
    boolean setting =
        settings(type).stream()
            .map(RecordComponent::getName)
            .anyMatch(name -> text.startsWith(name + " = ") || text.startsWith(name + "."));
    return where + (setting ? "." : ": ") + text;
  }

  private static Object value(String path, JsonNode node, Type type, @Nullable Object standard) {
    if (type instanceof ParameterizedType generic) {
      Type[] of = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return list(path, node, of[0]);
      }
      if (generic.getRawType() == Map.class) {
        return map(path, node, of[1]);
      }
    }
    // A list's elements are boxed: List<Double> takes what a double takes.
    Class<?> raw = MethodType.methodType((Class<?>) type).unwrap().returnType();
    if (raw.isRecord()) {
      return record(path, node, raw, standard);
    }
    if (raw.isEnum()) {
      return constant(path, node, raw);
    }
    return scalar(path, node, raw);
  }

  private static Object list(String path, JsonNode node, Type element) {
    var values = new ArrayList<Object>();
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        values.add(value(path + "[" + i + "]", node.get(i), element, null));
      }
    } else {
      values.add(value(path, node, element, null));
    }
    return values;
  }

  private static Object map(String path, JsonNode node, Type element) {
    if (!(node instanceof ObjectNode fields)) {
      throw wrong(path, node, "values by name");
    }
    var values = new LinkedHashMap<String, Object>();
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      values.put(
          field.getKey(), value(path + "." + field.getKey(), field.getValue(), element, null));
    }
    return values;
  }

  private static Object constant(String path, JsonNode node, Class<?> type) {
    List<String> valid =
        Arrays.stream(type.getEnumConstants())
            .map(c -> ((Enum<?>) c).name().toLowerCase(Locale.ROOT))
            .toList();
    int at = node.isString() ? valid.indexOf(node.stringValue().toLowerCase(Locale.ROOT)) : -1;
    if (at < 0) {
      throw wrong(path, node, "one of " + String.join(", ", valid));
    }
    return type.getEnumConstants()[at];
  }

  private static Object scalar(String path, JsonNode node, Class<?> type) {
    if (type == String.class) {
      if (node.isContainer()) {
        throw wrong(path, node, "text");
      }
      return node.asString();
    }
    if (type == boolean.class) {
      if (!node.isBoolean()) {
        throw wrong(path, node, "true or false");
      }
      return node.booleanValue();
    }
    if (type == int.class || type == long.class) {
      boolean fits = node.isNumber() && node.doubleValue() == Math.rint(node.doubleValue());
      if (!fits || !(type == int.class ? node.canConvertToInt() : node.canConvertToLong())) {
        throw wrong(path, node, "a whole number");
      }
      return type == int.class ? (Object) node.asInt() : (Object) node.asLong();
    }
    if (type == double.class || type == float.class) {
      if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
        throw wrong(path, node, "a number");
      }
      return type == double.class
          ? (Object) node.doubleValue()
          : (Object) (float) node.doubleValue();
    }
    throw new IllegalStateException(path + ": a config cannot hold a " + type);
  }

  private static ConfigException wrong(String path, JsonNode node, String expected) {
    return new ConfigException("%s = %s, but it takes %s".formatted(path, brief(node), expected));
  }

  private static String brief(JsonNode node) {
    String text = node.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  static Object get(RecordComponent component, Object of) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component.toString(), e);
    }
  }

  /// A config's settings as plain maps, lists and scalars, in the order of its components: what is
  /// stored with a run, and hashed into its key.
  public static Map<String, Object> resolved(Record config) {
    var fields = new LinkedHashMap<String, Object>();
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      Object value = get(component, config);
      if (unwrapped(component)) {
        fields.putAll(resolved((Record) value));
      } else {
        fields.put(component.getName(), plain(value));
      }
    }
    return fields;
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Record record -> resolved(record);
      case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT);
      case List<?> list -> list.stream().map(Binder::plain).toList();
      case Map<?, ?> map -> {
        var fields = new java.util.TreeMap<String, Object>();
        map.forEach((k, v) -> fields.put(String.valueOf(k), plain(v)));
        yield fields;
      }
      default -> value;
    };
  }
}
