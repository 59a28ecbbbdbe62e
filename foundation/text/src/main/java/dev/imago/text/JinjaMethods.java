package dev.imago.text;

import dev.imago.text.JinjaValues.Callable;
import dev.imago.text.JinjaValues.None;
import dev.imago.text.JinjaValues.Undefined;
import dev.imago.text.bytelevel.CharClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The methods of Python's strings, dictionaries and lists that chat templates call. None changes
/// its value, as transformers' sandbox has it.
final class JinjaMethods {
  private JinjaMethods() {}

  /// A method, or [Undefined] where the value has none of that name.
  static Object of(Object value, String name) {
    Callable method =
        switch (value) {
          case String s -> ofString(s, name);
          case Map<?, ?> map -> ofMap(map, name);
          case List<?> list -> ofList(list, name);
          default -> null;
        };
    return method == null ? new Undefined(name) : method;
  }

  private static @Nullable Callable ofString(String s, String name) {
    return switch (name) {
      case "strip" -> (a, n) -> strip(s, characters(a), true, true);
      case "lstrip" -> (a, n) -> strip(s, characters(a), true, false);
      case "rstrip" -> (a, n) -> strip(s, characters(a), false, true);
      case "upper" -> (a, n) -> s.toUpperCase(Locale.ROOT);
      case "lower" -> (a, n) -> s.toLowerCase(Locale.ROOT);
      case "capitalize" -> (a, n) -> capitalize(s);
      case "title" -> (a, n) -> title(s);
      case "startswith" -> (a, n) -> any(a, s::startsWith);
      case "endswith" -> (a, n) -> any(a, s::endsWith);
      case "replace" ->
          (a, n) -> replace(s, string(a, 0), string(a, 1), a.size() > 2 ? integer(a, 2) : -1);
      case "split" -> (a, n) -> split(s, a, n);
      case "splitlines" -> (a, n) -> new ArrayList<>(s.lines().toList());
      case "join" -> (a, n) -> join(s, JinjaValues.items(a.getFirst()));
      case "find" -> (a, n) -> find(s, string(a, 0));
      case "count" -> (a, n) -> (long) occurrences(s, string(a, 0));
      case "isdigit" -> (a, n) -> !s.isEmpty() && s.codePoints().allMatch(Character::isDigit);
      case "isalpha" -> (a, n) -> !s.isEmpty() && s.codePoints().allMatch(Character::isLetter);
      case "isspace" -> (a, n) -> !s.isEmpty() && s.codePoints().allMatch(JinjaMethods::isSpace);
      case "removeprefix" ->
          (a, n) -> s.startsWith(string(a, 0)) ? s.substring(string(a, 0).length()) : s;
      case "removesuffix" ->
          (a, n) ->
              s.endsWith(string(a, 0)) ? s.substring(0, s.length() - string(a, 0).length()) : s;
      default -> null;
    };
  }

