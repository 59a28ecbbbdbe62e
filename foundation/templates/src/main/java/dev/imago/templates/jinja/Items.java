package dev.imago.templates.jinja;

import java.util.ArrayList;
import java.util.List;

/// `value.name`, `value[index]` and `value[from:to:step]`.
final class Items {
  private Items() {}

  /// `value.name`: an attribute, else an item.
  static Object attribute(Object value, String name) {
    if (value instanceof Undefined u) {
      throw new TemplateException(u.message() + ", so it has no «" + name + "»");
    }
    Object found = Attributes.of(value, name);
    if (found != null) {
      return found;
    }
    Object item = value instanceof Dict dict ? dict.get(name) : null;
    return item == null ? Undefined.of(value, name) : item;
  }

  /// `value[index]`: an item, else, of a string, an attribute.
  static Object item(Object value, Object index) {
    switch (value) {
      case Undefined u -> throw new TemplateException(u.message() + ", so it has no items");
      case Dict dict when Dict.isHashable(index) -> {
        Object item = dict.get(index);
        if (item != null) {
          return item;
        }
      }
      case List<?> list when Python.isInteger(index) -> {
        return item(list, index);
      }
      case Tuple(var items) when Python.isInteger(index) -> {
        return item(items, index);
      }
      case GroupedItems g when Python.isInteger(index) -> {
        return item(g.tuple().items(), index);
      }
      case String s when Python.isInteger(index) -> {
        return character(s, index);
      }
      case Markup(String s) when Python.isInteger(index) -> {
        return character(s, index) instanceof String c ? new Markup(c) : Undefined.of(value, index);
      }
      default -> {}
    }
    Object found = Python.isText(index) ? Attributes.of(value, Python.string(index)) : null;
    return found == null ? Undefined.of(value, index) : found;
  }

  private static Object item(List<?> items, Object index) {
    long i = Python.integer(index);
    i += i < 0 ? items.size() : 0;
    return i < 0 || i >= items.size() ? Undefined.of(items, index) : items.get((int) i);
  }

  private static Object character(String s, Object index) {
    long i = Python.integer(index);
    if (i < 0) {
      i += Text.length(s);
    }
    int at = i < 0 ? s.length() : Text.offset(s, i);
    return at == s.length()
        ? Undefined.of(s, index)
        : s.substring(at, at + Character.charCount(s.codePointAt(at)));
  }

  static Object slice(Object value, Object from, Object to, Object step) {
    long n =
        switch (value) {
          case String s -> Text.length(s);
          case Markup m -> Text.length(m.text());
          case List<?> list -> list.size();
          case Tuple t -> t.items().size();
          case GroupedItems g -> 2;
          case Undefined u -> throw u.error();
          default -> throw Python.wrong(value, "a string, list or tuple to slice");
        };
    long by = step == None.NONE ? 1 : Python.integer(step);
    if (by == 0) {
      throw new TemplateException("a slice's step cannot be 0");
    }
    by = Math.clamp(by, -Integer.MAX_VALUE, Integer.MAX_VALUE);
    long first = bound(from, by > 0 ? 0 : n - 1, n, by);
    long last = bound(to, by > 0 ? n : -1, n, by);
    long count = by > 0 ? Math.ceilDiv(last - first, by) : Math.ceilDiv(first - last, -by);
    int size = (int) Math.max(0, count);
    return switch (value) {
      case String s -> slice(s, first, by, size);
      case Markup m -> new Markup(slice(m.text(), first, by, size));
      case Range r -> r.slice((int) first, by, size);
      case List<?> list -> slice(list, first, by, size);
      case Tuple t -> new Tuple(slice(t.items(), first, by, size));
      default -> new Tuple(slice(((GroupedItems) value).tuple().items(), first, by, size));
    };
  }

  /// Python's rule: negative bounds count from the end, and all are brought into range.
  private static long bound(Object bound, long otherwise, long n, long step) {
    if (bound == None.NONE) {
      return otherwise;
    }
    long i = Math.clamp(Python.integer(bound), -Integer.MAX_VALUE, Integer.MAX_VALUE);
    i += i < 0 ? n : 0;
    return step > 0 ? Math.clamp(i, 0, n) : Math.clamp(i, -1, n - 1);
  }

  private static List<Object> slice(List<?> list, long first, long step, int size) {
    Budget.makeItems(size);
    var items = new ArrayList<Object>(size);
    for (int i = 0; i < size; i++) {
      items.add(list.get((int) (first + i * step)));
    }
    return items;
  }

  private static String slice(String s, long first, long step, int size) {
    if (size == 0) {
      return "";
    }
    Budget.make(size);
    if (step == 1) {
      int start = Text.offset(s, first);
      return s.substring(start, s.offsetByCodePoints(start, size));
    }
    int[] characters = s.codePoints().toArray();
    Budget.make(characters.length);
    var out = new StringBuilder();
    for (int i = 0; i < size; i++) {
      out.appendCodePoint(characters[(int) (first + i * step)]);
    }
    return out.toString();
  }
}
