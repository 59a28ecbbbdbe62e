package dev.imago.templates.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Python's `json.dumps`, which transformers' `tojson` is.
final class JsonDump {
  private final boolean ascii;
  private final boolean sortKeys;
  private final @Nullable String indent;
  private final String between;
  private final String colon;
  private final StringBuilder out = new StringBuilder();

  private JsonDump(boolean ascii, boolean sortKeys, @Nullable String indent, Object separators) {
    this.ascii = ascii;
    this.sortKeys = sortKeys;
    this.indent = indent;
    if (separators == None.NONE) {
      between = indent == null ? ", " : ",";
      colon = ": ";
    } else {
      List<Object> two = Python.list(separators);
      if (two.size() != 2) {
        throw new TemplateException("tojson's separators are two: between items, after keys");
      }
      between = Python.string(two.get(0));
      colon = Python.string(two.get(1));
    }
  }

  /// The filter `tojson`.
  static String dump(Object value, Arguments arguments) {
    var a = arguments.bind("tojson", "ensure_ascii?", "indent?", "separators?", "sort_keys?");
    String indent = null;
    if (!a.isNone(1)) {
      indent = Python.isText(a.get(1)) ? a.string(1) : Text.repeat(" ", a.integer(1, 0));
    }
    var json = new JsonDump(a.truth(0), a.truth(3), indent, a.get(2, None.NONE));
    json.write(value, 0);
    return json.out.toString();
  }

  private void append(String text) {
    Budget.make(text.length());
    out.append(text);
  }

  private void write(Object value, int level) {
    Budget.spend(1);
    switch (value) {
      case None n -> append("null");
      case Boolean b -> append(b ? "true" : "false");
      case Long n -> append(n.toString());
      case BigInteger n -> append(Repr.digits(n));
      case Double d -> append(number(d));
      case String s -> string(s);
      case Markup m -> string(m.text());
      case Range r -> throw unwritable(value);
      case List<?> list -> list(list, level);
      case Tuple t -> list(t.items(), level);
      case GroupedItems g -> list(g.tuple().items(), level);
      case Dict d -> dict(d, level);
      default -> throw unwritable(value);
    }
  }

  private static TemplateException unwritable(Object value) {
    return value instanceof Undefined u
        ? u.error()
        : new TemplateException("tojson cannot write " + Python.kind(value));
  }

  private static String number(double d) {
    return Double.isNaN(d)
        ? "NaN"
        : Double.isInfinite(d) ? d > 0 ? "Infinity" : "-Infinity" : Repr.number(d);
  }

  private void list(List<?> items, int level) {
    if (items.isEmpty()) {
      append("[]");
      return;
    }
    Budget.current().enter();
    append("[");
    boolean first = true;
    for (Object item : items) {
      append(first ? "" : between);
      line(level + 1);
      write(item, level + 1);
      first = false;
    }
    line(level);
    append("]");
    Budget.current().leave();
  }

  private void dict(Dict dict, int level) {
    if (dict.size() == 0) {
      append("{}");
      return;
    }
    Budget.current().enter();
    append("{");
    boolean first = true;
    List<Dict.Entry> entries = new ArrayList<>(dict.entries());
    if (sortKeys) {
      entries.sort((a, b) -> Python.order(a.tuple(), b.tuple()));
    }
    for (Dict.Entry entry : entries) {
      append(first ? "" : between);
      line(level + 1);
      string(key(entry.key()));
      append(colon);
      write(entry.value(), level + 1);
      first = false;
    }
    line(level);
    append("}");
    Budget.current().leave();
  }

  private static String key(Object key) {
    return switch (key) {
      case String s -> s;
      case Markup m -> m.text();
      case None n -> "null";
      case Boolean b -> b ? "true" : "false";
      case Long n -> n.toString();
      case BigInteger n -> Repr.digits(n);
      case Double d -> number(d);
      default -> throw new TemplateException("tojson cannot write " + Python.kind(key) + " as key");
    };
  }

  private void line(int level) {
    if (indent != null) {
      append("\n");
      append(Text.repeat(indent, level));
    }
  }

  private void string(String s) {
    Budget.make(s.length() + 2L);
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || ascii && c > 0x7e) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
