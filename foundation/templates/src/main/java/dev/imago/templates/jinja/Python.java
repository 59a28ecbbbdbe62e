package dev.imago.templates.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/// Python's view of values: what is true, equal, less, contained; what can be run over.
///
/// A value is one of: [None], Boolean, Long or BigInteger, Double, String or [Markup], List,
/// [Tuple], [GroupedItems], [Range], [Dict], [DictView], [Generator], [Undefined], [Namespace] and
/// [Function]. Nothing else reaches a template, so that it can call no Java.
final class Python {
  private Python() {}

  static boolean truth(Object value) {
    return switch (value) {
      case None n -> false;
      case Undefined u -> u.as(false);
      case Boolean b -> b;
      case Long n -> n != 0;
      case Double d -> d != 0;
      case String s -> !s.isEmpty();
      case Markup m -> !m.text().isEmpty();
      case List<?> list -> !list.isEmpty();
      case Tuple t -> !t.items().isEmpty();
      case Dict d -> d.size() > 0;
      case DictView v -> v.dict().size() > 0;
      case LoopContext l -> l.length() > 0;
      default -> true;
    };
  }

  static boolean isNumber(Object value) {
    return value instanceof Long
        || value instanceof Double
        || value instanceof Boolean
        || value instanceof BigInteger;
  }