  private static @Nullable Callable ofMap(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> (a, n) -> entries(map);
      case "keys" -> (a, n) -> new ArrayList<Object>(map.keySet());
      case "values" -> (a, n) -> new ArrayList<Object>(map.values());
      case "get" ->
          (a, n) -> {
            Object key = a.getFirst();
            return entry(map, key, a.size() > 1 ? a.get(1) : None.NONE);
          };
      default -> null;
    };
  }

  private static @Nullable Callable ofList(List<?> list, String name) {
    return switch (name) {
      case "index" ->
          (a, n) -> {
            for (int i = 0; i < list.size(); i++) {
              if (JinjaValues.equal(list.get(i), a.getFirst())) {
                return (long) i;
              }
            }
            throw new JinjaException("the list has no such item");
          };
      case "count" ->
          (a, n) -> list.stream().filter(x -> JinjaValues.equal(x, a.getFirst())).count();
      case "append", "extend", "insert", "pop", "remove" ->
          (a, n) -> {
            throw new JinjaException("a template may not change a list; use a namespace and +");
          };
      default -> null;
    };
  }

  /// The value of a key, or what stands in for it.
  static Object entry(Map<?, ?> map, Object key, Object otherwise) {
    Object value = map.get(key);
    return value == null ? otherwise : value;
  }

  static List<Object> entries(Map<?, ?> map) {
    var entries = new ArrayList<Object>();
    map.forEach((k, v) -> entries.add(java.util.Arrays.asList(k, v)));
    return entries;
  }

  private static boolean any(List<Object> arguments, java.util.function.Predicate<String> test) {
    if (arguments.getFirst() instanceof List<?> several) {
      return several.stream().anyMatch(x -> test.test(JinjaValues.text(x)));
    }
    return test.test(string(arguments, 0));
  }

  private static String string(List<Object> arguments, int index) {
    if (index >= arguments.size() || !(arguments.get(index) instanceof String s)) {
      throw new JinjaException("a method's argument " + (index + 1) + " must be a string");
    }
    return s;
  }

  private static int integer(List<Object> arguments, int index) {
    return Math.clamp(JinjaValues.integer(arguments.get(index)), -1, Integer.MAX_VALUE);
  }

  private static @Nullable String characters(List<Object> arguments) {
    return arguments.isEmpty() || arguments.getFirst() instanceof None
        ? null
        : string(arguments, 0);
  }

  /// Python's `str.isspace`.
  static boolean isSpace(int c) {
    return CharClass.isBlank(c) || c >= 0x1c && c <= 0x1f;
  }

  static String strip(String s, @Nullable String characters, boolean left, boolean right) {
    int from = 0;
    int to = s.length();
    while (left && from < to && strips(s.codePointAt(from), characters)) {
      from += Character.charCount(s.codePointAt(from));
    }
    while (right && from < to && strips(s.codePointBefore(to), characters)) {
      to -= Character.charCount(s.codePointBefore(to));
    }
    return s.substring(from, to);
  }

  private static boolean strips(int c, @Nullable String characters) {
    return characters == null ? isSpace(c) : characters.indexOf(c) >= 0;
  }

  static String capitalize(String s) {
    if (s.isEmpty()) {
      return s;
    }
    int end = s.offsetByCodePoints(0, 1);
    return s.substring(0, end).toUpperCase(Locale.ROOT) + s.substring(end).toLowerCase(Locale.ROOT);
  }

  static String title(String s) {
    var out = new StringBuilder();
    boolean inWord = false;
    for (int c : s.codePoints().toArray()) {
      out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inWord = Character.isLetter(c);
    }
    return out.toString();
  }

  static String replace(String s, String old, String with, int count) {
    if (count < 0) {
      return s.replace(old, with);
    }
    var out = new StringBuilder();
    int from = 0;
    for (int n = 0, at; n < count && (at = s.indexOf(old, from)) >= 0 && !old.isEmpty(); n++) {
      out.append(s, from, at).append(with);
      from = at + old.length();
    }
    return out.append(s, from, s.length()).toString();
  }

  private static Object split(String s, List<Object> arguments, Map<String, Object> named) {
    Object most = arguments.size() > 1 ? arguments.get(1) : named.getOrDefault("maxsplit", -1L);
    long limit = JinjaValues.integer(most);
    limit = limit < 0 ? Long.MAX_VALUE : limit;
    String separator = characters(arguments);
    var parts = new ArrayList<Object>();
    if (separator == null) {
      String rest = strip(s, null, true, false);
      while (!rest.isEmpty() && parts.size() < limit) {
        int end = 0;
        while (end < rest.length() && !isSpace(rest.codePointAt(end))) {
          end += Character.charCount(rest.codePointAt(end));
        }
        parts.add(rest.substring(0, end));
        rest = strip(rest.substring(end), null, true, false);
      }
      if (!rest.isEmpty()) {
        parts.add(strip(rest, null, false, true));
      }
      return parts;
    }
    if (separator.isEmpty()) {
      throw new JinjaException("split wants a separator that is not empty");
    }
    int from = 0;
    for (int at; parts.size() < limit && (at = s.indexOf(separator, from)) >= 0; ) {
      parts.add(s.substring(from, at));
      from = at + separator.length();
    }
    parts.add(s.substring(from));
    return parts;
  }

  static String join(String separator, List<?> items) {
    return String.join(separator, items.stream().map(JinjaValues::text).toList());
  }

  private static long find(String s, String part) {
    int at = s.indexOf(part);
    return at < 0 ? -1 : s.codePointCount(0, at);
  }

  private static int occurrences(String s, String part) {
    if (part.isEmpty()) {
      return s.codePointCount(0, s.length()) + 1;
    }
    int count = 0;
    for (int at = s.indexOf(part); at >= 0; at = s.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }
}
