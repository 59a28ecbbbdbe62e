package dev.imago.templates.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Python's `text.format(…)`, with the sandbox's rules for what fields may reach.
final class BraceFormat {
  private final Arguments arguments;
  private final boolean escapes;
  private int automatic;
  private boolean manual;

  private BraceFormat(Arguments arguments, boolean escapes) {
    this.arguments = arguments;
    this.escapes = escapes;
  }

  /// @param escapes whether values that are set in are escaped, as into safe text
  static String format(String text, Arguments arguments, boolean escapes) {
    return new BraceFormat(arguments, escapes).fill(text, 2);
  }

  /// The arguments of `format_map`.
  static Arguments mapped(Arguments arguments) {
    if (!(arguments.bind("format_map", "/mapping").get(0) instanceof Dict dict)) {
      throw new TemplateException("format_map wants a mapping");
    }
    Map<String, Object> named = new LinkedHashMap<>();
    for (Dict.Entry entry : dict.entries()) {
      if (Python.isText(entry.key())) {
        named.put(Python.string(entry.key()), entry.value());
      }
    }
    return new Arguments(List.of(), named);
  }

  private static TemplateException broken(String text, String what) {
    return new TemplateException("format of " + Repr.shortly(text) + ": " + what);
  }

  private String fill(String text, int depth) {
    if (depth < 0) {
      throw broken(text, "formats within formats within formats");
    }
    var out = new StringBuilder();
    for (int at = 0; at < text.length(); ) {
      char c = text.charAt(at++);
      if (c != '{' && c != '}') {
        out.append(c);
      } else if (at < text.length() && text.charAt(at) == c) {
        out.append(c);
        at++;
      } else if (c == '}') {
        throw broken(text, "a single «}»; write «}}» for one");
      } else {
        int end = end(text, at);
        out.append(field(text.substring(at, end), depth));
        at = end + 1;
      }
      Budget.make(1);
    }
    return out.toString();
  }

  private static int end(String text, int from) {
    int depth = 1;
    boolean inBrackets = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '[') {
        inBrackets = true;
      } else if (c == ']') {
        inBrackets = false;
      }
      depth += inBrackets ? 0 : c == '{' ? 1 : c == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw broken(text, "a field has no «}»; write «{{» for a brace");
  }

  private String field(String field, int depth) {
    int nameEnd = 0;
    boolean inBrackets = false;
    while (nameEnd < field.length()) {
      char c = field.charAt(nameEnd);
      inBrackets = c == '[' || inBrackets && c != ']';
      if (!inBrackets && (c == '!' || c == ':')) {
        break;
      }
      if (c == '{' || c == '}') {
        throw broken(field, "a brace in a field's name");
      }
      nameEnd++;
    }
    Object value = lookup(field.substring(0, nameEnd));
    String rest = field.substring(nameEnd);
    if (rest.startsWith("!")) {
      if (rest.length() < 2 || rest.length() > 2 && rest.charAt(2) != ':') {
        throw broken(field, "«!» wants one of s, r, a after it, then «:» or the end");
      }
      value =
          switch (rest.charAt(1)) {
            case 's' -> Repr.text(value);
            case 'r' -> Repr.repr(value);
            case 'a' -> Repr.ascii(value);
            default -> throw broken(field, "«!» wants one of s, r, a after it");
          };
      rest = rest.substring(2);
    }
    String spec = rest.isEmpty() ? "" : fill(rest.substring(1), depth - 1);
    if (escapes && value instanceof Markup m && spec.isEmpty()) {
      return m.text();
    }
    String text = FormatSpec.format(value, spec);
    return escapes ? Markup.escaped(text) : text;
  }

  private static boolean isNumber(String s) {
    return !s.isEmpty() && s.length() < 10 && s.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private Object lookup(String name) {
    int end = 0;
    while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
      end++;
    }
    String first = name.substring(0, end);
    if (name.isEmpty() || isNumber(name)) {
      boolean isManual = !name.isEmpty();
      if (automatic > 0 && isManual || manual && !isManual) {
        throw broken(name, "either every field has its number, or none");
      }
      manual |= isManual;
      first = isManual ? name : String.valueOf(automatic++);
    }
    Object value;
    if (isNumber(first)) {
      int index = Integer.parseInt(first);
      if (index >= arguments.count()) {
        throw broken(name, "there is no argument " + index);
      }
      value = arguments.at(index);
    } else {
      Object named = arguments.named().get(first);
      if (named == null) {
        throw broken(name, "there is no argument «" + first + "»");
      }
      value = named;
    }
    while (end < name.length()) {
      boolean item = name.charAt(end) == '[';
      int start = end + 1;
      end = start;
      while (end < name.length()
          && (item
              ? name.charAt(end) != ']'
              : name.charAt(end) != '.' && name.charAt(end) != '[')) {
        end++;
      }
      String part = name.substring(start, end);
      if (part.isEmpty() || item && end == name.length()) {
        throw broken(name, "an attribute without a name");
      }
      value =
          item
              ? Items.item(value, isNumber(part) ? (Object) Long.valueOf(part) : part)
              : Items.attribute(value, part);
      end += item ? 1 : 0;
      if (item && end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
        throw broken(name, "only «.» or «[» may come after «]»");
      }
    }
    return value;
  }
}