  static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof Boolean || value instanceof BigInteger;
  }

  static double real(Object value) {
    return switch (value) {
      case Boolean b -> b ? 1 : 0;
      case Long n -> n;
      case Double d -> d;
      case BigInteger n -> {
        double d = n.doubleValue();
        if (Double.isInfinite(d)) {
          throw new TemplateException("an integer of " + n.bitLength() + " bits is no float");
        }
        yield d;
      }
      default -> throw wrong(value, "a number");
    };
  }

  static long integer(Object value) {
    return switch (value) {
      case Boolean b -> b ? 1 : 0;
      case Long n -> n;
      case BigInteger n -> n.signum() > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
      default -> throw wrong(value, "an integer");
    };
  }

  static boolean isText(Object value) {
    return value instanceof String || value instanceof Markup;
  }

  static String string(Object value) {
    return switch (value) {
      case String s -> s;
      case Markup m -> m.text();
      default -> throw wrong(value, "a string");
    };
  }

  /// `a == b`.
  static boolean equal(Object a, Object b) {
    Budget.spend(1);
    if (a instanceof String x && b instanceof String y) {
      Budget.read(x.length() == y.length() ? x.length() : 0);
      return x.equals(y);
    }
    if (isNumber(a) && isNumber(b)) {
      return comparable(a, b) && compareNumbers(a, b) == 0;
    }
    if (isText(a) && isText(b)) {
      return string(a).equals(string(b));
    }
    return switch (a) {
      case Undefined u -> u.as(b instanceof Undefined);
      case Range x when b instanceof Range y -> equalItems(x, y);
      case Range x -> false;
      case List<?> x -> b instanceof List<?> y && !(y instanceof Range) && equalItems(x, y);
      case Tuple(var x) ->
          b instanceof Tuple(var y)
              ? equalItems(x, y)
              : b instanceof GroupedItems g && equalItems(x, g.tuple().items());
      case GroupedItems g -> equal(g.tuple(), b);
      case Dict x -> b instanceof Dict y && equalEntries(x, y);
      case DictView x -> b instanceof DictView y && equalViews(x, y);
      default -> a == b;
    };
  }

  private static boolean equalItems(List<?> a, List<?> b) {
    if (a.size() != b.size()) {
      return false;
    }
    Budget.current().enter();
    boolean equal = a == b || firstDifference(a, b) == a.size();
    Budget.current().leave();
    return equal;
  }

  private static int firstDifference(List<?> a, List<?> b) {
    int n = Math.min(a.size(), b.size());
    for (int i = 0; i < n; i++) {
      if (!equal(a.get(i), b.get(i))) {
        return i;
      }
    }
    return n;
  }

  private static boolean equalEntries(Dict a, Dict b) {
    if (a.size() != b.size()) {
      return false;
    }
    Budget.current().enter();
    boolean equal = true;
    for (Dict.Entry entry : a.entries()) {
      Object other = b.get(entry.key());
      if (other == null || !equal(entry.value(), other)) {
        equal = false;
        break;
      }
    }
    Budget.current().leave();
    return equal;
  }

  private static boolean equalViews(DictView a, DictView b) {
    if (a.part() == DictView.Part.VALUES || a.part() != b.part()) {
      return a == b;
    }
    return a.part() == DictView.Part.ITEMS
        ? equalEntries(a.dict(), b.dict())
        : a.dict().size() == b.dict().size()
            && a.dict().keys().stream().allMatch(b.dict()::contains);
  }

  /// Whether neither is NaN.
  private static boolean comparable(Object a, Object b) {
    return !(a instanceof Double x && x.isNaN()) && !(b instanceof Double y && y.isNaN());
  }

  private static int compareNumbers(Object a, Object b) {
    if (a instanceof Long x && b instanceof Long y) {
      return Long.compare(x, y);
    }
    if (a instanceof Double x && b instanceof Double y) {
      return x.equals(y) || x - y == 0 ? 0 : Double.compare(x, y);
    }
    if (a instanceof Double x && x.isInfinite()) {
      return x > 0 ? 1 : -1;
    }
    if (b instanceof Double y && y.isInfinite()) {
      return y > 0 ? -1 : 1;
    }
    return decimal(a).compareTo(decimal(b));
  }

  private static BigDecimal decimal(Object number) {
    return switch (number) {
      case Double d -> new BigDecimal(d);
      case BigInteger n -> new BigDecimal(n);
      default -> BigDecimal.valueOf(integer(number));
    };
  }

  /// `a < b` and its like.
  static boolean ordered(String operator, Object a, Object b) {
    Budget.spend(1);
    if (isNumber(a) && isNumber(b)) {
      return comparable(a, b) && holds(operator, compareNumbers(a, b));
    }
    if (isText(a) && isText(b)) {
      return holds(operator, compareText(string(a), string(b)));
    }
    List<?> x = sequence(a);
    List<?> y = sequence(b);
    if (x == null || y == null || a instanceof List<?> != b instanceof List<?>) {
      throw a instanceof Undefined u
          ? u.error()
          : b instanceof Undefined v
              ? v.error()
              : new TemplateException(
                  "%s and %s cannot be compared by «%s»".formatted(kind(a), kind(b), operator));
    }
    Budget.current().enter();
    int i = firstDifference(x, y);
    boolean result =
        i < Math.min(x.size(), y.size())
            ? ordered(operator, x.get(i), y.get(i))
            : holds(operator, Integer.compare(x.size(), y.size()));
    Budget.current().leave();
    return result;
  }

  private static @org.jspecify.annotations.Nullable List<?> sequence(Object value) {
    return switch (value) {
      case Range r -> null;
      case List<?> list -> list;
      case Tuple t -> t.items();
      case GroupedItems g -> g.tuple().items();
      default -> null;
    };
  }

  private static boolean holds(String operator, int order) {
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  /// By code points, which UTF-16 does not sort as.
  private static int compareText(String a, String b) {
    int n = Math.min(a.length(), b.length());
    Budget.read(n);
    for (int i = 0; i < n; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Character.isSurrogate(x) == Character.isSurrogate(y)
            ? Character.compare(x, y)
            : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /// What sorts as Python's `<` has it.
  static int order(Object a, Object b) {
    return ordered("<", a, b) ? -1 : ordered("<", b, a) ? 1 : 0;
  }

  static void sort(List<Object> items, java.util.Comparator<Object> order) {
    try {
      items.sort(order);
    } catch (TemplateException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new TemplateException("the items have no order, as with NaN among them");
    }
  }

  /// `item in container`.
  static boolean contains(Object container, Object item) {
    return switch (container) {
      case String s -> Text.find(s, string(item), 0) >= 0;
      case Markup m -> Text.find(m.text(), string(item), 0) >= 0;
      case Dict d -> d.contains(item);
      case DictView v when v.part() == DictView.Part.KEYS -> v.dict().contains(item);
      case Range r when item instanceof Long n ->
          r.size() > 0
              && (n - r.from) % r.step == 0
              && (r.step > 0 ? n >= r.from && n < r.to : n <= r.from && n > r.to);
      default -> {
        for (Iterator<Object> items = iterate(container); items.hasNext(); ) {
          if (equal(items.next(), item)) {
            yield true;
          }
        }
        yield false;
      }
    };
  }

  static boolean isIterable(Object value) {
    return isText(value)
        || value instanceof List
        || value instanceof Tuple
        || value instanceof GroupedItems
        || value instanceof Dict
        || value instanceof DictView
        || value instanceof Iterator
        || value instanceof Undefined;
  }

  /// What a loop runs over.
  static Iterator<Object> iterate(Object value) {
    return switch (value) {
      case Undefined u -> u.as(Collections.emptyIterator());
      case List<?> list -> new ArrayList<Object>(list).iterator();
      case Tuple t -> t.items().iterator();
      case GroupedItems g -> g.tuple().items().iterator();
      case Dict d -> d.keys().iterator();
      case DictView v -> v.iterator();
      case String s -> characters(s).iterator();
      case Markup m -> characters(m.text()).iterator();
      case Generator g -> g;
      default -> throw wrong(value, "something to run over");
    };
  }

  private static List<Object> characters(String s) {
    Budget.makeItems(s.length());
    var characters = new ArrayList<Object>(s.length());
    s.codePoints().forEach(c -> characters.add(Character.toString(c)));
    return characters;
  }

  /// `list(value)`: a new list, to be changed freely.
  static List<Object> list(Object value) {
    if (value instanceof List<?> list) {
      Budget.makeItems(list.size());
      return new ArrayList<>(list);
    }
    var list = new ArrayList<Object>();
    for (Iterator<Object> items = iterate(value); items.hasNext(); ) {
      Budget.makeItems(1);
      list.add(items.next());
    }
    return list;
  }

  static boolean hasLength(Object value) {
    return isIterable(value) && !(value instanceof Generator);
  }

  static long length(Object value) {
    return switch (value) {
      case String s -> Text.length(s);
      case Markup m -> Text.length(m.text());
      case List<?> list -> list.size();
      case Tuple t -> t.items().size();
      case GroupedItems g -> 2;
      case Dict d -> d.size();
      case DictView v -> v.dict().size();
      case Undefined u -> u.as(0);
      case LoopContext l -> l.length();
      default -> throw wrong(value, "something with a length");
    };
  }

  static TemplateException wrong(Object value, String wanted) {
    return value instanceof Undefined u
        ? new TemplateException(u.message() + " (" + wanted + " is wanted)")
        : new TemplateException(
            isText(value) || isNumber(value)
                ? "%s is wanted, not %s: %s".formatted(wanted, kind(value), Repr.shortly(value))
                : "%s is wanted, not %s".formatted(wanted, kind(value)));
  }

  /// What a value is, for messages.
  static String kind(Object value) {
    return switch (value) {
      case None n -> "none";
      case Undefined u -> "something undefined";
      case Boolean b -> "a boolean";
      case Long n -> "an integer";
      case BigInteger n -> "an integer";
      case Double d -> "a float";
      case String s -> "a string";
      case Markup m -> "a safe string";
      case Range r -> "a range";
      case List<?> list -> "a list";
      case Tuple t -> "a tuple";
      case GroupedItems g -> "a group";
      case Dict d -> "a mapping";
      case DictView v -> "a view of a mapping";
      case Generator g -> "a generator (see the filter «list»)";
      case Namespace n -> "a namespace";
      case LoopContext l -> "the loop";
      case Macro m -> "a macro";
      default -> "a function";
    };
  }
}
