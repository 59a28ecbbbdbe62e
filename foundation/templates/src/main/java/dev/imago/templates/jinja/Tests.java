package dev.imago.templates.jinja;

import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// Jinja's tests: what stands after `is`, and what `select` takes.
final class Tests {
  private static final Map<String, Predicate<Object>> OF_ONE =
      Map.ofEntries(
          Map.entry("defined", v -> !(v instanceof Undefined)),
          Map.entry("undefined", v -> v instanceof Undefined),
          Map.entry("none", v -> v == None.NONE),
          Map.entry("boolean", v -> v instanceof Boolean),
          Map.entry("true", v -> Boolean.TRUE.equals(v)),
          Map.entry("false", v -> Boolean.FALSE.equals(v)),
          Map.entry("integer", v -> Python.isInteger(v) && !(v instanceof Boolean)),
          Map.entry("float", v -> v instanceof Double),
          Map.entry("number", Python::isNumber),
          Map.entry("string", Python::isText),
          Map.entry("mapping", v -> v instanceof Dict),
          Map.entry("iterable", v -> Python.isIterable(v) || v instanceof LoopContext),
          Map.entry("sequence", v -> Python.hasLength(v) && !(v instanceof DictView)),
          Map.entry("callable", v -> v instanceof Function || v instanceof Undefined),
          Map.entry("escaped", v -> v instanceof Markup),
          Map.entry("lower", v -> Letters.isLower(Repr.text(v))),
          Map.entry("upper", v -> Letters.isUpper(Repr.text(v))),
          Map.entry("odd", v -> Python.equal(Arithmetic.binary("%", v, 2L), 1L)),
          Map.entry("even", v -> Python.equal(Arithmetic.binary("%", v, 2L), 0L)),
          Map.entry("filter", v -> Filters.has(hashable(v), Budget.dialect())),
          Map.entry("test", v -> has(hashable(v))));

  private static final Map<String, BiPredicate<Object, Object>> OF_TWO =
      Map.ofEntries(
          Map.entry("==", Python::equal),
          Map.entry("eq", Python::equal),
          Map.entry("equalto", Python::equal),
          Map.entry("!=", (a, b) -> !Python.equal(a, b)),
          Map.entry("ne", (a, b) -> !Python.equal(a, b)),
          Map.entry("<", (a, b) -> Python.ordered("<", a, b)),
          Map.entry("lt", (a, b) -> Python.ordered("<", a, b)),
          Map.entry("lessthan", (a, b) -> Python.ordered("<", a, b)),
          Map.entry("<=", (a, b) -> Python.ordered("<=", a, b)),
          Map.entry("le", (a, b) -> Python.ordered("<=", a, b)),
          Map.entry(">", (a, b) -> Python.ordered(">", a, b)),
          Map.entry("gt", (a, b) -> Python.ordered(">", a, b)),
          Map.entry("greaterthan", (a, b) -> Python.ordered(">", a, b)),
          Map.entry(">=", (a, b) -> Python.ordered(">=", a, b)),
          Map.entry("ge", (a, b) -> Python.ordered(">=", a, b)),
          Map.entry("in", (a, b) -> Python.contains(b, a)),
          Map.entry("sameas", Tests::same),
          Map.entry("divisibleby", (a, b) -> Python.equal(Arithmetic.binary("%", a, b), 0L)));

  private Tests() {}

  static boolean has(Object name) {
    return OF_ONE.containsKey(name) || OF_TWO.containsKey(name);
  }

  static String unknown(String name) {
    return "there is no test «%s»; there are %s, and of two values %s"
        .formatted(name, Filters.sorted(OF_ONE.keySet()), Filters.sorted(OF_TWO.keySet()));
  }

  static boolean holds(String name, Object value, Arguments arguments) {
    Predicate<Object> ofOne = OF_ONE.get(name);
    if (ofOne != null) {
      arguments.bind(name);
      return ofOne.test(value);
    }
    BiPredicate<Object, Object> ofTwo = OF_TWO.get(name);
    if (ofTwo == null) {
      throw new TemplateException(unknown(name));
    }
    String parameter =
        switch (name) {
          case "divisibleby" -> "num";
          case "sameas" -> "other";
          case "in" -> "seq";
          default -> "/b";
        };
    return ofTwo.test(value, arguments.bind(name, parameter).get(0));
  }

  private static Object hashable(Object value) {
    Dict.hash(value);
    return value;
  }

  /// Python's `is`. Of numbers and strings, equal ones of a kind are taken for the same.
  private static boolean same(Object a, Object b) {
    return a == b
        || a.getClass() == b.getClass()
            && Set.of(Long.class, String.class, Double.class, Boolean.class).contains(a.getClass())
            && a.equals(b);
  }
}
