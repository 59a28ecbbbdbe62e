package dev.imago.templates.jinja;

import dev.imago.regex.PythonRegex;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/// Jinja's filters, by name.
final class Filters {
  private static final String REGEX_REPLACE = "regex_replace";

  private static final Map<String, BiFunction<Object, Arguments, Object>> ALL = all();

  private Filters() {}

  private static Map<String, BiFunction<Object, Arguments, Object>> all() {
    var all = new HashMap<String, BiFunction<Object, Arguments, Object>>();
    TextFilters.addTo(all);
    Sequences.addTo(all);
    NumberFilters.addTo(all);
    all.put("tojson", JsonDump::dump);
    all.put("default", Filters::orElse);
    all.put("d", Filters::orElse);
    all.put("attr", Filters::attribute);
    all.put(
        "random",
        (value, a) -> {
          throw new TemplateException(
              "random picks by chance; a chat template gives one text for one conversation");
        });
    return Map.copyOf(all);
  }

  static boolean has(Object name, Dialect dialect) {
    return name instanceof String s
        && (ALL.containsKey(s) || dialect == Dialect.FIELDS && s.equals(REGEX_REPLACE));
  }

  static String unknown(String name) {
    return "there is no filter «" + name + "»; there are " + sorted(ALL.keySet());
  }

  static String sorted(Set<String> names) {
    return String.join(", ", names.stream().filter(n -> n.matches("\\w+")).sorted().toList());
  }

  static Object apply(String name, Object value, Arguments arguments) {
    BiFunction<Object, Arguments, Object> filter =
        name.equals(REGEX_REPLACE) && Budget.dialect() == Dialect.FIELDS
            ? Filters::regexReplace
            : ALL.get(name);
    if (filter == null) {
      throw new TemplateException(unknown(name));
    }
    return filter.apply(value, arguments);
  }

  /// `re.sub(pattern, repl, string, count)`
  private static Object regexReplace(Object value, Arguments arguments) {
    var a = arguments.bind(REGEX_REPLACE, "pattern", "repl", "count?");
    String text = Python.string(value);
    Budget.make(text.length());
    try {
      return PythonRegex.compile(a.string(0))
          .replace(text, a.string(1), Math.toIntExact(a.integer(2, 0)));
    } catch (IllegalArgumentException e) {
      throw new TemplateException(String.valueOf(e.getMessage()));
    }
  }

  private static Object orElse(Object value, Arguments arguments) {
    var a = arguments.bind("default", "default_value?", "boolean?");
    boolean missing = value instanceof Undefined || a.truth(1) && !Python.truth(value);
    return missing ? a.get(0, "") : value;
  }

  private static Object attribute(Object value, Arguments arguments) {
    String name = arguments.bind("attr", "name").string(0);
    if (value instanceof Undefined u) {
      throw u.error();
    }
    Object found = Attributes.of(value, name);
    return found == null ? Undefined.of(value, name) : found;
  }
}
