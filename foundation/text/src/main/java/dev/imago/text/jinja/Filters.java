package dev.imago.text.jinja;

import static dev.imago.text.jinja.Values.equal;
import static dev.imago.text.jinja.Values.items;
import static dev.imago.text.jinja.Values.text;
import static dev.imago.text.jinja.Values.truth;

import dev.imago.text.jinja.Values.Callable;
import dev.imago.text.jinja.Values.None;
import dev.imago.text.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Jinja's filters and tests, those that chat templates use.
final class Filters {
  private Filters() {}

  static Object filter(String name, Object value, List<Object> args, Map<String, Object> named) {
    return switch (name) {
      case "trim" ->
          Methods.strip(text(value), args.isEmpty() ? null : text(args.getFirst()), true, true);
      case "upper" -> text(value).toUpperCase(Locale.ROOT);
      case "lower" -> text(value).toLowerCase(Locale.ROOT);
      case "capitalize" -> Methods.capitalize(text(value));
      case "title" -> Methods.title(text(value));
      case "string" -> text(value);
      case "safe" -> value;
      case "escape", "e" -> escape(text(value));
      case "replace" -> Methods.replace(text(value), text(args.getFirst()), text(args.get(1)), -1);
      case "indent" -> indent(text(value), args, named);
      case "tojson" -> Values.json(value, width(option(args, 0, named, "indent", None.NONE)));
      case "length", "count" -> Values.length(value);
      case "list" -> items(value);
      case "items" -> value instanceof Map<?, ?> map ? Methods.entries(map) : items(value);
      case "dictsort" -> dictsort(value);
      case "first" -> first(items(value));
      case "last" -> first(items(value).reversed());
      case "reverse" ->
          value instanceof String s
              ? new StringBuilder(s).reverse().toString()
              : items(value).reversed();
      case "sort" -> sort(value, named);
      case "unique" -> unique(items(value));
      case "min" -> items(value).stream().min(Values::compare).orElse(None.NONE);
      case "max" -> items(value).stream().max(Values::compare).orElse(None.NONE);
      case "sum" -> items(value).stream().reduce(0L, Renderer::add);
      case "join" -> {
        Object attribute = option(args, 1, named, "attribute", None.NONE);
        List<Object> all = items(value);
        yield Methods.join(
            text(option(args, 0, named, "d", "")),
            attribute instanceof None
                ? all
                : all.stream().map(x -> path(x, text(attribute))).toList());
      }
      case "default", "d" -> {
        boolean also = truth(option(args, 1, named, "boolean", false));
        boolean missing = value instanceof Undefined || also && !truth(value);
        yield missing ? option(args, 0, named, "default_value", "") : value;
      }
      case "int" -> toInteger(value, option(args, 0, named, "default", 0L));
      case "float" -> toFloat(value, option(args, 0, named, "default", 0.0));
      case "abs" -> value instanceof Long n ? (Object) Math.abs(n) : Math.abs(Values.real(value));
      case "round" -> {
        double scale = Math.pow(10, Values.real(option(args, 0, named, "precision", 0L)));
        yield Math.rint(Values.real(value) * scale) / scale;
      }
      case "select", "reject" -> {
        boolean keep = name.equals("select");
        yield keep(items(value), x -> passes(x, args) == keep);
      }
      case "selectattr", "rejectattr" -> {
        boolean keep = name.equals("selectattr");
        String attribute = text(args.getFirst());
        List<Object> test = args.subList(1, args.size());
        yield keep(items(value), x -> passes(path(x, attribute), test) == keep);
      }
      case "map" -> map(items(value), args, named);
      default -> throw new TemplateException("there is no filter «" + name + "»");
    };
  }

  static boolean test(String name, Object value, List<Object> args) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value instanceof None;
      case "string" -> value instanceof String;
      case "mapping" -> value instanceof Map;
      case "iterable" ->
          value instanceof String
              || value instanceof List
              || value instanceof Map
              || value instanceof Undefined;
      case "sequence" -> value instanceof String || value instanceof List || value instanceof Map;
      case "number" -> Values.isNumber(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "callable" -> value instanceof Callable;
      case "equalto", "eq", "==" -> equal(value, args.getFirst());
      case "ne", "!=" -> !equal(value, args.getFirst());
      case "lt", "lessthan", "<" -> Values.compare(value, args.getFirst()) < 0;
      case "le", "<=" -> Values.compare(value, args.getFirst()) <= 0;
      case "gt", "greaterthan", ">" -> Values.compare(value, args.getFirst()) > 0;
      case "ge", ">=" -> Values.compare(value, args.getFirst()) >= 0;
      case "sameas" -> value == args.getFirst() || equal(value, args.getFirst());
      case "in" -> Values.contains(args.getFirst(), value);
      case "odd" -> Values.integer(value) % 2 != 0;
      case "even" -> Values.integer(value) % 2 == 0;
      case "divisibleby" -> Values.integer(value) % Values.integer(args.getFirst()) == 0;
      case "lower" -> text(value).equals(text(value).toLowerCase(Locale.ROOT));
      case "upper" -> text(value).equals(text(value).toUpperCase(Locale.ROOT));
      default -> throw new TemplateException("there is no test «" + name + "»");
    };
  }

  private static boolean passes(Object value, List<Object> test) {
    return test.isEmpty()
        ? truth(value)
        : test(text(test.getFirst()), value, test.subList(1, test.size()));
  }

  private static List<Object> keep(List<Object> all, java.util.function.Predicate<Object> test) {
    var kept = new ArrayList<Object>(all);
    kept.removeIf(test.negate());
    return kept;
  }

  private static List<Object> map(List<Object> all, List<Object> args, Map<String, Object> named) {
    var mapped = new ArrayList<Object>();
    for (Object item : all) {
      if (named.get("attribute") instanceof String attribute) {
        Object found = path(item, attribute);
        mapped.add(found instanceof Undefined ? named.getOrDefault("default", found) : found);
      } else {
        mapped.add(filter(text(args.getFirst()), item, args.subList(1, args.size()), named));
      }
    }
    return mapped;
  }

  /// The attribute `a.b.c` of a value.
  private static Object path(Object value, String attribute) {
    for (String name : attribute.split("\\.", -1)) {
      value =
          value instanceof Map<?, ?> map && map.containsKey(name)
              ? map.get(name)
              : value instanceof List<?> list
                      && name.matches("\\d{1,9}")
                      && Integer.parseInt(name) < list.size()
                  ? list.get(Integer.parseInt(name))
                  : new Undefined(name);
    }
    return value;
  }

  private static Object option(
      List<Object> args, int index, Map<String, Object> named, String name, Object otherwise) {
    return index < args.size() ? args.get(index) : named.getOrDefault(name, otherwise);
  }

  private static int width(Object indent) {
    return indent instanceof None ? -1 : Math.clamp(Values.integer(indent), 0, 100);
  }

  private static Object first(List<Object> all) {
    return all.isEmpty() ? new Undefined("the first of nothing") : all.getFirst();
  }

  private static List<Object> unique(List<Object> all) {
    var unique = new ArrayList<Object>();
    for (Object item : all) {
      if (unique.stream().noneMatch(x -> equal(x, item))) {
        unique.add(item);
      }
    }
    return unique;
  }

  private static List<Object> sort(Object value, Map<String, Object> named) {
    Object attribute = named.getOrDefault("attribute", None.NONE);
    boolean exact = truth(named.getOrDefault("case_sensitive", false));
    Comparator<Object> order =
        Comparator.comparing(
            (Object x) -> {
              Object key = attribute instanceof None ? x : path(x, text(attribute));
              return new Key(key instanceof String s && !exact ? s.toLowerCase(Locale.ROOT) : key);
            });
    List<Object> sorted = items(value);
    sorted.sort(truth(named.getOrDefault("reverse", false)) ? order.reversed() : order);
    return sorted;
  }

  private record Key(Object value) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return Values.compare(value, other.value);
    }
  }

  private static Object dictsort(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw Values.wrong(value, "a mapping");
    }
    var sorted = new LinkedHashMap<Object, Object>();
    map.entrySet().stream()
        .sorted(Comparator.comparing(e -> text(e.getKey()).toLowerCase(Locale.ROOT)))
        .forEachOrdered(e -> sorted.put(e.getKey(), e.getValue()));
    return Methods.entries(sorted);
  }

  private static String indent(String value, List<Object> args, Map<String, Object> named) {
    Object width = option(args, 0, named, "width", 4L);
    boolean firstToo = truth(option(args, 1, named, "first", false));
    boolean blankToo = truth(option(args, 2, named, "blank", false));
    String blanks =
        width instanceof String s ? s : " ".repeat(Math.clamp(Values.integer(width), 0, 100));
    var out = new StringBuilder();
    String[] lines = value.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      boolean wanted = i == 0 ? firstToo : blankToo || !lines[i].isEmpty();
      out.append(i == 0 ? "" : "\n").append(wanted ? blanks : "").append(lines[i]);
    }
    return out.toString();
  }

  private static Object toInteger(Object value, Object otherwise) {
    try {
      return switch (value) {
        case Long n -> n;
        case Boolean b -> b ? 1L : 0L;
        case Double d -> d.longValue();
        case String s -> (long) Double.parseDouble(s.strip());
        default -> otherwise;
      };
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static Object toFloat(Object value, Object otherwise) {
    try {
      return value instanceof String s
          ? (Object) Double.valueOf(s.strip())
          : Values.isNumber(value) ? Values.real(value) : otherwise;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static String escape(String s) {
    return s.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&#34;");
  }
}
